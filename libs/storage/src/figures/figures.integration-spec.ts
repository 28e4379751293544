import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SessionSummary } from '@picasso/contracts';
import { aggregateDay, localDay, summarise } from '@picasso/domain';
import { eventSlice, sessionOf, storedEvents, useEngines } from '@picasso/testing';
import { DailyStore } from '../daily/daily-store.ts';
import { DayMarks } from '../daily/day-marks.ts';
import { provisionTables } from '../provision.ts';
import { SessionStore } from '../session-store.ts';
import { connectTables, type Tables } from '../tables.ts';
import { FiguresReader, RangeNotKeptError } from './figures-reader.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 10, 22, 15);
const TENANT = { tenant_hash: 'tn', time_zone: 'UTC' };

const engines = useEngines({ tables: true });
let tables: Tables;
let reader: FiguresReader;

const summaryAt = (id: string, startMs: number): SessionSummary =>
  summarise({
    ...{ tenant_hash: TENANT.tenant_hash, session_id: id, skew_ms: 0, own_hosts: [] },
    events: storedEvents(
      eventSlice(
        sessionOf(['MESSAGE_SENT', 'WIDGET_CLOSED'], {
          ...{ tenantHash: TENANT.tenant_hash, sessionId: id, startMs },
        }),
      ),
    ),
    ...{ timed_out: false, revision: 0 },
  });

async function store(id: string, startMs: number): Promise<void> {
  const day = localDay(startMs, TENANT.time_zone);
  await new SessionStore(tables, 60_000).commit({
    key: { tenant_hash: TENANT.tenant_hash, session_id: id },
    expected: 0,
    row: {
      ...{ version: 1, status: 'final', kind: 'session', started_ms: startMs },
      ...{ last_seen_ms: startMs, rows: 2, skew_ms: 0, revision: 0, counted: null },
      ...{ summary: summaryAt(id, startMs), final_day: day },
    },
    deltas: [],
    marks: [{ day, sessions: 1 }],
  });
}

async function aggregate(day: string): Promise<void> {
  const daily = new DailyStore(tables);
  const mark = await new DayMarks(tables).get(TENANT.tenant_hash, day);
  const summaries = await daily.summaries(TENANT.tenant_hash, day, 'UTC', false);
  await daily.put(aggregateDay({ ...TENANT, day, summaries }), mark.version);
}

const read = async (from: string, to: string, time_zone = 'UTC') => {
  const range = { from, to };
  const found = await reader.range({ ...TENANT, time_zone }, range, ['totals']);
  const origins = found.days.map(({ origin }) => origin);
  return { sessions: found.figures.totals.sessions, origins, found };
};

beforeAll(async () => {
  const { url } = engines().tables;
  tables = connectTables({ endpoint: url, region: 'us-east-1', prefix: 'figures-' });
  await provisionTables(tables);
  reader = new FiguresReader(tables, {
    ...{ freshMs: 0, cacheChars: 1024 ** 2, now: () => NOW },
    ownHosts: async () => [],
  });
  await store('a', NOW - 2 * DAY);
  await store('b', NOW - DAY);
  await store('c', NOW - DAY + 8 * HOUR);
  await store('d', NOW);
});
afterAll(() => tables.close());

describe('a range', () => {
  it('is answered from sessions until its days are aggregated, then from aggregates', async () => {
    const before = await read('2026-11-19', '2026-11-22');
    expect(before.sessions).toBe(4);
    expect(before.origins).toEqual(['nothing', 'live', 'live', 'today']);
    await aggregate('2026-11-20');
    await aggregate('2026-11-21');
    const after = await read('2026-11-19', '2026-11-22');
    expect(after.origins).toEqual(['nothing', 'aggregate', 'aggregate', 'today']);
    expect(after.found.figures).toEqual(before.found.figures);
    expect(after.found.complete_until_ms).toBe(Date.UTC(2026, 10, 22));
  });

  it('has a version once all of it is aggregated, and another one after a late session', async () => {
    const { found } = await read('2026-11-20', '2026-11-21');
    expect(found.version).not.toBeNull();
    await store('late', NOW - 2 * DAY + HOUR);
    const dirty = await read('2026-11-20', '2026-11-21');
    expect([dirty.sessions, dirty.found.version]).toEqual([4, null]);
    expect(dirty.found.partial).toEqual([{ day: '2026-11-20', reason: 'not_aggregated' }]);
    await aggregate('2026-11-20');
    const again = await read('2026-11-20', '2026-11-21');
    expect(again.sessions).toBe(4);
    expect(again.found.version).not.toBe(found.version);
  });

  it('is of one version where a day is replaced after the list of days was read', async () => {
    const settings = { freshMs: 60_000, cacheChars: 1024 ** 2, now: () => NOW };
    const slow = new FiguresReader(tables, { ...settings, ownHosts: async () => [] });
    const day = { from: '2026-11-21', to: '2026-11-21' };
    const listed = await slow.range(TENANT, day, ['totals']);
    await store('later', NOW - DAY + HOUR);
    await aggregate('2026-11-21');
    const { figures, days } = await slow.range(TENANT, day, ['totals', 'sources']);
    const sessions = Object.values(figures.sources).flatMap((media) => Object.values(media));
    expect(sessions.reduce((sum, counts) => sum + counts.sessions, 0)).toBe(3);
    expect(figures.totals.sessions).toBe(3);
    expect(days[0]?.version).not.toBe(listed.days[0]?.version);
  });

  it('does not believe a day of layout 2, and its rows go when it is stored anew', async () => {
    const { analyticsDaily: TableName } = tables.names;
    const pk = 'TENANT#tn';
    const row = { pk, sk: 'SECTION#totals#2026-11-21#1-former#000', body: '{}' };
    const head = await stored('DATE#2026-11-21');
    await tables.doc.send(new PutCommand({ TableName, Item: row }));
    await tables.doc.send(
      new PutCommand({
        TableName,
        Item: { ...head, inline: {}, sections: { totals: { hash: '1-former', parts: 1 } } },
      }),
    );
    expect(await read('2026-11-21', '2026-11-21')).toMatchObject({
      ...{ sessions: 3, origins: ['live'] },
    });
    await aggregate('2026-11-21');
    expect(await read('2026-11-21', '2026-11-21')).toMatchObject({
      ...{ sessions: 3, origins: ['aggregate'] },
    });
    expect(await stored(row.sk)).toBeUndefined();

    async function stored(sk: string): Promise<Record<string, unknown> | undefined> {
      const { Item } = await tables.doc.send(new GetCommand({ TableName, Key: { pk, sk } }));
      return Item;
    }
  });

  it('is right in another time zone before anything was aggregated for it', async () => {
    // 23:00 UTC on the 21st is 12:00 on the 22nd in Auckland, and 15:00 is 04:00 of the next day.
    const auckland = await read('2026-11-21', '2026-11-22', 'Pacific/Auckland');
    expect(auckland.origins).toEqual(['live', 'live']);
    expect(auckland.found.days.map(({ figures }) => figures.totals.sessions)).toEqual([2, 3]);
  });

  it('before the first day that is kept is refused, and the future is empty', async () => {
    await expect(read('2026-08-24', '2026-11-22')).rejects.toThrow(RangeNotKeptError);
    for (const day of ['2026-11-23', '2026-11-24', '2026-12-25'])
      expect((await read(day, '2026-12-25')).sessions).toBe(0);
  });
});
