import {
  type BatchGetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { addDays, transition } from '@picasso/domain';
import { eventSlice, flatEvent, storedEvents, useEngines } from '@picasso/testing';
import { type DayMarkRow, DayMarks } from '../daily/day-marks.ts';
import { provisionTables } from '../provision.ts';
import { MAX_DELTAS, SessionStore } from '../session-store.ts';
import { connectTables, type Tables } from '../tables.ts';
import { DaySoFarStore } from './day-so-far-store.ts';
import type { FiguresTenant } from './live-day.ts';
import { OpenSessions } from './open-sessions.ts';
import { type DaySoFar, type RunningDay, readRunningDay } from './running-day.ts';

const DAY = '2026-11-22';
const NOON = Date.parse(DAY) + 12 * 3_600_000;
const MINUTE = 60_000;

const engines = useEngines({ tables: true });
let tables: Tables;
let store: SessionStore;
let tenant: FiguresTenant;
let tenants = 0;
/** Keys of session rows that were asked for. */
let rowsRead = 0;

beforeAll(async () => {
  const { url } = engines().tables;
  tables = connectTables({ endpoint: url, region: 'us-east-1', prefix: 'running-' });
  await provisionTables(tables);
  store = new SessionStore(tables, MINUTE);
  tables.doc.middlewareStack.add(
    (next) => async (args) => {
      const { RequestItems } = args.input as BatchGetCommand['input'];
      rowsRead += RequestItems?.[tables.names.sessionSummaries]?.Keys?.length ?? 0;
      return next(args);
    },
    { step: 'initialize' },
  );
});
afterAll(() => tables.close());
beforeEach(() => {
  tenants += 1;
  tenant = { tenant_hash: `tn_${tenants}`, time_zone: 'UTC' };
});

const keyOf = (session_id: string) => ({ tenant_hash: tenant.tenant_hash, session_id });

/** What the sessionizer does with further events of a session, or when its time is up. */
async function go(
  id: string,
  events: { type: string; atMs: number }[],
  timed_out = false,
): Promise<void> {
  const before = await store.events(keyOf(id));
  if (events.length > 0) {
    const flat = events.map(({ type, atMs }, i) =>
      flatEvent({
        ...{ tenant_hash: tenant.tenant_hash, session_id: id, event_type: type },
        ...{ step_number: before.length + i + 1, timestamp: new Date(atMs).toISOString() },
      }),
    );
    const started = Math.min(...events.map(({ atMs }) => atMs));
    await store.writeEvents(keyOf(id), storedEvents(eventSlice(flat)), started);
  }
  const row = await store.row(keyOf(id));
  const { state, deltas, marks } = transition({
    ...keyOf(id),
    ...{ state: row, events: await store.events(keyOf(id)), batch_skew_ms: 0, own_hosts: [] },
    ...{ last_seen_ms: NOON, timed_out, time_zone: tenant.time_zone, max_deltas: MAX_DELTAS },
  });
  const expected = row?.version ?? 0;
  const next = { ...state, version: expected + 1 };
  await store.commit({ key: keyOf(id), expected, row: next, deltas, marks });
}

async function bury(id: string): Promise<void> {
  const row = await store.row(keyOf(id));
  if (!row || row.erased) return;
  const erased = { erasure: 'er_1', until_ms: NOON };
  const marks = row.final_day ? [{ day: row.final_day, sessions: -1 } as const] : [];
  const next = { ...row, version: row.version + 1, erased };
  await store.commit({ key: keyOf(id), expected: row.version, row: next, deltas: [], marks });
}

const read = (known?: DaySoFar): Promise<RunningDay> =>
  readRunningDay(tables, tenant, DAY, {
    known: Promise.resolve(known),
    open: new OpenSessions(tables, async () => []),
  });

const chat = (atMs: number) =>
  ['WIDGET_OPENED', 'MESSAGE_SENT'].map((type, i) => ({ type, atMs: atMs + i * 1_000 }));

async function ended(count: number, prefix = 's'): Promise<void> {
  for (let i = 0; i < count; i += 1) await go(`${prefix}${i}`, chat(NOON + i * MINUTE), true);
}

describe('a day that goes on', () => {
  it('is read on from where the last reading ended', async () => {
    await ended(3);
    const { soFar } = await read();
    expect(soFar?.members.size).toBe(3);
    rowsRead = 0;
    expect((await read(soFar)).soFar).toBe(soFar);
    expect(rowsRead).toBe(0);
    await go('more', chat(NOON), true);
    await go('open', chat(NOON));
    const later = await read(soFar);
    expect(rowsRead).toBe(2);
    expect(later.figures.totals).toMatchObject({ sessions: 5, open_sessions: 1, messages: 5 });
    expect([...(later.soFar?.members ?? [])].sort()).toEqual(['more', 's0', 's1', 's2']);
    // Nobody's object is changed by whoever reads on.
    expect(soFar?.figures.totals.sessions).toBe(3);
  });

  it('counts a session that is open again as it has come so far', async () => {
    await ended(2);
    const { soFar } = await read();
    await go('s1', [{ type: 'MESSAGE_SENT', atMs: NOON + 2 * MINUTE }]);
    const again = await read(soFar);
    expect(again.figures.totals).toMatchObject({ sessions: 2, open_sessions: 1, messages: 3 });
    // From here on it is one of those that are looked at each time, also when it ends.
    expect([...(again.soFar?.members ?? [])]).toEqual(['s0']);
    for (const timedOut of [false, true]) {
      await go('s1', [{ type: 'MESSAGE_SENT', atMs: NOON + 3 * MINUTE }], timedOut);
      rowsRead = 0;
      const later = await read(again.soFar);
      expect(rowsRead).toBe(1);
      expect(later.soFar?.members.size).toBe(timedOut ? 2 : 1);
      expect(later.figures).toEqual((await read()).figures);
    }
  });

  it('is the same as read anew, whatever happens to its sessions', async () => {
    const moves: Record<string, (id: string, atMs: number) => Promise<void>> = {
      begin: (id, atMs) => go(id, chat(atMs)),
      goOn: (id, atMs) => go(id, [{ type: 'MESSAGE_SENT', atMs }]),
      end: (id) => go(id, [], true),
      beginAndEnd: (id, atMs) => go(id, chat(atMs), true),
      visit: (id, atMs) => go(`${id}_visit`, [{ type: 'PAGE_VIEW', atMs }], true),
      earlier: (id) => go(id, [{ type: 'PAGE_VIEW', atMs: Date.parse(DAY) - MINUTE }], true),
      bury,
    };
    const often = ['begin', 'goOn', 'earlier', 'bury', ...Array<string>(3).fill('end')].concat(
      ...['beginAndEnd', 'visit'].map((name) => Array<string>(5).fill(name)),
    );
    let state = 7;
    const random = (below: number): number => {
      state = (state * 48_271) % 2_147_483_647;
      return state % below;
    };
    const kept = { readOn: 0, readAnew: 0 };
    let soFar: DaySoFar | undefined;
    for (let round = 0; round < 250; round += 1) {
      const name = often[random(often.length)]!;
      const id = `s${random(60)}`;
      const row = await store.row(keyOf(id));
      const isThere = row !== undefined && !row.erased;
      if (isThere === name.startsWith('begin') && name !== 'visit') continue;
      if (name === 'visit' && (await store.row(keyOf(`${id}_visit`)))) continue;
      await moves[name]!(id, NOON + round * 1_000);
      rowsRead = 0;
      const on = await read(soFar);
      if (soFar) kept[rowsRead < soFar.members.size ? 'readOn' : 'readAnew'] += 1;
      const anew = await read();
      expect({ round, name, ...on.figures }).toEqual({ round, name, ...anew.figures });
      expect(JSON.stringify(on.figures)).toBe(JSON.stringify(anew.figures));
      soFar = on.soFar;
    }
    expect(kept.readOn).toBeGreaterThan(20);
    expect(kept.readAnew).toBeGreaterThan(0);
  });

  it('is not read on where a session moved on between its rows and its mark', async () => {
    await ended(2);
    const { soFar } = await read();
    await go('new', chat(NOON), true);
    const { analyticsDaily: TableName } = tables.names;
    const Key = { pk: `TENANT#${tenant.tenant_hash}`, sk: `DIRTY#${DAY}` };
    const UpdateExpression = 'ADD version :one';
    await tables.doc.send(
      new UpdateCommand({
        ...{ TableName, Key, UpdateExpression, ExpressionAttributeValues: { ':one': 1 } },
      }),
    );
    rowsRead = 0;
    const { figures } = await read(soFar);
    expect(figures.totals.sessions).toBe(3);
    // The new one alone, and then all.
    expect(rowsRead).toBe(4);
  });
});

describe('what has ended of it', () => {
  const stored = () => new DaySoFarStore(tables);
  const mark = () => new DayMarks(tables).get(tenant.tenant_hash, DAY);
  const refresh = async (of?: DayMarkRow) => stored().refresh(tenant, of ?? (await mark()));
  const rows = async () => {
    const { Items = [] } = await tables.doc.send(
      new QueryCommand({
        TableName: tables.names.analyticsDaily,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pk': `TENANT#${tenant.tenant_hash}`, ':prefix': 'SO_FAR#' },
      }),
    );
    return Items;
  };
  afterEach(() => {
    rowsRead = 0;
  });

  it('is kept where that saves reading, and begun with', async () => {
    await ended(49);
    expect(await refresh()).toBe(false);
    await go('fiftieth', chat(NOON), true);
    expect(await refresh()).toBe(true);
    expect(await refresh()).toBe(false);
    await ended(3, 'new');
    expect(await refresh()).toBe(false);
    rowsRead = 0;
    const { figures, soFar } = await read(await stored().read(tenant, DAY));
    expect(rowsRead).toBe(3);
    expect(soFar?.members.size).toBe(53);
    expect(JSON.stringify(figures)).toBe(JSON.stringify((await read()).figures));
  });

  it('is kept anew when a session that it counts has changed', async () => {
    await ended(60);
    expect(await refresh()).toBe(true);
    await go('s7', [{ type: 'MESSAGE_SENT', atMs: NOON + 8 * MINUTE }], true);
    const before = await read(await stored().read(tenant, DAY));
    expect(before.figures.totals.messages).toBe(61);
    expect(await refresh()).toBe(true);
    rowsRead = 0;
    const after = await read(await stored().read(tenant, DAY));
    expect(after.figures).toEqual(before.figures);
    expect(rowsRead).toBe(0);
  });

  it('does not come back where its day has moved on meanwhile: somebody may have been erased', async () => {
    await ended(60);
    const before = await mark();
    tables.doc.middlewareStack.add(
      (next) => async (call) => {
        if ('TransactItems' in call.input) {
          tables.doc.middlewareStack.remove('erasure');
          await bury('s7');
        }
        return next(call);
      },
      { step: 'initialize', name: 'erasure' },
    );
    expect(await refresh(before)).toBe(false);
    expect(await rows()).toEqual([]);
  });

  it('is nothing for another time zone, other office hours or another day', async () => {
    await ended(50);
    await refresh();
    expect(await stored().read(tenant, DAY)).toBeDefined();
    const office_hours = { days: [1], from: '10:00', to: '11:00' };
    expect(await stored().read({ ...tenant, office_hours }, DAY)).toBeUndefined();
    const berlin = { ...tenant, time_zone: 'Europe/Berlin' };
    expect(await stored().read(berlin, DAY)).toBeUndefined();
    expect(await stored().read(tenant, addDays(DAY, 1))).toBeUndefined();
  });

  it('is nothing while only a part of it is there', async () => {
    await ended(50);
    await refresh();
    const [row] = await rows();
    const TableName = tables.names.analyticsDaily;
    const put = (Item: object) => tables.doc.send(new PutCommand({ TableName, Item: { ...Item } }));
    // A piece of it; then one too many; then nothing of the kind.
    await put({ ...row, body: (row?.['body'] as Uint8Array).slice(0, 99) });
    expect(await stored().read(tenant, DAY)).toBeUndefined();
    await put({ ...row, parts: 2 });
    await put({ ...row, parts: 2, sk: `SO_FAR#${DAY}#001` });
    expect(await stored().read(tenant, DAY)).toBeUndefined();
    await put({ ...row, body: Buffer.from('no gzip') });
    expect(await stored().read(tenant, DAY)).toBeUndefined();
    // One row that follows a longer one.
    await put({ ...row });
    expect((await stored().read(tenant, DAY))?.members.size).toBe(50);
  });
});
