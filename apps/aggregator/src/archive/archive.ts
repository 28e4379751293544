import { LIMITS, type SessionSummary } from '@picasso/contracts';
import { ownHosts, summarise } from '@picasso/domain';
import {
  ARCHIVE_DAYS,
  type ArchivedJourney,
  ArchiveStore,
  type Objects,
  type ScannedSession,
  type Tables,
  archiveDay,
  blockEndMs,
  blockOf,
  blockStartMs,
  keepEvents,
  readEvents,
  sessionsStarted,
} from '@picasso/storage';
import { reached } from '../fault-points.ts';
import type { TenantJob, Turn } from '../jobs/run-job.ts';

export interface ArchiveOptions {
  tables: Tables;
  objects: Objects;
  nowMs: number;
  /** UTC days to archive again, whatever the checkpoint says; inclusive. */
  range?: { from: string; to: string } | undefined;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** From then on no event can be merged into a session; an hour for what is on its way. */
const SETTLED_MS = LIMITS.tooLateMs + HOUR_MS;
/** Sessions of a block whose events are read, or kept, at once. */
const PARALLEL = 8;
/** Event rows that cannot be archived and have less than this left get another while to live. */
const EXPIRING_MS = 36 * HOUR_MS;

/** From when on a session of the block cannot change any more. */
export const blockSettlesMs = (block: string): number => blockEndMs(block) + SETTLED_MS;
/** Also a session that began at the day's last moment and lasted a day is over and swept then. */
export const daySettlesMs = (day: string): number =>
  Date.parse(day) + DAY_MS + SETTLED_MS + LIMITS.sessionMs;

/**
 * Moves what will expire to S3 (pipeline rule 9): events of settled blocks of six hours, at least
 * 40 hours before their rows expire; summaries of settled days, 80 days before; and deletes what
 * is older than a year.
 *
 * What cannot be archived does not expire: while the store is out of reach, each run puts off the
 * expiry of the rows that have less than 36 hours left, and the next ones begin at the first block
 * that is missing, however long ago that was.
 */
export function archiveJob({ tables, objects, nowMs, range }: ArchiveOptions): TenantJob {
  const store = new ArchiveStore(tables, objects, reached);

  return async (turn) => {
    const { tenant, checkpoint, count, alive, save } = turn;
    const { tenant_hash } = tenant;
    const state = {
      block: (checkpoint?.['block'] as string | undefined) ?? '',
      day: (checkpoint?.['day'] as string | undefined) ?? '',
      expired: (checkpoint?.['expired'] as string | undefined) ?? '',
    };
    /** Empty blocks and days are passed over in memory: looking at them again costs little. */
    const advance = async (change: Partial<typeof state>, worked: boolean): Promise<void> => {
      if (range) return;
      Object.assign(state, change);
      if (worked) await save(state);
    };

    let failure: { error: unknown } | undefined;
    for (const block of blocksDue(state.block, nowMs, range)) {
      alive();
      const sessions = await sessionsStarted(
        tables,
        tenant_hash,
        blockStartMs(block),
        blockEndMs(block),
      );
      try {
        // A store that is away has cost its timeouts once.
        if (!failure && sessions.length > 0) {
          const journeys = await readJourneys(tables, store, sessions, turn);
          const { changed } = await store.changeBlock(tenant_hash, block, (present) =>
            mergeJourneys(present, journeys),
          );
          if (changed) count('blocks_archived');
          count('journeys', journeys.length);
        }
      } catch (error) {
        failure = { error };
        // Where the next run begins, also if there never was one before.
        await advance({ block: state.block || blockBefore(block) }, true);
      }
      if (failure) await keepAll(tables, sessions, nowMs, turn);
      else await advance({ block }, sessions.length > 0);
    }
    if (failure) throw failure.error;

    for (const day of daysDue(state.day, nowMs, range)) {
      alive();
      const startMs = Date.parse(day);
      const sessions = await sessionsStarted(tables, tenant_hash, startMs, startMs + DAY_MS);
      const open = sessions.filter(({ row }) => row.status !== 'final').length;
      if (open > 0) throw new Error(`${open} sessions of ${day} are open after a week`);
      const summaries = sessions.flatMap(({ row }) => row.summary ?? []);
      const { changed } = await store.changeDay(tenant_hash, day, (present) =>
        mergeSummaries(present, summaries),
      );
      if (changed) count('days_archived');
      count('summaries', summaries.length);
      await advance({ day }, sessions.length > 0);
    }

    const today = archiveDay(nowMs);
    if (state.expired !== today) {
      const oldest = archiveDay(nowMs - ARCHIVE_DAYS * DAY_MS);
      count('objects_deleted', await store.deleteBefore(tenant_hash, oldest));
      await advance({ expired: today }, false);
    }
    await advance({}, true);
  };
}

const blockBefore = (block: string): string => blockOf(blockStartMs(block) - 1);

/** Rows whose archiving failed are not to expire before it goes well. */
async function keepAll(
  tables: Tables,
  sessions: readonly ScannedSession[],
  nowMs: number,
  { alive, count }: Turn,
): Promise<void> {
  const until = { belowMs: nowMs + EXPIRING_MS, untilMs: nowMs + LIMITS.sessionRowsMs };
  const waiting = [...sessions];
  const worker = async (): Promise<void> => {
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      alive();
      const kept = await keepEvents(tables, next.key, until);
      if (kept > 0) count('events_kept', kept);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
}

function* blocksDue(
  done: string,
  nowMs: number,
  range: ArchiveOptions['range'],
): Generator<string> {
  // Older rows have expired, unless a run that failed has kept them and left its checkpoint.
  const oldest = nowMs - LIMITS.sessionRowsMs - DAY_MS;
  const checked = done === '' ? oldest : Math.min(oldest, blockEndMs(done));
  const first = range ? Date.parse(range.from) : checked;
  const last = range ? Date.parse(range.to) + DAY_MS - 1 : nowMs;
  for (
    let block = blockOf(first);
    blockStartMs(block) <= last;
    block = blockOf(blockEndMs(block))
  ) {
    if (blockSettlesMs(block) > nowMs) return;
    if (range || block > done) yield block;
  }
}

function* daysDue(done: string, nowMs: number, range: ArchiveOptions['range']): Generator<string> {
  const first = range ? Date.parse(range.from) : nowMs - LIMITS.summaryDays * DAY_MS;
  const last = range ? Date.parse(range.to) : nowMs;
  for (let ms = first; ms <= last; ms += DAY_MS) {
    const day = archiveDay(ms);
    if (daySettlesMs(day) > nowMs) return;
    if (range || day > done) yield day;
  }
}

/**
 * The block's sessions with their events. Imported history lies in the archive already; what is
 * neither there nor in the tables is lost, and said.
 */
async function readJourneys(
  tables: Tables,
  store: ArchiveStore,
  sessions: readonly ScannedSession[],
  { tenant, count, logger }: Turn,
): Promise<ArchivedJourney[]> {
  const journeys: ArchivedJourney[] = [];
  const waiting = [...sessions];
  const worker = async (): Promise<void> => {
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const { key, row } = next;
      const events = await readEvents(tables, key);
      if (events.length === 0 && (await store.isLocated(key.tenant_hash, key.session_id))) continue;
      if (events.length < row.rows) {
        count('events_missing', row.rows - events.length);
        logger.error(
          { missing: row.rows - events.length },
          'events expired before their archiving',
        );
      }
      if (events.length === 0) continue;
      const closed = row.status === 'final' ? row.summary : null;
      const summary =
        closed ??
        summarise({
          ...key,
          events,
          skew_ms: row.skew_ms ?? 0,
          own_hosts: ownHosts(tenant),
          timed_out: true,
          revision: row.revision,
        });
      journeys.push({ summary, events });
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  return journeys;
}

/** What is archived stays, unless the rows know at least as much of it. */
export function mergeJourneys(
  present: readonly ArchivedJourney[],
  fresh: readonly ArchivedJourney[],
): ArchivedJourney[] {
  const merged = new Map(present.map((journey) => [journey.summary.session_id, journey]));
  for (const journey of fresh) {
    const known = merged.get(journey.summary.session_id);
    if (!known || journey.events.length >= known.events.length) {
      merged.set(journey.summary.session_id, journey);
    }
  }
  return [...merged.values()];
}

export function mergeSummaries(
  present: readonly SessionSummary[],
  fresh: readonly SessionSummary[],
): SessionSummary[] {
  const merged = new Map(present.map((summary) => [summary.session_id, summary]));
  for (const summary of fresh) merged.set(summary.session_id, summary);
  return [...merged.values()];
}
