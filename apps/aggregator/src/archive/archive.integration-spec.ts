import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import {
  START_MS,
  type FlatEvent,
  flatEvent,
  sessionOf,
  useEngines,
  widgetEnvelope,
} from '@picasso/testing';
import {
  ArchiveReader,
  ArchiveStore,
  DailyReader,
  ItemClicksReader,
  JobStore,
  SessionReader,
  SessionStore,
  keepEvents,
} from '@picasso/storage';
import { type Bench, DAY_MS, STEPS, openBench } from '../aggregator.fixture.ts';

/** Sessions started then; commands run some days later. */
const START = Date.UTC(2026, 10, 1, 13);
const HOUR_MS = 3_600_000;
const after = (days: number, hours = 0): number => START + days * DAY_MS + hours * HOUR_MS;

describe('what leaves the tables and what comes in late', () => {
  const engines = useEngines({ tables: true, objects: true });
  let bench: Bench;
  let archive: ArchiveReader;
  let store: ArchiveStore;
  let folder: string;

  beforeAll(async () => {
    bench = await openBench({ tables: engines().tables.url, objects: engines().objects.url });
    archive = new ArchiveReader(bench.tables, bench.objects);
    store = new ArchiveStore(bench.tables, bench.objects);
    folder = await mkdtemp(join(tmpdir(), 'backfill-spec-'));
  }, 60_000);
  afterAll(async () => {
    bench.close();
    await rm(folder, { recursive: true, force: true });
  });

  const totals = async (tenant: string, day: string) => {
    const range = { from: day, to: day };
    return (await new DailyReader(bench.tables).days(tenant, range, ['totals']))[0]?.figures.totals;
  };
  /** As the engine in the cloud does it by itself. */
  const expire = (tenant: string, session: string) =>
    new SessionStore(bench.tables, 1).removeEvents({ tenant_hash: tenant, session_id: session });

  describe('archive', () => {
    it('takes a block when nothing of it can change any more, more than a day before it expires', async () => {
      const tenant = await bench.tenant('tn_arc');
      for (let i = 0; i < 5; i += 1) await bench.write(tenant, `s${i}`, START + i * 1_000);
      const early = await bench.run('archive --tenant tn_arc', after(6, 5));
      expect(early.figures).not.toHaveProperty('journeys');
      const settled = after(6, 6.5);
      const report = await bench.run('archive --tenant tn_arc', settled);
      expect(report.figures).toMatchObject({ blocks_archived: 1, journeys: 5 });
      const found = await archive.archivedJourney('tn_arc', 's3');
      const reader = new SessionReader(bench.tables, { ownHosts: async () => [] });
      const live = await reader.session('tn_arc', 's3');
      expect(found).toEqual({ summary: live?.summary, steps: live?.steps });
      const again = await bench.run('archive --tenant tn_arc', settled + HOUR_MS);
      expect(again.figures).toEqual({});
    });

    it('takes whole days of summaries, and refuses a day with an open session', async () => {
      const tenant = await bench.tenant('tn_days');
      await bench.write(tenant, 'closed', START);
      await bench.write(tenant, 'visit', START + 5, ['PAGE_VIEW']);
      const report = await bench.run('archive --tenant tn_days', after(9));
      expect(report.figures).toMatchObject({ summaries: 2, days_archived: 1 });
      const summaries = await archive.archivedSummaries('tn_days', '2026-11-01', 'UTC');
      expect(summaries.map(({ session_id }) => session_id)).toEqual(['closed', 'visit']);

      const sessions = new SessionStore(bench.tables, 1);
      const key = { tenant_hash: 'tn_days', session_id: 'closed' };
      const row = (await sessions.row(key))!;
      const open = { ...row, status: 'open' as const, version: row.version + 1 };
      await sessions.commit({ key, expected: row.version, row: open, deltas: [], marks: [] });
      const args = 'archive --tenant tn_days --from 2026-11-01 --to 2026-11-01';
      const refused = await bench.run(args, after(9));
      expect(refused.failed[0]?.error).toContain('1 sessions of 2026-11-01 are open');
    });

    it('deletes after a year, by the date in the key', async () => {
      const tenant = await bench.tenant('tn_year');
      await bench.write(tenant, 's', START);
      await bench.run('archive --tenant tn_year', after(9));
      await bench.run('archive --tenant tn_year', after(365));
      expect(await store.contents('tn_year')).not.toEqual({ blocks: [], days: [] });
      await bench.run('archive --tenant tn_year', after(366));
      expect(await store.contents('tn_year')).toEqual({ blocks: [], days: [] });
    });

    /** What the engine in the cloud removes by itself. */
    const sweep = async (nowMs: number): Promise<void> => {
      const TableName = bench.tables.names.sessionEvents;
      for (const { pk, sk, expires_at } of await bench.rows('sessionEvents')) {
        if (!String(pk).includes('tn_away') || (expires_at as number) * 1_000 > nowMs) continue;
        await bench.tables.doc.send(new DeleteCommand({ TableName, Key: { pk, sk } }));
      }
    };

    it('loses nothing while the store is away, for however long', async () => {
      const tenant = await bench.tenant('tn_away');
      for (let i = 0; i < 3; i += 1) await bench.write(tenant, `s${i}`, START + i * 1_000);
      await bench.write(tenant, 'later', after(3));
      const objects = bench.objects as { bucket: string };
      const { bucket } = objects;
      objects.bucket = 'away';
      const away = 15;
      for (let hours = 0; hours < away * 24; hours += 12) {
        const { failed } = await bench.run('archive --tenant tn_away', after(0, hours));
        // Settled 6 days and 7 hours after the block's beginning at the earliest.
        if (hours >= 7 * 24) expect(failed).toHaveLength(1);
        await sweep(after(0, hours));
      }
      objects.bucket = bucket;
      const { failed, figures } = await bench.run('archive --tenant tn_away', after(away));
      expect(failed).toEqual([]);
      expect(figures).toMatchObject({ journeys: 4, blocks_archived: 2 });
      expect(figures).not.toHaveProperty('events_missing');
      for (const id of ['s0', 's1', 's2', 'later']) {
        expect((await archive.archivedJourney('tn_away', id))?.steps).toHaveLength(STEPS.length);
      }
      // From then on rows expire as ever.
      await sweep(after(away + 9));
      const left = (await bench.rows('sessionEvents')).filter(
        ({ pk, sk }) => String(pk).includes('tn_away') && String(sk).startsWith('STEP#'),
      );
      expect(left).toEqual([]);
    }, 120_000);

    it('does not bring back what is erased while its expiry is put off', async () => {
      const tenant = await bench.tenant('tn_put_off');
      await bench.write(tenant, 's', START);
      await expire('tn_put_off', 's');
      const key = { tenant_hash: 'tn_put_off', session_id: 's' };
      const until = { belowMs: after(99), untilMs: after(199) };
      expect(await keepEvents(bench.tables, key, until)).toBe(0);
      expect((await bench.rows('sessionEvents')).map(({ pk }) => pk)).not.toContain(
        'SESSION#tn_put_off#s',
      );
    });

    it('says what expired before it was archived', async () => {
      const tenant = await bench.tenant('tn_lost');
      await bench.write(tenant, 's', START);
      await expire('tn_lost', 's');
      const report = await bench.run('archive --tenant tn_lost', after(7));
      expect(report.figures).toMatchObject({ events_missing: STEPS.length });
    });
  });

  describe('restore', () => {
    it('brings rows, counters and days back that tables have lost', async () => {
      const tenant = await bench.tenant('tn_restore');
      for (let i = 0; i < 3; i += 1) await bench.write(tenant, `s${i}`, START + i);
      await bench.run('daily --tenant tn_restore', after(2));
      await bench.run('archive --tenant tn_restore', after(9));
      const before = await bench.rows('analyticsDaily');
      const ofTenant = (rows: Record<string, unknown>[]) =>
        rows.filter(({ pk, sk }) => pk === 'TENANT#tn_restore' && !String(sk).startsWith('DIRTY'));
      for (const table of ['sessionSummaries', 'analyticsDaily', 'itemClicks'] as const) {
        for (const { pk, sk } of await bench.rows(table)) {
          if (pk !== 'TENANT#tn_restore') continue;
          await bench.tables.doc.send(
            new DeleteCommand({ TableName: bench.tables.names[table], Key: { pk, sk } }),
          );
        }
      }
      for (let i = 0; i < 3; i += 1) await expire('tn_restore', `s${i}`);
      expect(await archive.archivedJourney('tn_restore', 's1')).toBeUndefined();

      const args = 'restore --tenant tn_restore --from 2026-11-01 --to 2026-11-02';
      const report = await bench.run(args, after(9));
      expect(report.figures).toMatchObject({ sessions_restored: 3, journeys_located: 3 });
      expect((await bench.run(args, after(9))).figures).toMatchObject({ sessions_present: 3 });
      await bench.run('daily --tenant tn_restore', after(9));
      expect(await archive.archivedJourney('tn_restore', 's1')).toBeDefined();
      expect(await totals('tn_restore', '2026-11-01')).toMatchObject({ sessions: 3 });
      expect(ofTenant(await bench.rows('analyticsDaily')).length).toBeGreaterThanOrEqual(
        ofTenant(before).length,
      );
      const [cta] = await new ItemClicksReader(bench.tables).all('tn_restore');
      expect(cta).toMatchObject({ click_count: 3, days: { '2026-11-01': 3 } });
    });
  });

  describe('backfill', () => {
    const NOW = START_MS + DAY_MS;
    const ago = (days: number): number => NOW - days * DAY_MS;
    const session = (id: string, startMs: number): FlatEvent[] =>
      sessionOf(STEPS, { sessionId: id, tenantHash: 'tn_back', startMs });

    /** 120 days of history in all three shapes, with what has to be refused. */
    const history = (): string => {
      const flat = [100, 60, 20, 7, 2].flatMap((days) => session(`flat_${days}`, ago(days)));
      const lines: unknown[] = flat.toReversed();
      lines.push(
        widgetEnvelope(session('widget', ago(30)).map((e) => ({ ...e, ga_client_id: 'GA1' }))),
      );
      const answer = flatEvent({
        session_id: 'widget',
        tenant_hash: 'tn_back',
        event_id: 'qa',
        event_type: 'QA_COMPLETE',
        step_number: 2,
        timestamp: new Date(ago(30) + 1_500).toISOString(),
        payload: {
          question: 'q',
          answer: 'a',
          routing_tier: 'x',
          response_time_ms: 5,
          branch_id: 'hours',
          in_response_to_step: 2,
        },
      });
      lines.push(answer, answer);
      lines.push({ ...flat[0], tenant_hash: 'tn_other' });
      lines.push(session('future', NOW + DAY_MS)[0]);
      lines.push({ events: session('running', NOW - 60_000) });
      return `${lines.map((line) => JSON.stringify(line)).join('\n')}\nno json\n\n`;
    };

    it('imports sessions of every age and shape, and says what it refused and why', async () => {
      await bench.tenant('tn_back');
      const file = join(folder, 'history.jsonl');
      await writeFile(file, history());
      const out = join(folder, 'report');
      const report = await bench.run(`backfill --tenant tn_back --file ${file} --out ${out}`, NOW);
      expect(report.failed).toEqual([]);
      expect(report.figures).toMatchObject({
        sessions_taken: 6,
        events_taken: 6 * STEPS.length + 1,
        events_duplicate: 1,
        refused_tenant_mismatch: 1,
        refused_invalid: 1,
        refused_unfinished: 1,
        refused_unreadable: 1,
      });
      const refused = (await readFile(join(out, 'refused.jsonl'), 'utf8')).trim().split('\n');
      expect(refused.map((line) => (JSON.parse(line) as { code: string }).code).sort()).toEqual([
        'invalid',
        'tenant_mismatch',
        'unfinished',
        'unreadable',
      ]);
      const reports = { prefix: 'BACKFILL#', limit: 10 };
      const { items } = await new JobStore(bench.tables).newestRecords('tn_back', reports);
      expect(items).toHaveLength(1);
    });

    it('puts each where its age says', async () => {
      const reader = new SessionReader(bench.tables, { ownHosts: async () => [] });
      const journeys = async (id: string) => {
        const live = await reader.session('tn_back', id);
        const archived = await archive.archivedJourney('tn_back', id);
        return [live?.steps.length ?? 0, archived?.steps.length ?? 0];
      };
      expect(await journeys('flat_100')).toEqual([0, 5]);
      expect(await journeys('flat_20')).toEqual([0, 5]);
      expect(await journeys('widget')).toEqual([0, 6]);
      expect(await journeys('flat_2')).toEqual([5, 0]);
      expect((await archive.archivedJourney('tn_back', 'widget'))?.summary).toMatchObject({
        ga_client_id: 'GA1',
        topics: ['hours'],
        event_count: 6,
      });
      await bench.run('daily --tenant tn_back', NOW);
      const day = (days: number): string => new Date(ago(days)).toISOString().slice(0, 10);
      for (const days of [60, 30, 20, 7, 2]) {
        expect(await totals('tn_back', day(days))).toMatchObject({ sessions: 1 });
      }
      expect(await totals('tn_back', day(100))).toBeUndefined();
      expect(await archive.archivedSummaries('tn_back', day(100), 'UTC')).toHaveLength(1);
      const [cta] = await new ItemClicksReader(bench.tables).all('tn_back');
      expect(cta).toMatchObject({ click_count: 5 });
    });

    it('changes nothing when it runs again, and refuses another history of the same session', async () => {
      const before = await Promise.all(
        (['sessionSummaries', 'sessionEvents', 'itemClicks'] as const).map(bench.rows),
      );
      const file = join(folder, 'history.jsonl');
      const args = `backfill --tenant tn_back --file ${file}`;
      const again = await bench.run(args, NOW);
      expect(again.figures).toMatchObject({ sessions_known: 6, sessions_taken: 0 });
      const other = join(folder, 'other.jsonl');
      await writeFile(other, JSON.stringify(session('flat_20', ago(20)).slice(0, 3)));
      const refused = await bench.run(`backfill --tenant tn_back --file ${other}`, NOW);
      expect(refused.figures).toMatchObject({ refused_exists: 1, sessions_taken: 0 });
      const after = await Promise.all(
        (['sessionSummaries', 'sessionEvents', 'itemClicks'] as const).map(bench.rows),
      );
      expect(after).toEqual(before);
      expect((await archive.archivedJourney('tn_back', 'flat_20'))?.steps).toHaveLength(5);
    });

    it('leaves nothing for the archive to miss', async () => {
      const report = await bench.run('archive --tenant tn_back', NOW);
      expect(report.failed).toEqual([]);
      expect(report.figures).not.toHaveProperty('events_missing');
    });
  });
});
