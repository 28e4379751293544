import { expect, it } from '@jest/globals';
import type { SeenRequest } from './gateway.ts';
import { explainRepeats } from './repeats.ts';
import type { Passage } from './site.ts';

const request = (page: string, atMs: number, fields: Partial<SeenRequest> = {}): SeenRequest => ({
  atMs,
  page,
  bytes: 600,
  eventIds: ['e1'],
  mode: 'pass',
  status: 200,
  answered: true,
  endedAtMs: atMs + 50,
  ...fields,
});
const gone = (page: string, atMs: number): Passage => ({ page, what: 'gone', atMs });

it.each<[string, SeenRequest[], Passage[], [number, number, number, number?]]>([
  ['an event that came once', [request('a', 0)], [], [0, 0, 0]],
  [
    'a request that was refused, and made again',
    [request('a', 0, { status: 503 }), request('a', 1_000)],
    [],
    [1, 0, 0],
  ],
  [
    'a request whose answer got lost',
    [request('a', 0, { answered: false }), request('a', 1_000)],
    [],
    [1, 0, 0],
  ],
  [
    'a page that left as it sent, and its heir',
    [request('a', 10), request('b', 3_000)],
    [gone('a', 0)],
    [0, 1, 0],
  ],
  [
    'a page that left long after it had its answer',
    [request('a', 0), request('b', 9_000)],
    [gone('a', 5_000)],
    [0, 0, 1],
  ],
  [
    'a page that was not heard of again',
    [request('a', 0), request('b', 3_000), request('b', 4_000, { eventIds: ['e2'] })],
    [],
    [0, 0, 0, 1],
  ],
  [
    'two pages that live',
    [request('a', 0), request('b', 1_000), request('a', 2_000, { eventIds: ['e2'] })],
    [],
    [0, 0, 1],
  ],
  ['a page that forgot its answer', [request('a', 0), request('a', 1_000)], [], [0, 0, 1]],
  [
    'a page that sends again what is on its way',
    [request('a', 0, { endedAtMs: 500 }), request('a', 100)],
    [],
    [0, 0, 1],
  ],
])('explains %s', (_name, requests, passages, [unanswered, inherited, mistakes, vanished = 0]) => {
  const repeats = explainRepeats(requests, passages);
  expect(repeats).toMatchObject({ unanswered, inherited });
  expect(repeats.mistakes).toHaveLength(mistakes);
  expect(repeats.vanished).toHaveLength(vanished);
});
