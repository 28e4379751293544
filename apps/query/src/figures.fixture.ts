/** Summaries as the sessionizer, the aggregator and the archive leave them, without those programs. */
import type { SessionSummary } from '@picasso/contracts';
import { aggregateDay, localDay } from '@picasso/domain';
import {
  archiveDay,
  ArchiveStore,
  DailyStore,
  DayMarks,
  SessionStore,
  type Objects,
  type Tables,
} from '@picasso/storage';

/** Stores final summaries with their days' marks. */
export async function storeSummaries(
  tables: Tables,
  summaries: readonly SessionSummary[],
  timeZone = 'UTC',
): Promise<void> {
  const store = new SessionStore(tables, 60_000);
  for (const summary of summaries) {
    const { tenant_hash, session_id, kind, skew_ms, revision } = summary;
    const key = { tenant_hash, session_id };
    const started_ms = Date.parse(summary.started_at);
    const day = localDay(started_ms, timeZone);
    const before = await store.row(key);
    const version = (before?.version ?? 0) + 1;
    const counted = { day, clicks: summary.clicks };
    await store.commit({
      key,
      expected: version - 1,
      row: {
        ...{ version, status: 'final', kind, started_ms, skew_ms, revision, counted, summary },
        last_seen_ms: Date.parse(summary.ended_at),
        rows: summary.event_count,
        final_day: day,
      },
      deltas: before
        ? []
        : Object.entries(summary.clicks).map(([item, clicks]) => ({ item, day, clicks })),
      marks: [{ day, sessions: before ? 0 : 1 }],
    });
  }
}

/** Aggregates a tenant's days as the aggregator does. */
export async function aggregate(
  tables: Tables,
  tenant_hash: string,
  days: readonly string[],
  time_zone = 'UTC',
): Promise<void> {
  const store = new DailyStore(tables);
  const marks = new DayMarks(tables);
  for (const day of days) {
    const mark = await marks.get(tenant_hash, day);
    const summaries = await store.summaries(tenant_hash, day, time_zone, false);
    await store.put(aggregateDay({ tenant_hash, day, summaries, time_zone }), mark.version);
    await marks.clear(tenant_hash, mark);
  }
}

/** Puts summaries into the archive, as if their rows had expired. */
export async function archive(
  tables: Tables,
  objects: Objects,
  summaries: readonly SessionSummary[],
): Promise<void> {
  const store = new ArchiveStore(tables, objects);
  const keyOf = ({ tenant_hash, started_at }: SessionSummary): string =>
    `${tenant_hash} ${archiveDay(Date.parse(started_at))}`;
  for (const key of new Set(summaries.map(keyOf))) {
    const [tenantHash = '', day = ''] = key.split(' ');
    const ofDay = summaries.filter((summary) => keyOf(summary) === key);
    await store.changeDay(tenantHash, day, () => ofDay);
  }
}

export const isoDay = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
