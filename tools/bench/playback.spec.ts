import { describe, expect, it } from '@jest/globals';
import type { Visit } from '../load/visits.ts';
import { bodyOf, BROWSER_BATCHES, SLICES_OF_TEN, slicesOf } from './playback.ts';

const visit = (...offsets: number[]): Visit =>
  offsets.map((offset_ms, i) => ({
    offset_ms,
    origin: 'browser',
    key: String(i + 1),
    body: { event_type: 'MESSAGE_SENT', step_number: i + 1 },
  }));
const shape = (slices: ReturnType<typeof slicesOf>) =>
  slices.map(({ due_ms, events }) => [due_ms, events.length]);

describe('slicesOf', () => {
  it('waits for ten events, or for the visit to end', () => {
    const offsets = Array.from({ length: 13 }, (_, i) => i * 60_000);
    expect(shape(slicesOf(visit(...offsets), SLICES_OF_TEN))).toEqual([
      [9 * 60_000, 10],
      [12 * 60_000, 3],
    ]);
  });

  it('flushes five seconds after the first event, as the SDK does', () => {
    expect(shape(slicesOf(visit(0, 4_999, 5_000, 11_000), BROWSER_BATCHES))).toEqual([
      [5_000, 2],
      [10_000, 1],
      [11_000, 1],
    ]);
  });

  it("leaves out the chat backend's events", () => {
    const withServer = visit(0, 10).map((event, i) =>
      i === 1 ? { ...event, origin: 'server' as const } : event,
    );
    expect(slicesOf(withServer, SLICES_OF_TEN)[0]?.events).toHaveLength(1);
  });
});

it('bodyOf keeps the distances between events, divided by the pace', () => {
  const [slice] = slicesOf(visit(0, 6_000, 12_000), SLICES_OF_TEN);
  const tenant = { tenant_hash: 'tn', write_key: 'wk', server_key: 'sk' };
  const now = Date.UTC(2026, 0, 1);
  const body = JSON.parse(
    bodyOf({ tenant, session_id: 'sess_1', slice: slice!, pace: 60 }, now),
  ) as { events: { timestamp: string; event_id: string }[] };
  expect(body.events.map(({ timestamp }) => Date.parse(timestamp) - now)).toEqual([-200, -100, 0]);
  expect(body.events.map(({ event_id }) => event_id)).toEqual([
    'evt_sess_1_1',
    'evt_sess_1_2',
    'evt_sess_1_3',
  ]);
});
