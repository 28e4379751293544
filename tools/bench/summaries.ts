/** Final summaries as the sessionizer leaves them, written straight to the tables, many at once. */
import { hash } from 'node:crypto';
import type { SessionSummary, StoredEvent, Tenant } from '@picasso/contracts';
import { openBatch, parseBatch } from '@picasso/contracts/validation';
import { dayBounds, summarise } from '@picasso/domain';
import {
  DayMarks,
  putAll,
  sessionItem,
  type SessionRow,
  SessionStore,
  type Tables,
} from '@picasso/storage';
import type { Random } from '../harness/random.ts';
import type { VisitLibrary } from '../load/visits.ts';

const TEMPLATES = 300;
const TEMPLATE = 'template';
/** Any moment: a template's times are moved when it is used. */
const EPOCH = Date.UTC(2026, 0, 1);
const ROUND_MS = 60_000;

/** An event in the flat shape, and whose key it would be sent with. */
interface FlatEvent {
  origin: 'browser' | 'server';
  event: object;
}

/** Summaries of the library's first visits. */
export const templatesOf = ({ visits }: VisitLibrary): SessionSummary[] =>
  visits.slice(0, TEMPLATES).map((visit) =>
    templateOf(
      visit.map(({ offset_ms, key, origin, body }) => ({
        origin,
        event: {
          ...{ schema_version: '1.0', event_id: `evt_${key}`, session_id: TEMPLATE },
          timestamp: new Date(EPOCH + offset_ms).toISOString(),
          ...body,
        },
      })),
      TEMPLATE,
    ),
  );

/** The summary of a session, whose events are all of one tenant. */
export function templateOf(events: readonly FlatEvent[], tenant_hash: string): SessionSummary {
  const rest = { own_hosts: [], skew_ms: 0, revision: 0, timed_out: true };
  const stored = storedEventsOf(events, tenant_hash);
  return summarise({ tenant_hash, session_id: TEMPLATE, ...rest, events: stored });
}

function storedEventsOf(events: readonly FlatEvent[], tenant_hash: string): StoredEvent[] {
  return (['browser', 'server'] as const).flatMap((origin) => {
    const sent = events.filter((event) => event.origin === origin).map(({ event }) => event);
    const batch = openBatch(sent);
    if ('error' in batch) throw new Error(batch.message);
    const { slices, rejected } = parseBatch(batch, {
      grant: { tenant_hash, origin },
      received_ms: Date.now(),
      sha256: (text) => hash('sha256', text),
    });
    if (rejected[0]) throw new Error(rejected[0].message);
    return slices.flatMap(({ slice }) =>
      slice.events.map((event): StoredEvent => {
        const received_ms = event.timestamp_ms;
        return { ...event, received_ms, origin, traffic: 'visitor', stream_seq: 0 };
      }),
    );
  });
}

function at(template: SessionSummary, tenant_hash: string, session_id: string, startedMs: number) {
  const started_at = new Date(startedMs).toISOString();
  const ended_at = new Date(startedMs + template.duration_ms).toISOString();
  return { ...template, tenant_hash, session_id, started_at, ended_at };
}

function finalRow(summary: SessionSummary, day: string): SessionRow {
  const started_ms = Date.parse(summary.started_at);
  return {
    ...{ version: 1, status: 'final', kind: 'session', started_ms, skew_ms: 0, revision: 0 },
    ...{ last_seen_ms: started_ms + summary.duration_ms, rows: summary.event_count },
    ...{ final_day: day, counted: { day, clicks: summary.clicks }, summary },
  };
}

/** Sessions of one day that repeat others. */
export interface Repeated {
  tenant: Tenant;
  day: string;
  sessions: number;
  templates: readonly SessionSummary[];
  random: Random;
}

function ended({ tenant, day, sessions, templates, random }: Repeated, prefix: string) {
  const { tenant_hash, time_zone } = tenant;
  const [from, to] = dayBounds(day, time_zone);
  return Array.from({ length: sessions }, (_, i) => {
    const session_id = `${prefix}_${day}_${i}`;
    const startedMs = random.int(from, to - 1);
    const summary = at(random.pick(templates), tenant_hash, session_id, startedMs);
    return { key: { tenant_hash, session_id }, row: finalRow(summary, day) };
  });
}

/** Ends more sessions on a day that has some, one after the other. */
export async function addEnded(tables: Tables, repeated: Repeated): Promise<void> {
  const store = new SessionStore(tables, ROUND_MS);
  const marks = [{ day: repeated.day, sessions: 1 } as const];
  for (const session of ended(repeated, 'late'))
    await store.commit({ ...session, expected: 0, deltas: [], marks });
}

/** Sessions of a day that have not ended. @param journeys events of sessions, which are repeated */
export async function addOpen(
  tables: Tables,
  { tenant_hash, time_zone }: Tenant,
  day: string,
  journeys: readonly (readonly FlatEvent[])[],
): Promise<void> {
  const store = new SessionStore(tables, ROUND_MS);
  const [from] = dayBounds(day, time_zone);
  for (const [i, journey] of journeys.entries()) {
    const key = { tenant_hash, session_id: `open_${day}_${i}` };
    const stored = storedEventsOf(journey, tenant_hash);
    const offset = from + 60_000 - Math.min(...stored.map(({ timestamp_ms }) => timestamp_ms));
    const events = stored.map((event) => ({ ...event, timestamp_ms: event.timestamp_ms + offset }));
    await store.writeEvents(key, events, from + 60_000);
    const row: SessionRow = {
      ...{ version: 1, status: 'open', kind: 'session', started_ms: from + 60_000, skew_ms: 0 },
      ...{ last_seen_ms: from + 60_000, rows: events.length, revision: 0 },
      ...{ counted: null, summary: null, final_day: null },
    };
    await store.commit({ key, expected: 0, row, deltas: [], marks: [] });
  }
}

/** Adds sessions to a tenant's day and marks it, as if each of them had been closed by itself. */
export async function fillDay(tables: Tables, repeated: Repeated): Promise<void> {
  const { day, sessions } = repeated;
  const { tenant_hash } = repeated.tenant;
  const rows = ended(repeated, 'sess').map(({ key, row }) => sessionItem(key, row, ROUND_MS));
  await putAll(tables, tables.names.sessionSummaries, rows);
  const mark = { day, version: 0, done_version: 0, sessions: 0 };
  if (!(await new DayMarks(tables).correctTally(tenant_hash, mark, sessions))) {
    throw new Error(`${day} of ${tenant_hash} is not new`);
  }
}
