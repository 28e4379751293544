import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DeadLetter } from '@picasso/contracts';
import {
  SessionStore,
  type SessionKey,
  type Tables,
  connectTables,
  provisionTables,
} from '@picasso/storage';
import { eventSlice, sessionOf, useEngines } from '@picasso/testing';
import { SessionCache } from './session-cache.ts';
import { Sessionizer, type SliceJob } from './sessionizer.ts';

const KEY: SessionKey = { tenant_hash: 'tn_erased', session_id: 's' };
const START = Date.UTC(2026, 10, 22, 12);

describe('a session that was erased', () => {
  const engines = useEngines({ tables: true });
  let tables: Tables;
  let store: SessionStore;
  let letters: DeadLetter[];

  beforeAll(async () => {
    tables = connectTables({ endpoint: engines().tables.url, region: 'local', prefix: 'spec-' });
    await provisionTables(tables);
    store = new SessionStore(tables, 1_000);
  }, 60_000);
  afterAll(() => tables.close());

  const sessionizer = (): Sessionizer =>
    new Sessionizer({
      store,
      cache: new SessionCache(1_000),
      tenants: { settings: async () => ({ own_hosts: [], time_zone: 'UTC' }) },
      notices: { announce: async () => {} },
      deadLetters: { publish: async (letter) => void letters.push(letter) },
    });
  const events = sessionOf(['WIDGET_OPENED', 'MESSAGE_SENT', 'CTA_CLICKED'], {
    sessionId: KEY.session_id,
    tenantHash: KEY.tenant_hash,
    startMs: START,
  });
  const job = (from: number, to: number): SliceJob => ({
    kind: 'slice',
    slice: eventSlice(events.slice(from, to)),
    stream_seq: from + 1,
    attempts: 1,
  });
  const erase = async (): Promise<void> => {
    const row = (await store.row(KEY))!;
    await store.removeEvents(KEY);
    await store.commit({
      key: KEY,
      expected: row.version,
      row: { ...row, version: row.version + 1, erased: { erasure: 'e', until_ms: START * 2 } },
      deltas: [],
      marks: [],
    });
  };

  it('takes nothing in again, not even through a process that still has it in memory', async () => {
    letters = [];
    const before = sessionizer();
    await before.work('s', KEY, [job(0, 1)]);
    await erase();

    // Its cache says that the session is open: it writes the row, then meets the tombstone.
    const [taken] = await before.work('s', KEY, [job(1, 2)]);
    expect(taken).toBeDefined();
    expect(await store.events(KEY)).toEqual([]);
    // A fresh process sees the tombstone at once.
    expect(await sessionizer().work('s', KEY, [job(0, 3)])).toEqual([
      { stored: 0, duplicates: 0, refused: 3 },
    ]);
    expect(await store.events(KEY)).toEqual([]);
    expect((await store.row(KEY))?.erased).toMatchObject({ erasure: 'e' });
    expect(letters.map(({ reason }) => reason)).toEqual(Array(4).fill('erased'));
    expect(letters[1]?.event).toEqual({ event_id: 'evt_s_1' });
  });
});
