import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { judge, type Reply, retryAfterMs } from './answer.ts';

const reply = (status: number, body?: unknown): Reply => ({ status, body, retryAfter: null });
const answer = (accepted: number, duplicates = 0, rejected: object[] = []) => ({
  accepted,
  duplicates,
  rejected,
});
const refusal = { index: 1, code: 'invalid', path: '/x', message: 'm' };

beforeEach(() => {
  jest.useFakeTimers({ now: Date.UTC(2026, 10, 22) });
});
afterEach(() => {
  jest.useRealTimers();
});

it.each([
  ['all accepted', reply(202, answer(3)), 3, []],
  ['as the widget is answered', reply(200, { ...answer(3), status: 'success' }), 3, []],
  ['duplicates are answered for', reply(202, answer(1, 2)), 3, []],
  ['one refused', reply(202, answer(2, 0, [refusal])), 3, [refusal]],
  ['an answer for fewer events than were sent', reply(202, answer(0, 0, [refusal])), 3, 'split'],
  ['no event is answered for', reply(202, answer(0)), 1, 'later'],
  ['a captive portal', reply(200, undefined), 3, 'later'],
  ['another JSON', reply(200, { ok: true }), 3, 'later'],
  ['null', reply(200, null), 3, 'later'],
  ['unreadable', reply(400), 3, 'split'],
  ['too large', reply(413), 2, 'split'],
  ['media type', reply(415), 1, [{ index: 0, code: 'http_415' }]],
  ['too large on its own', reply(413), 1, [{ index: 0, code: 'http_413' }]],
  ['unknown key', reply(401), 1, 'later'],
  ['wrong origin', reply(403), 1, 'later'],
  ['not found', reply(404), 1, 'later'],
  ['too many', reply(429), 1, 'later'],
  ['broken', reply(500), 1, 'later'],
  ['unavailable', reply(503, answer(3)), 3, 'later'],
  ['no answer', undefined, 3, 'later'],
])('%s', (_name, given, count, expected) => {
  expect(judge(given, count)).toEqual(expected);
});

it.each([
  ['3', 3_000],
  ['0', 0],
  ['Sun, 22 Nov 2026 00:00:10 GMT', 10_000],
  ['Sat, 21 Nov 2026 00:00:00 GMT', 0],
  ['999999', 3_600_000],
  ['soon', 0],
  ['-5', 0],
  ['', 0],
  [null, 0],
  [undefined, 0],
])('Retry-After %j is %d ms', (header, ms) => {
  expect(Math.max(retryAfterMs(header), 0)).toBe(ms);
});
