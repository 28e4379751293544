import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { HEADERS, STREAMS, SUBJECTS, type Tenant } from '@picasso/contracts';
import {
  type Broker,
  DeadLetters,
  WorkQueue,
  connectBroker,
  createPublisher,
  provisionStreams,
} from '@picasso/messaging';
import {
  ArchiveReader,
  DailyReader,
  ErasureStore,
  getObject,
  ItemClicksReader,
  JobStore,
  listObjects,
  RunLog,
  SessionReader,
  SessionStore,
  SiteTrafficStore,
} from '@picasso/storage';
import { eventSlice, eventually, sessionOf, useEngines } from '@picasso/testing';
import { type Bench, DAY_MS, STEPS, openBench } from '../aggregator.fixture.ts';

const NOW = Date.UTC(2026, 10, 22, 10);
const ago = (days: number): number => NOW - days * DAY_MS;

describe('erase', () => {
  const engines = useEngines({ nats: true, tables: true, objects: true });
  let bench: Bench;
  let broker: Broker;

  beforeAll(async () => {
    const { nats, tables, objects } = engines();
    bench = await openBench({ tables: tables.url, objects: objects.url, nats: nats.url });
    broker = await connectBroker({ url: nats.url, name: 'spec' });
    await provisionStreams(broker.jsm);
  }, 120_000);
  afterAll(async () => {
    await broker?.close();
    bench?.close();
  });

  /** A session everywhere: rows, counters, day, archive, EVENTS, DLQ, SUMMARIES. */
  async function plant(tenant: Tenant, sessionId: string, startMs: number, visitor: string) {
    const flat = sessionOf(STEPS, { sessionId, tenantHash: tenant.tenant_hash, startMs }).map(
      (event) => ({ ...event, ga_client_id: visitor }),
    );
    await bench.writeEvents(tenant, flat);
    const slice = eventSlice(flat);
    const publisher = createPublisher(broker);
    await publisher.publish(SUBJECTS.events(tenant.tenant_hash), JSON.stringify(slice), {
      headers: { [HEADERS.events]: '5', [HEADERS.session]: sessionId },
    });
    await publisher.publish(
      SUBJECTS.summaries(tenant.tenant_hash),
      JSON.stringify({ v: 1, version: 1, summary: { session_id: sessionId } }),
    );
    await new DeadLetters(publisher).publish({
      v: 1,
      tenant_hash: tenant.tenant_hash,
      reason: 'too_late',
      error: 'late',
      path: '',
      event: slice.events[0],
      session_id: sessionId,
      origin: 'browser',
      attempts: 1,
      first_ms: startMs,
      last_ms: startMs,
      stream_seq: 1,
    });
  }

  /** Everything that is stored anywhere of a tenant, as text. */
  async function everything(tenant: string): Promise<string> {
    const found: unknown[] = [];
    for (const table of [
      'sessionEvents',
      'sessionSummaries',
      'itemClicks',
      'analyticsDaily',
      'siteTraffic',
    ] as const) {
      const rows = await bench.rows(table);
      for (const { body, ...row } of rows.filter(({ pk }) => String(pk).includes(tenant)))
        found.push(row, body instanceof Uint8Array ? gunzipSync(body).toString() : body);
    }
    for await (const keys of listObjects(bench.objects, '')) {
      for (const key of keys.filter((key) => key.includes(tenant))) {
        const { body } = (await getObject(bench.objects, key))!;
        found.push(key, (key.endsWith('.gz') ? gunzipSync(body) : body).toString());
      }
    }
    for (const stream of Object.values(STREAMS)) {
      const { state } = await broker.jsm.streams.info(stream);
      for (let seq = state.first_seq; seq > 0 && seq <= state.last_seq; seq += 1) {
        const message = await broker.jsm.streams.getMessage(stream, { seq }).catch(() => null);
        if (message?.subject.includes(tenant)) found.push(message.string());
      }
    }
    return JSON.stringify(found);
  }

  const totals = async (tenant: string, day: string) => {
    const range = { from: day, to: day };
    return (await new DailyReader(bench.tables).days(tenant, range, ['totals']))[0]?.figures.totals;
  };

  it('takes one session out of every store, and everything else stays', async () => {
    const tenant = await bench.tenant('tn_one');
    await plant(tenant, 'gone', ago(8), 'GA.one');
    await plant(tenant, 'kept', ago(8) + 1_000, 'GA.two');
    await bench.run('archive --tenant tn_one', NOW);
    await bench.run('daily --tenant tn_one', NOW);
    expect(await everything('tn_one')).toContain('gone');

    const report = await bench.run('erase --tenant tn_one --session gone', NOW);
    expect(report).toMatchObject({
      failed: [],
      figures: {
        erased_sessions: 1,
        // Five events and the archive's locator.
        erased_session_events: 6,
        erased_archived_journeys: 1,
        erased_archived_summaries: 1,
        erased_EVENTS: 1,
        erased_DLQ: 1,
        erased_SUMMARIES: 1,
      },
    });
    // The tombstone is all that says its name.
    const left = await everything('tn_one');
    expect(left.split('gone')).toHaveLength(2);
    expect(left).not.toContain('GA.one');
    expect(
      (await new ArchiveReader(bench.tables, bench.objects).archivedJourney('tn_one', 'kept'))
        ?.steps,
    ).toHaveLength(5);
    expect(await totals('tn_one', '2026-11-14')).toMatchObject({ sessions: 1, messages: 2 });
    const [cta] = await new ItemClicksReader(bench.tables).all('tn_one');
    expect(cta).toMatchObject({ click_count: 1, days: { '2026-11-14': 1 } });
    const reader = new SessionReader(bench.tables, { ownHosts: async () => [] });
    expect(await reader.session('tn_one', 'gone')).toBeUndefined();
    const audited = { prefix: 'AUDIT#', limit: 10 };
    const [record] = (await new JobStore(bench.tables).newestRecords('tn_one', audited)).items;
    expect(record?.record).toMatchObject({ action: 'erased', receipt: { sessions: 1, EVENTS: 1 } });
    const { items } = await new ErasureStore(bench.tables).list({ tenant: 'tn_one', limit: 10 });
    expect(items).toMatchObject([{ state: 'done', receipt: { sessions: 1, EVENTS: 1 } }]);
    expect(JSON.stringify([record, items])).not.toContain('gone');
    const { items: runs } = await new RunLog(bench.tables).list(
      { tenant: 'tn_one', limit: 1 },
      NOW,
    );
    expect(runs).toMatchObject([{ command: 'erase', state: 'done', counts: { erased_EVENTS: 1 } }]);
  });

  it('takes a session out of what is kept of today, and of a day that has just ended', async () => {
    const tenant = await bench.tenant('tn_today');
    for (const [day, startMs] of [NOW - 60_000, ago(1)].entries())
      for (let i = 0; i < 51; i += 1) await bench.write(tenant, `s${day}_${i}_`, startMs + i);
    await bench.run('daily --tenant tn_today', ago(1) + 60_000);
    const { figures } = await bench.run('daily --tenant tn_today', NOW);
    expect(figures).toMatchObject({ days_so_far: 1 });
    for (const id of ['s0_7_', 's1_7_']) {
      expect((await everything('tn_today')).split(id).length).toBeGreaterThan(4);
      await bench.run(`erase --tenant tn_today --session ${id}`, NOW);
      // Its tombstone and its request.
      expect((await everything('tn_today')).split(id)).toHaveLength(2);
    }
  });

  it('finds a visitor’s sessions in tables, archive and what is still on its way', async () => {
    const tenant = await bench.tenant('tn_visitor');
    await plant(tenant, 'v_old', ago(20), 'GA.v');
    await plant(tenant, 'v_new', ago(1), 'GA.v');
    await plant(tenant, 'other', ago(1), 'GA.w');
    const coming = sessionOf(STEPS, {
      sessionId: 'v_coming',
      tenantHash: 'tn_visitor',
      startMs: NOW,
    });
    const slice = eventSlice(coming.map((event) => ({ ...event, ga_client_id: 'GA.v' })));
    await createPublisher(broker).publish(SUBJECTS.events('tn_visitor'), JSON.stringify(slice), {
      headers: { [HEADERS.session]: 'v_coming' },
    });
    await bench.run('archive --tenant tn_visitor --from 2026-11-02 --to 2026-11-02', NOW);
    const report = await bench.run('erase --tenant tn_visitor --visitor GA.v', NOW);
    expect(report.figures).toMatchObject({ erased_sessions: 3, erased_EVENTS: 3 });
    const left = await everything('tn_visitor');
    expect(left).not.toContain('GA.v');
    expect(left).toContain('GA.w');
    const sessions = new SessionStore(bench.tables, 1);
    const row = await sessions.row({ tenant_hash: 'tn_visitor', session_id: 'v_coming' });
    expect(row?.erased).toBeDefined();
  });

  it('takes a range of days, in the tenant’s time zone', async () => {
    const tenant = await bench.tenant('tn_range', { time_zone: 'Europe/Berlin' });
    await plant(tenant, 'before', Date.parse('2026-11-13T22:59:00Z'), 'a');
    await plant(tenant, 'first', Date.parse('2026-11-13T23:01:00Z'), 'b');
    await plant(tenant, 'last', Date.parse('2026-11-14T22:59:00Z'), 'c');
    await plant(tenant, 'after', Date.parse('2026-11-14T23:01:00Z'), 'd');
    await bench.run('archive --tenant tn_range', NOW);
    const args = 'erase --tenant tn_range --from 2026-11-14 --to 2026-11-14';
    expect((await bench.run(args, NOW)).figures).toMatchObject({ erased_sessions: 2 });
    const archive = new ArchiveReader(bench.tables, bench.objects);
    for (const [id, there] of [
      ['before', true],
      ['first', false],
      ['last', false],
      ['after', true],
    ] as const) {
      expect((await archive.archivedJourney('tn_range', id)) !== undefined).toBe(there);
    }
  });

  it('exports a whole tenant, then leaves nothing of it but its settings', async () => {
    const tenant = await bench.tenant('tn_all');
    await plant(tenant, 'recent', ago(1), 'GA.all');
    await plant(tenant, 'archived', ago(8), 'GA.all');
    await bench.run('archive --tenant tn_all', NOW);
    await bench.run('daily --tenant tn_all', NOW);
    const visit = { day: '2026-11-20', source: 'direct', medium: 'none', visits: 9 };
    await new SiteTrafficStore(bench.tables).put('tn_all', [visit], '2026-11-20');
    const out = join(engines().dir, 'export');
    const report = await bench.run(`erase --tenant tn_all --all --out ${out}`, NOW);
    expect(report).toMatchObject({
      failed: [],
      figures: { erased_sessions: 2, exported_sessions: 2, erased_site_traffic: 2 },
    });
    const lines = (await readFile(join(out, 'tn_all', 'sessions.jsonl'), 'utf8'))
      .trim()
      .split('\n');
    for (const line of lines) {
      const exported = JSON.parse(line) as { summary: { ga_client_id: string }; steps: unknown[] };
      expect(exported).toMatchObject({ summary: { ga_client_id: 'GA.all' } });
      expect(exported.steps).toHaveLength(5);
    }
    expect(await readFile(join(out, 'tn_all', 'tenant.json'), 'utf8')).not.toContain('sha256');
    const visits = await readFile(join(out, 'tn_all', 'visits.jsonl'), 'utf8');
    expect(JSON.parse(visits)).toEqual(visit);
    const left = await everything('tn_all');
    expect(left).not.toContain('GA.all');
    expect(left).not.toMatch(/DATE#|ITEM#|STEP#|STATUS|sessions.jsonl/);
    expect((await bench.run('daily --tenant tn_all', NOW)).failed).toEqual([]);
  });

  it('refuses what was erased when history comes in with it', async () => {
    const sessions = new SessionStore(bench.tables, 1);
    expect(await sessions.row({ tenant_hash: 'tn_one', session_id: 'gone' })).toMatchObject({
      erased: { erasure: expect.stringMatching(/^[0-9a-f]{24}$/) },
    });
    // Also a second time, and for a session that nobody has ever seen.
    const again = await bench.run('erase --tenant tn_one --session never_seen', NOW);
    expect(again.failed).toEqual([]);
    expect(
      (await sessions.row({ tenant_hash: 'tn_one', session_id: 'never_seen' }))?.erased,
    ).toBeDefined();
  });

  describe('what was requested', () => {
    const requests = () => new ErasureStore(bench.tables);
    const ask = (tenant_hash: string, session_id: string) =>
      requests().request(
        { tenant_hash, scope: { session_id }, reason: null, requested_by: 'olga' },
        Date.now(),
      );

    it('is carried out by a run for all of it, also what failed before', async () => {
      const tenant = await bench.tenant('tn_asked');
      await plant(tenant, 'asked', ago(1), 'GA.asked');
      const erasure = await ask('tn_asked', 'asked');
      const orphan = await ask('tn_nobody', 'asked');
      await requests().fail(erasure.erasure_id, 'Error: an outage');
      expect((await bench.run('erase --requested', NOW)).failed).toEqual([
        { tenant: 'tn_nobody', error: 'there is no such tenant' },
      ]);
      expect(await requests().get(erasure.erasure_id)).toMatchObject({
        ...{ state: 'done', error: null, requested_by: 'olga', finished_ms: expect.any(Number) },
        receipt: { sessions: 1, EVENTS: 1, DLQ: 1 },
      });
      expect(await requests().get(orphan.erasure_id)).toMatchObject({ state: 'failed' });
      expect((await bench.run('erase --requested', NOW)).done).toEqual([]);
    });

    it('is carried out as it comes, until the process is asked to end', async () => {
      const tenant = await bench.tenant('tn_served');
      await plant(tenant, 'before', ago(1), 'GA.before');
      await plant(tenant, 'meanwhile', ago(1), 'GA.meanwhile');
      const before = await ask('tn_served', 'before');
      const stopping = new AbortController();
      const serving = bench.run('erase --work', NOW, stopping.signal);
      const done = (id: string) =>
        eventually(async () => expect(await requests().get(id)).toMatchObject({ state: 'done' }));
      await done(before.erasure_id);
      const meanwhile = await ask('tn_served', 'meanwhile');
      await new WorkQueue(broker, 'erase').add([meanwhile.erasure_id], Date.now());
      await done(meanwhile.erasure_id);
      stopping.abort();
      expect((await serving).done).toEqual(['tn_served', 'tn_served']);
      expect(await everything('tn_served')).not.toMatch(/GA\.(before|meanwhile)/);
    });

    it('goes on where it stopped, with another erasure in between', async () => {
      const tenant = await bench.tenant('tn_between');
      await plant(tenant, 'first', ago(1), 'GA.first');
      await plant(tenant, 'second', ago(1), 'GA.second');
      const first = await ask('tn_between', 'first');
      // Tombstones and streams are done by the time that the archive is out of reach.
      const objects = bench.objects as { bucket: string };
      const { bucket } = objects;
      objects.bucket = 'no-such-bucket';
      expect((await bench.run('erase --requested', NOW)).failed).not.toEqual([]);
      objects.bucket = bucket;
      expect(await requests().get(first.erasure_id)).toMatchObject({ state: 'failed' });
      const second = await bench.run('erase --tenant tn_between --session second', NOW);
      expect(second.figures).toMatchObject({ erased_sessions: 1, erased_EVENTS: 1 });
      await bench.run('erase --requested', NOW);
      expect(await requests().get(first.erasure_id)).toMatchObject({
        state: 'done',
        receipt: { sessions: 1, EVENTS: 1, session_events: 5 },
      });
    });
  });
});
