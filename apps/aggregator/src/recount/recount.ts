import type { SessionSummary } from '@picasso/contracts';
import { addDays, daysOf, lastDays, localDay, nextCounts, overlap } from '@picasso/domain';
import {
  type CounterRow,
  DayMarks,
  type DayMarkRow,
  ItemCounters,
  MAX_DELTAS,
  type ScannedSession,
  SessionStore,
  type Tables,
  VersionConflictError,
  allSessions,
} from '@picasso/storage';
import { reached } from '../fault-points.ts';
import type { TenantJob } from '../jobs/run-job.ts';

export interface RecountOptions {
  tables: Tables;
  nowMs: number;
  /** Closed days of the tenant's calendar, inclusive; all that buckets are kept of without it. */
  range?: { from: string; to: string } | undefined;
}

/** Daily buckets are kept this long: the 30-day window and its trend need no more. */
const BUCKET_DAYS = 35;
/** Clicks that come in while we count make a counter wait for the next round. */
const ROUNDS = 5;

/** What a tenant's session rows say, read after its counters and marks. */
interface Said {
  /** `{day} {item}` → clicks. */
  clicks: Map<string, number>;
  /** Day → sessions and visits with a final summary for it. */
  sessions: Map<string, number>;
}

/**
 * Makes counters, tallies and days say what the session rows say (pipeline rule 4):
 *
 * - a session whose day is another one since the tenant's time zone was changed moves to it;
 * - the click counters of closed days are set, daily buckets older than 35 days go;
 * - a tally that does not equal its day's summaries is corrected, which makes the day dirty.
 *
 * Exact beside a running sessionizer: counters and marks are read first, rows after them from the
 * base table, and each correction is conditional on its row not having moved since. A counter that
 * did move is looked at again in the next round.
 */
export function recountJob({ tables, nowMs, range }: RecountOptions): TenantJob {
  const counters = new ItemCounters(tables);
  const marks = new DayMarks(tables);
  const sessions = new SessionStore(tables, 1_000);

  return async ({ tenant, logger, count, alive }) => {
    const { tenant_hash, time_zone } = tenant;
    const today = localDay(nowMs, time_zone);
    const kept = lastDays(BUCKET_DAYS, addDays(today, -1));
    const closed = range ? overlap(range, kept) : kept;
    const days = closed ? daysOf(closed) : [];

    for (let round = 1; ; round += 1) {
      const rows = await counters.all(tenant_hash);
      const before = await marks.all(tenant_hash);
      const said: Said = { clicks: new Map(), sessions: new Map() };
      for await (const page of allSessions(tables, tenant_hash)) {
        alive();
        for (const session of page) {
          const moved = await moveToItsDay(sessions, session, time_zone);
          if (moved) count('sessions_moved');
          add(said, session);
        }
      }
      reached('counted');
      let open = 0;
      for (const [row, change] of counterChanges(rows, said, days, kept.from)) {
        alive();
        const set = await counters.correct(tenant_hash, row, change);
        if (set) count(change.set.size > 0 ? 'counters_set' : 'counters_trimmed');
        else open += 1;
        reached('counter-set');
      }
      for (const mark of wrongTallies(before, said)) {
        const right = said.sessions.get(mark.day) ?? 0;
        if (await marks.correctTally(tenant_hash, mark, right)) count('tallies_set');
        else open += 1;
        reached('tally-set');
      }
      if (open === 0) return;
      if (round === ROUNDS) throw new Error(`${open} counters move faster than they are counted`);
      logger.info({ open, round }, 'counters moved meanwhile: counting again');
    }
  };
}

const isCounted = ({ traffic, kind }: SessionSummary): boolean =>
  traffic === 'visitor' && kind === 'session';

/** Brings a final session to the day of its start and its counted clicks with it. */
async function moveToItsDay(
  store: SessionStore,
  session: ScannedSession,
  timeZone: string,
): Promise<boolean> {
  const { key } = session;
  const { summary, status, started_ms, final_day } = session.row;
  // An open session finds its day by itself, with its next event or its end.
  if (status !== 'final' || !summary || !final_day) return false;
  const day = localDay(started_ms, timeZone);
  if (day === final_day) return false;
  const target = { day, clicks: isCounted(summary) ? summary.clicks : {} };
  try {
    for (;;) {
      const { row } = session;
      const step = nextCounts(row.counted, target, MAX_DELTAS);
      const next = {
        ...row,
        version: row.version + 1,
        counted: step.counted,
        final_day: step.complete ? day : final_day,
      };
      await store.commit({
        key,
        expected: row.version,
        row: next,
        deltas: step.deltas,
        marks: step.complete
          ? [
              { day: final_day, sessions: -1 },
              { day, sessions: 1 },
            ]
          : [],
      });
      session.row = next;
      reached('session-moved');
      if (step.complete) return true;
    }
  } catch (error) {
    // The sessionizer was faster and knows the new time zone, too.
    if (error instanceof VersionConflictError) return false;
    throw error;
  }
}

function add(said: Said, { row: { counted, final_day } }: ScannedSession): void {
  if (final_day) said.sessions.set(final_day, (said.sessions.get(final_day) ?? 0) + 1);
  for (const [item, clicks] of Object.entries(counted?.clicks ?? {})) {
    const key = `${counted?.day} ${item}`;
    said.clicks.set(key, (said.clicks.get(key) ?? 0) + clicks);
  }
}

function* counterChanges(
  rows: readonly CounterRow[],
  said: Said,
  days: readonly string[],
  keptFrom: string,
) {
  const known = new Set(rows.map(({ item }) => item));
  const wanted = new Set(days);
  const lost = new Set<string>();
  for (const key of said.clicks.keys()) {
    const split = key.indexOf(' ');
    const item = key.slice(split + 1);
    if (!known.has(item) && wanted.has(key.slice(0, split))) lost.add(item);
  }
  const absent = [...lost].map((item): CounterRow => ({
    item,
    click_count: 0,
    days: {},
    writes: 0,
  }));
  for (const row of [...rows, ...absent]) {
    const set = new Map<string, number>();
    let total = 0;
    for (const day of days) {
      const right = said.clicks.get(`${day} ${row.item}`) ?? 0;
      const has = row.days[day] ?? 0;
      if (right === has) continue;
      set.set(day, right);
      total += right - has;
    }
    const drop = Object.keys(row.days).filter((day) => day < keptFrom);
    if (set.size > 0 || drop.length > 0) yield [row, { set, drop, total }] as const;
  }
}

function* wrongTallies(marks: readonly DayMarkRow[], said: Said): Generator<DayMarkRow> {
  const marked = new Set(marks.map(({ day }) => day));
  for (const mark of marks) {
    if (mark.sessions !== (said.sessions.get(mark.day) ?? 0)) yield mark;
  }
  for (const day of said.sessions.keys()) {
    if (!marked.has(day)) yield { day, version: 0, done_version: 0, sessions: 0 };
  }
}
