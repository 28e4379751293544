import { describe, expect, it } from '@jest/globals';
import type { DeadLetter, EventSlice, JourneyEvent, StoredEvent } from '@picasso/contracts';
import { type SessionCommit, type SessionRow, VersionConflictError } from '@picasso/storage';
import { SessionCache } from './session-cache.ts';
import { Sessionizer } from './sessionizer.ts';

const KEY = { tenant_hash: 'tn_spec', session_id: 'sess_1' };
const START = Date.now();

const eventsOf = (from: number, to: number): JourneyEvent[] =>
  Array.from({ length: to - from + 1 }, (_, i) => ({
    schema_version: '1.0',
    event_id: `evt_${from + i}`,
    event_type: 'MESSAGE_SENT',
    step_number: from + i,
    sequence_number: from + i,
    timestamp_ms: START + from + i,
    payload: {},
  }));

const sliceOf = (events: JourneyEvent[]): EventSlice => ({
  v: 1,
  ...KEY,
  received_ms: START,
  skew_ms: 0,
  origin: 'browser',
  traffic: 'visitor',
  events,
});

const storedOf = (events: JourneyEvent[]): StoredEvent[] =>
  events.map((event) => ({
    ...event,
    received_ms: START,
    origin: 'browser',
    traffic: 'visitor',
    stream_seq: 1,
  }));

/** One session's table rows, and replicas that work on them. */
function table() {
  const rows = new Map<string, StoredEvent>();
  const letters: DeadLetter[] = [];
  let state: SessionRow | undefined;
  const store = {
    row: () => Promise.resolve(state),
    events: () => Promise.resolve([...rows.values()]),
    writeEvents: (_key: unknown, events: readonly StoredEvent[]) => {
      for (const event of events) rows.set(event.event_id, event);
      return Promise.resolve();
    },
    removeEvents: () => Promise.resolve(0),
    commit: ({ expected, row }: SessionCommit) => {
      if ((state?.version ?? 0) !== expected) throw new VersionConflictError('moved');
      state = row;
      return Promise.resolve();
    },
  };
  const replica = () => {
    const sessionizer = new Sessionizer({
      store,
      cache: new SessionCache(10_000),
      tenants: { settings: () => Promise.resolve({ time_zone: 'UTC', own_hosts: [] }) },
      notices: { announce: () => Promise.resolve() },
      deadLetters: {
        publish: (letter) => {
          letters.push(letter);
          return Promise.resolve();
        },
      },
    });
    const take = async (events: JourneyEvent[]) => {
      const job = { kind: 'slice' as const, slice: sliceOf(events), stream_seq: 1, attempts: 1 };
      const [taken] = await sessionizer.work('id', KEY, [job]);
      return taken;
    };
    const close = (idle_since_ms: number) =>
      sessionizer.work('id', KEY, [{ kind: 'close', idle_since_ms }]);
    return Object.assign(take, { close });
  };
  return { rows, letters, store, replica, state: () => state };
}

describe('sessionizer', () => {
  it('counts towards the limit what another replica wrote and has not committed', async () => {
    const { rows, letters, store, replica } = table();
    const take = replica();
    await take(eventsOf(1, 4_900));
    await store.writeEvents(KEY, storedOf(eventsOf(4_901, 5_000)));
    expect(await take(eventsOf(5_001, 5_010))).toEqual({ stored: 0, duplicates: 0, refused: 10 });
    expect(rows.size).toBe(5_000);
    expect(letters.map(({ reason }) => reason)).toEqual(Array(10).fill('session_full'));
  });

  it('fills a session to the limit and not past it, slice after slice and replica after replica', async () => {
    const { rows, letters, replica } = table();
    const replicas = [replica(), replica()];
    for (let n = 1; n < 5_200; n += 100) {
      await Promise.all(replicas.map((take) => take(eventsOf(n, n + 99))));
    }
    expect(rows.size).toBe(5_000);
    expect(new Set(letters.map(({ event }) => (event as JourneyEvent).event_id)).size).toBe(200);
  });

  it('buries what a full session refuses only when what fills it is stored', async () => {
    const { letters, store, replica } = table();
    const take = replica();
    await take(eventsOf(1, 4_995));
    const { writeEvents } = store;
    store.writeEvents = () => Promise.reject(new Error('away'));
    await expect(take(eventsOf(4_996, 5_005))).rejects.toThrow('away');
    expect(letters).toEqual([]);
    store.writeEvents = writeEvents;
    expect(await take(eventsOf(4_996, 5_005))).toEqual({ stored: 5, duplicates: 0, refused: 5 });
    expect(letters).toHaveLength(5);
  });

  it('closes no session for which another replica is storing an event just now', async () => {
    const { store, replica, state } = table();
    const take = replica();
    await take(eventsOf(1, 2));
    const hourLater = START + 3_600_000;
    const arriving = storedOf(eventsOf(3, 3)).map((e) => ({ ...e, received_ms: hourLater }));
    await store.writeEvents(KEY, arriving);
    await take.close(hourLater - 1_800_000);
    expect(state()).toMatchObject({ status: 'open', rows: 3, last_seen_ms: hourLater });
    await take.close(hourLater);
    expect(state()).toMatchObject({ status: 'final', summary: { closed_by: 'timeout' } });
  });
});
