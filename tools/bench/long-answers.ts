/** Answers that are long: a journey of 5,000 events, an export of 100,000 rows. */
import { LIMITS, type StoredEvent } from '@picasso/contracts';
import { daysOf, lastDays, localDay, summarise } from '@picasso/domain';
import { putAll, sessionItem, SessionStore, TenantStore, type Tables } from '@picasso/storage';
import { createRandom } from '../harness/random.ts';
import type { Section } from './figures.ts';
import { BIG, type QueryWorld } from './query-world.ts';
import { percentile } from './requests.ts';
import type { BenchSettings } from './settings.ts';
import { fillDay, templatesOf } from './summaries.ts';

const JOURNEY = 'sess_bench_longest';
const JOURNEY_GOAL_MS = 500;
const TIMES = 30;
const HOUR_MS = 3_600_000;

const WIDE = 'bench-wide';
const EXPORT_DAYS = 50;
const EXPORT_ROWS = 100_000;
const EXPORT_GOAL_MB = 200;
/** A heap that a pod of 256 MiB has room for. By itself it grows as far as the machine lets it. */
const SMALL_HEAP = '--max-old-space-size=96 --max-semi-space-size=4';
const MB = 1024 ** 2;

/** As long as sessions get: questions and answers, one a second. */
function longestJourney(startMs: number): StoredEvent[] {
  return Array.from({ length: LIMITS.sessionEvents }, (_, i) => {
    const content = `Message ${i} about opening hours, courses and prices. `.repeat(4);
    const timestamp_ms = startMs + i * 1_000;
    return {
      ...{ schema_version: '1.0', event_id: `evt_${i}`, step_number: i + 1 },
      event_type: i % 2 === 0 ? 'MESSAGE_SENT' : 'MESSAGE_RECEIVED',
      sequence_number: i + 1,
      ...{ timestamp_ms, received_ms: timestamp_ms, stream_seq: i },
      payload: { content, content_length: content.length },
      ...{ origin: 'browser', traffic: 'visitor' },
    };
  });
}

async function writeJourney(tables: Tables): Promise<void> {
  const key = { tenant_hash: BIG, session_id: JOURNEY };
  const started_ms = Date.now() - 2 * HOUR_MS;
  const events = longestJourney(started_ms);
  const store = new SessionStore(tables, 60_000);
  for (let i = 0; i < events.length; i += 500) {
    await store.writeEvents(key, events.slice(i, i + 500), started_ms);
  }
  const state = { skew_ms: 0, revision: 0 };
  const summary = summarise({ ...key, ...state, events, own_hosts: [], timed_out: true });
  const row = sessionItem(
    key,
    {
      ...{ ...state, version: 1, status: 'final', kind: 'session', started_ms, summary },
      ...{ last_seen_ms: events.at(-1)!.timestamp_ms, rows: events.length },
      ...{ final_day: localDay(started_ms, 'UTC'), counted: null },
    },
    60_000,
  );
  await putAll(tables, tables.names.sessionSummaries, [row]);
}

export async function benchJourney(world: QueryWorld): Promise<Section> {
  await writeJourney(world.tables);
  await world.restart();
  const requests = await world.requests(BIG);
  const path = `/analytics/journey/${JOURNEY}`;
  const first = await requests.get(path);
  const answered = await requests.many(path, TIMES, 1);
  requests.close();
  const times = answered.map(({ ms }) => ms);
  return {
    title: `A journey of ${LIMITS.sessionEvents.toLocaleString('en')} events`,
    conditions: [
      `Milliseconds until all of it (${(first.bytes / MB).toFixed(1)} MB) is there, one request at a time; \`first\` is a new process's first answer. ${world.disk}.`,
    ],
    head: ['', 'first', 'p50', 'p95', 'max'],
    rows: [
      ['journey', first.ms, percentile(times, 0.5), percentile(times, 0.95), Math.max(...times)],
    ],
    goals: [
      { name: 'p95 ms', figure: percentile(times, 0.95), wanted: { atMost: JOURNEY_GOAL_MS } },
      { name: 'first ms', figure: first.ms, wanted: { atMost: JOURNEY_GOAL_MS } },
    ],
  };
}

export async function benchExport(
  world: QueryWorld,
  { library, note }: BenchSettings,
): Promise<Section> {
  const { tenant } = await new TenantStore(world.tables).create({ tenant_hash: WIDE });
  const random = createRandom(1);
  const templates = templatesOf(library);
  const yesterday = localDay(Date.now() - 24 * HOUR_MS, 'UTC');
  for (const day of daysOf(lastDays(EXPORT_DAYS, yesterday))) {
    const rows = EXPORT_ROWS / EXPORT_DAYS;
    await fillDay(world.tables, { tenant, day, sessions: rows, templates, random });
  }
  note(`${WIDE}: ${EXPORT_ROWS} rows filled`);
  const measured = [];
  for (const format of ['csv', 'json'] as const) {
    await world.restart({ NODE_OPTIONS: SMALL_HEAP });
    const before = await world.peakMemory();
    const requests = await world.requests(WIDE);
    let lines = 0;
    const path = `/analytics/sessions/${WIDE}?range=90d&format=${format}`;
    const { ms, bytes } = await requests.get(path, (chunk) => {
      for (const byte of chunk) if (byte === 10) lines += 1;
    });
    requests.close();
    if (lines < EXPORT_ROWS) throw new Error(`the export has ${lines} lines`);
    const peak = (await world.peakMemory()) / MB;
    measured.push({ format, seconds: ms / 1_000, bytes, before: before / MB, peak });
  }
  return {
    title: `An export of ${EXPORT_ROWS.toLocaleString('en')} sessions`,
    conditions: [
      `The peak of the query process's resident memory (VmHWM), right after its start and after the export, with \`${SMALL_HEAP}\`: an export that held on to its rows would end the process. ${library.source}. ${world.disk}.`,
    ],
    head: ['', 'MB sent', 'seconds', 'rows/s', 'MB at start', 'MB peak'],
    rows: measured.map(({ format, seconds, bytes, before, peak }) => [
      ...[format, bytes / MB, seconds, EXPORT_ROWS / seconds, before, peak],
    ]),
    goals: measured.map(({ format, peak }) => ({
      name: `peak MB, ${format}`,
      figure: peak,
      wanted: { atMost: EXPORT_GOAL_MB },
    })),
  };
}
