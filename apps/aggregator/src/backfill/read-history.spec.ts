import { describe, expect, it } from '@jest/globals';
import { flatEvent, sessionOf, widgetEnvelope } from '@picasso/testing';
import { readHistoryLine } from './read-history.ts';

const NOW = Date.UTC(2026, 10, 30);
const TENANT = flatEvent().tenant_hash;
const read = (value: unknown) =>
  readHistoryLine(typeof value === 'string' ? value : JSON.stringify(value), 3, TENANT, NOW);

describe('a line of history', () => {
  const events = sessionOf(['WIDGET_OPENED', 'MESSAGE_SENT', 'WIDGET_CLOSED']);

  it.each<[string, unknown, number]>([
    ['an event', events[0], 1],
    ['a list', events, 3],
    ['a batch', { events, sdk: { name: 'x' } }, 3],
    ['the widget’s envelope', widgetEnvelope(events), 3],
    [
      'more events than a request may have',
      Array.from({ length: 700 }, (_, i) => flatEvent({ event_id: `e${i}` })),
      700,
    ],
  ])('is %s', (_name, value, count) => {
    const { events: taken, refused } = read(value);
    expect(refused).toEqual([]);
    expect(taken).toHaveLength(count);
  });

  it('gives an event the time of its own clock as its arrival: an import has no other', () => {
    const [taken] = read(events[0]).events;
    expect(taken?.event.received_ms).toBe(taken?.event.timestamp_ms);
    expect(taken?.event.stream_seq).toBe(0);
  });

  it('takes server events beside the browser’s', () => {
    const answer = flatEvent({
      event_type: 'QA_COMPLETE',
      payload: {
        question: 'q',
        answer: 'a',
        routing_tier: 'x',
        response_time_ms: 1,
        in_response_to_step: 2,
      },
    });
    const { events: taken } = read([events[0], answer]);
    expect(taken.map(({ event }) => event.origin)).toEqual(['browser', 'server']);
    expect(taken[1]?.event.step_number).toBe(2);
  });

  it.each<[string, unknown, string]>([
    ['no JSON', '{', 'unreadable'],
    ['JSON that is no event', 'null', 'invalid'],
    ['another tenant', flatEvent({ tenant_hash: 'other' }), 'tenant_mismatch'],
    ['another major version', flatEvent({ schema_version: '2.0' }), 'unsupported_schema'],
    ['the future', flatEvent({ timestamp: '2026-12-24T00:00:00Z' }), 'invalid'],
    ['the next minute', flatEvent({ timestamp: '2026-11-30T00:01:00Z' }), 'invalid'],
  ])('is refused with its line and a code: %s', (_name, value, code) => {
    expect(read(value)).toMatchObject({ events: [], refused: [{ line: 3, code }] });
  });
});
