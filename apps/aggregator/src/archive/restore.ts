import { LIMITS, OBJECT_KEYS, type SessionSummary, type Tenant } from '@picasso/contracts';
import { localDay, nextCounts } from '@picasso/domain';
import {
  ArchiveReader,
  ArchiveStore,
  MAX_DELTAS,
  type Objects,
  SessionStore,
  type Tables,
  VersionConflictError,
  getObject,
} from '@picasso/storage';
import { reached } from '../fault-points.ts';
import type { TenantJob } from '../jobs/run-job.ts';

export interface RestoreOptions {
  tables: Tables;
  objects: Objects;
  nowMs: number;
  /** UTC days of the sessions' starts, inclusive. */
  range: { from: string; to: string };
}

const DAY_MS = 86_400_000;

/**
 * Brings back what tables have lost and the archive has: where journeys lie (for a year), and the
 * session rows of the last 90 days with their counters and marks; older summaries are read from the
 * archive anyway. Rows that are there stay as they are. `recount` and `daily` afterwards make
 * counters and days right.
 */
export function restoreJob({ tables, objects, nowMs, range }: RestoreOptions): TenantJob {
  const archive = new ArchiveStore(tables, objects);
  const reader = new ArchiveReader(tables, objects);
  const sessions = new SessionStore(tables, 1_000);

  return async ({ tenant, checkpoint, count, alive, save }) => {
    const { tenant_hash } = tenant;
    const run = `${range.from}..${range.to}`;
    const done = checkpoint?.['run'] === run ? String(checkpoint['done']) : '';
    const contents = await archive.contents(tenant_hash);
    const within = (day: string): boolean => day >= range.from && day <= range.to;

    for (const block of contents.blocks.filter((block) => within(block.slice(0, 10)))) {
      alive();
      const index = await getObject(objects, OBJECT_KEYS.eventsIndex(tenant_hash, block));
      if (!index) continue;
      const entries = (JSON.parse(index.body.toString()) as { sessions: { session_id: string }[] })
        .sessions;
      await archive.locate(tenant_hash, block, entries);
      reached('located');
      count('journeys_located', entries.length);
    }

    const oldest = nowMs - LIMITS.summaryDays * DAY_MS;
    for (const day of contents.days.filter(within)) {
      if (day <= done || Date.parse(day) < oldest) continue;
      alive();
      for (const summary of await reader.summariesOfUtcDay(tenant_hash, day)) {
        const restored = await restoreRow(sessions, summary, tenant);
        count(restored ? 'sessions_restored' : 'sessions_present');
      }
      await save({ run, done: day });
    }
    await save({});
  };
}

/** false where the session has a row, also a tombstone. */
async function restoreRow(
  store: SessionStore,
  summary: SessionSummary,
  tenant: Tenant,
): Promise<boolean> {
  const key = { tenant_hash: tenant.tenant_hash, session_id: summary.session_id };
  const before = await store.row(key);
  // Without a summary: a restore that was stopped between two steps.
  if (before?.summary || before?.erased) return false;
  const startedMs = Date.parse(summary.started_at);
  const day = localDay(startedMs, tenant.time_zone);
  const counts = summary.traffic === 'visitor' && summary.kind === 'session';
  const target = { day, clicks: counts ? summary.clicks : {} };
  try {
    for (let counted = before?.counted ?? null, version = before?.version ?? 0; ; version += 1) {
      const step = nextCounts(counted, target, MAX_DELTAS);
      counted = step.counted;
      await store.commit({
        key,
        expected: version,
        row: {
          version: version + 1,
          status: step.complete ? 'final' : 'open',
          kind: summary.kind,
          started_ms: startedMs,
          last_seen_ms: Date.parse(summary.ended_at),
          rows: summary.event_count,
          skew_ms: summary.skew_ms,
          revision: summary.revision,
          counted,
          summary: step.complete ? summary : null,
          final_day: step.complete ? day : null,
        },
        deltas: step.deltas,
        marks: step.complete ? [{ day, sessions: 1 }] : [],
      });
      reached('session-restored');
      if (step.complete) return true;
    }
  } catch (error) {
    if (error instanceof VersionConflictError) return false;
    throw error;
  }
}
