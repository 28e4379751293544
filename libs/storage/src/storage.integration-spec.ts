import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DescribeTableCommand, DescribeTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { StoredEvent } from '@picasso/contracts';
import type { SessionState } from '@picasso/domain';
import { useEngines } from '@picasso/testing';
import { ItemClicksReader } from './item-clicks.ts';
import { LedgerStore, NO_COUNTS } from './ledger-store.ts';
import { TABLES_VERSION, provisionTables, tablesReady } from './provision.ts';
import { type FoundPage, SessionFinder } from './figures/session-finder.ts';
import { SessionReader } from './session-reader.ts';
import { type SessionCommit, SessionStore, VersionConflictError } from './session-store.ts';
import { type Tables, connectTables } from './tables.ts';
import { TenantChangedError, TenantExistsError, TenantStore, hashKey } from './tenants.ts';

const NOW = Date.now();
const key = (session_id: string) => ({ tenant_hash: 'tn', session_id });

const stored = (n: number, more: Partial<StoredEvent> = {}): StoredEvent => ({
  schema_version: '1.0',
  event_id: `evt#${n}`,
  event_type: 'MESSAGE_SENT',
  step_number: n,
  sequence_number: n,
  timestamp_ms: NOW + n,
  payload: { content: 'ü'.repeat(10), nested: { list: [1, null] } },
  received_ms: NOW,
  origin: 'browser',
  traffic: 'visitor',
  stream_seq: n,
  ...more,
});

const state = (more: Partial<SessionState> = {}): SessionState => ({
  status: 'open',
  kind: 'session',
  started_ms: NOW,
  last_seen_ms: NOW,
  rows: 1,
  skew_ms: null,
  revision: 0,
  counted: null,
  summary: null,
  final_day: null,
  ...more,
});

const commit = (session: string, expected: number, more: Partial<SessionCommit> = {}) => ({
  key: key(session),
  expected,
  row: { ...state(), version: expected + 1 },
  deltas: [],
  marks: [],
  ...more,
});

describe('storage on a real table engine', () => {
  const engines = useEngines({ tables: 'disk' });
  let tables: Tables;
  let store: SessionStore;
  let finder: SessionFinder;
  const units = new Map<string, number>();

  beforeAll(async () => {
    tables = connectTables({
      endpoint: engines().tables.url,
      region: 'local',
      prefix: 'spec-',
      onWriteUnits: (table, n) => units.set(table, (units.get(table) ?? 0) + n),
    });
    await provisionTables(tables);
    store = new SessionStore(tables, 60_000);
    finder = new SessionFinder(tables, { ownHosts: () => Promise.resolve([]) });
  }, 60_000);

  afterAll(() => tables.close());

  describe('provisioning', () => {
    it('creates every table with its indexes and TTL, and changes nothing the second time', async () => {
      await provisionTables(tables);
      const { Table } = await tables.client.send(
        new DescribeTableCommand({ TableName: 'spec-session-summaries' }),
      );
      expect(Table?.GlobalSecondaryIndexes?.map((index) => index.IndexName).sort()).toEqual([
        'open-sessions',
        'outcome-index',
        'tenant-date-outcome-index',
      ]);
      const { TimeToLiveDescription } = await tables.client.send(
        new DescribeTimeToLiveCommand({ TableName: 'spec-session-events' }),
      );
      expect(TimeToLiveDescription).toMatchObject({ AttributeName: 'expires_at' });
      expect(await tablesReady(tables)).toBe(true);
    });

    it('takes a newer layout only if that says that it may', async () => {
      const put = (layout: object) =>
        tables.doc.send(
          new PutCommand({
            TableName: 'spec-tenants',
            Item: { pk: 'LAYOUT', sk: 'VERSION', ...layout },
          }),
        );
      for (const layout of [{ version: 99 }, { version: 99, works_from: 99 }]) {
        await put(layout);
        await expect(provisionTables(tables)).rejects.toThrow('layout version 99');
        expect(await tablesReady(tables)).toBe(false);
      }
      await put({ version: 99, works_from: TABLES_VERSION });
      await provisionTables(tables);
      expect(await tablesReady(tables)).toBe(true);
      await put({ version: TABLES_VERSION - 1, works_from: 1 });
      expect(await tablesReady(tables)).toBe(false);
      await provisionTables(tables);
      expect(await tablesReady(tables)).toBe(true);
    });
  });

  describe('events', () => {
    it('come back as they were written, more than a batch and a page of them', async () => {
      const long = { content: 'x'.repeat(9_000) };
      const events = Array.from({ length: 150 }, (_, i) => stored(i, { payload: long }));
      await store.writeEvents(key('pages'), events, NOW);
      await store.writeEvents(key('pages'), events.slice(0, 30), NOW);
      expect(await store.events(key('pages'))).toEqual(events);
    });

    it('keep optional parts apart from missing ones', async () => {
      const full = stored(1, {
        sequence_number: null,
        context: { user_agent: 'x' },
        attribution: { utm_source: 'y' },
        ga_client_id: '1.2',
        clock: 'replaced',
        origin: 'server',
        traffic: 'bot',
      });
      await store.writeEvents(key('optional'), [full], NOW);
      expect(await store.events(key('optional'))).toEqual([full]);
    });

    it('of one session never show up in another tenant’s of the same name', async () => {
      await store.writeEvents(key('same'), [stored(1)], NOW);
      expect(await store.events({ tenant_hash: 'other', session_id: 'same' })).toEqual([]);
    });
  });

  describe('commit', () => {
    it('takes effect once of two from the same version, counters included', async () => {
      const day = '2026-11-22';
      const race = [1, 2, 3, 4].map(() =>
        store.commit(commit('race', 0, { deltas: [{ item: 'cta#a#b', day, clicks: 1 }] })),
      );
      const results = await Promise.allSettled(race);
      const refused = results.filter((result) => result.status === 'rejected');
      expect(refused).toHaveLength(3);
      for (const { reason } of refused) expect(reason).toBeInstanceOf(VersionConflictError);
      const items = await new ItemClicksReader(tables).all('tn');
      expect(items).toEqual([{ item: 'cta#a#b', click_count: 1, days: { [day]: 1 } }]);
    });

    it('moves an item’s clicks between days in one update', async () => {
      await store.commit(
        commit('moved', 0, {
          deltas: [
            { item: 'link#z', day: '2026-11-22', clicks: -2 },
            { item: 'link#z', day: '2026-11-21', clicks: 3 },
          ],
        }),
      );
      const items = await new ItemClicksReader(tables).all('tn');
      expect(items.find(({ item }) => item === 'link#z')).toEqual({
        item: 'link#z',
        click_count: 1,
        days: { '2026-11-22': -2, '2026-11-21': 3 },
      });
    });

    it('refuses a session that is not at the expected version', async () => {
      await store.commit(commit('stale', 0));
      await expect(store.commit(commit('stale', 5))).rejects.toThrow(VersionConflictError);
      expect(await store.row(key('stale'))).toEqual({ ...state(), version: 1 });
    });

    it('costs one unit for an open session’s slice that moves no index entry', async () => {
      await store.commit(commit('cost', 0));
      units.clear();
      await store.commit(commit('cost', 1));
      expect([...units]).toEqual([['spec-session-summaries', 1]]);
    });
  });

  it('finds open sessions by rounded last activity until they are final', async () => {
    const find = async () => {
      const found: string[] = [];
      for (let shard = 0; shard < store.shards; shard += 1) {
        for await (const keys of store.openBefore(shard, NOW - 9 * 60_000)) {
          found.push(...keys.map(({ session_id }) => session_id));
        }
      }
      return found;
    };
    const old = { ...state({ last_seen_ms: NOW - 10 * 60_000 }), version: 1 };
    await store.commit(commit('idle', 0, { row: old }));
    expect(await find()).toEqual(['idle']);
    await store.commit(commit('idle', 1, { row: { ...old, status: 'final', version: 2 } }));
    expect(await find()).toEqual([]);
  });

  it('lists sessions newest first, complete over pages, within the range', async () => {
    const at = Date.UTC(2027, 0, 1);
    for (let i = 0; i < 7; i += 1) {
      const id = `list_${i}`;
      await store.writeEvents(key(id), [stored(1, { timestamp_ms: at + i })], NOW);
      const row = { ...state({ started_ms: at + i }), version: 1 };
      await store.commit(commit(id, 0, { row }));
    }
    const ids: string[] = [];
    let after: string | undefined;
    do {
      const range = { tenantHash: 'tn', timeZone: 'UTC', fromMs: at + 1, toMs: at + 6 };
      const page: FoundPage = await finder.page(range, 2, after);
      ids.push(...page.items.map(({ session_id }) => session_id));
      after = page.after;
    } while (after);
    expect(ids).toEqual(['list_5', 'list_4', 'list_3', 'list_2', 'list_1']);
  });

  describe('tenants', () => {
    it('are created once, and their keys work until they are taken away', async () => {
      const tenants = new TenantStore(tables);
      const created = await tenants.create({ tenant_hash: 'tn_a', time_zone: 'Europe/Berlin' });
      const { tenant, write_key, server_key } = created;
      expect(JSON.stringify(tenant)).not.toContain(write_key);
      expect(await tenants.get('tn_a')).toEqual(tenant);
      expect((await tenants.list()).map(({ tenant_hash }) => tenant_hash)).toEqual(['tn_a']);
      expect(await tenants.grant(hashKey(write_key))).toEqual({
        tenant_hash: 'tn_a',
        origin: 'browser',
      });
      expect(await tenants.grant(hashKey(server_key))).toMatchObject({ origin: 'server' });
      await expect(tenants.create({ tenant_hash: 'tn_a' })).rejects.toThrow(TenantExistsError);
      const revoked = { ...tenant, write_keys: [] };
      await tenants.put(revoked, tenant);
      expect(await tenants.grant(hashKey(write_key))).toBeUndefined();
      expect(await tenants.grant(hashKey(server_key))).toBeDefined();
    });

    it('change from what was read alone: a revoked key does not come back', async () => {
      const tenants = new TenantStore(tables);
      const { tenant: read, write_key } = await tenants.create({ tenant_hash: 'tn_b' });
      await tenants.put({ ...read, write_keys: [] }, read);
      const renamed = tenants.put({ ...read, name: 'Another' }, read);
      await expect(renamed).rejects.toThrow(TenantChangedError);
      expect(await tenants.grant(hashKey(write_key))).toBeUndefined();
      const now = await tenants.get('tn_b', { consistent: true });
      expect(now).toMatchObject({ name: 'tn_b', write_keys: [] });
      await tenants.put({ ...now!, name: 'Another' }, now!);
      expect(await tenants.get('tn_b')).toMatchObject({ name: 'Another', write_keys: [] });
    });

    it('refuses a hash that is no subject token', async () => {
      const bad = new TenantStore(tables).create({ tenant_hash: 'a.b' });
      await expect(bad).rejects.toThrow(RangeError);
    });
  });

  it('ledger: counts move with the position or not at all, and one owner holds the lease', async () => {
    const ledger = new LedgerStore(tables);
    const counts = new Map([['tn', { ...NO_COUNTS, accepted: 3, stored: 2, duplicates: 1 }]]);
    // A broker that is slow to answer leaves a step with nothing: it must not be the ledger's last.
    await ledger.advance(0, 0, new Map());
    await ledger.advance(0, 7, counts);
    await expect(ledger.advance(0, 7, counts)).rejects.toThrow();
    await ledger.advance(7, 9, counts);
    expect(await ledger.position()).toBe(9);
    expect((await ledger.totals()).get('tn')).toEqual({
      accepted: 6,
      stored: 4,
      duplicates: 2,
      dead_lettered: 0,
      missing: 0,
    });
    expect(await ledger.lease('a', 1_000, 500)).toBe(true);
    expect(await ledger.lease('b', 1_200, 500)).toBe(false);
    expect(await ledger.lease('a', 1_400, 500)).toBe(true);
    expect(await ledger.lease('b', 2_000, 500)).toBe(true);
  });

  it('rejects on an outage instead of answering with nothing', async () => {
    const away = connectTables({
      endpoint: 'http://127.0.0.1:9',
      region: 'local',
      prefix: 'spec-',
    });
    const lost = new SessionReader(away, { ownHosts: () => Promise.resolve([]) });
    await expect(lost.session('tn', 'race')).rejects.toThrow();
    away.close();
  });

  it('finds everything again after the engine was killed', async () => {
    const before = await store.events(key('pages'));
    await engines().restartTables();
    expect(await store.events(key('pages'))).toEqual(before);
  });
});
