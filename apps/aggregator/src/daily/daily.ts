import { setTimeout as sleep } from 'node:timers/promises';
import { LIMITS } from '@picasso/contracts';
import { addDays, aggregateDay, daysOf, lastDays, localDay } from '@picasso/domain';
import {
  DailyStore,
  type DayMarkRow,
  DayMarks,
  DaySoFarStore,
  isDirty,
  type Tables,
} from '@picasso/storage';
import { reached } from '../fault-points.ts';
import type { TenantJob } from '../jobs/run-job.ts';

export interface DailyOptions {
  tables: Tables;
  nowMs: number;
  /** Days to do whether dirty or not, `yyyy-mm-dd` in the tenant's time zone, inclusive. */
  range?: { from: string; to: string } | undefined;
}

/** Milliseconds that an index entry may need to appear; three tries in all. */
const INDEX_LAG_MS = 300;
const TRIES = 3;

/**
 * Aggregates yesterday and every dirty day that has ended, oldest first (pipeline rule 8).
 *
 * Marks are the checkpoint: a day is done when its mark's version is, so a run that was killed
 * leaves exactly the undone days to the next one. Days of an explicit range have a checkpoint. Of
 * today it keeps what has ended, for whoever reads it.
 */
export function dailyJob({ tables, nowMs, range }: DailyOptions): TenantJob {
  const marks = new DayMarks(tables);
  const store = new DailyStore(tables, reached);
  const soFar = new DaySoFarStore(tables);

  return async ({ tenant, checkpoint, logger, count, alive, save }) => {
    const { tenant_hash, time_zone } = tenant;
    const today = localDay(nowMs, time_zone);
    const closed = lastDays(LIMITS.summaryDays - 1, addDays(today, -1));
    const isClosed = (day: string): boolean => day >= closed.from && day <= closed.to;

    /** false while the index, or a write that is under way, hides a session. */
    const aggregate = async (day: string): Promise<boolean> => {
      for (let attempt = 1; attempt <= TRIES; attempt += 1) {
        // The mark first: summaries read after it can only be newer than what it says.
        const mark = await marks.get(tenant_hash, day);
        const summaries = await store.summaries(tenant_hash, day, time_zone, attempt > 1);
        if (summaries.length === mark.sessions) {
          const { office_hours } = tenant;
          const figures = aggregateDay({ tenant_hash, day, time_zone, summaries, office_hours });
          reached('aggregated');
          alive();
          count(`days_${await store.put(figures, mark.version)}`);
          await marks.clear(tenant_hash, mark);
          reached('cleared');
          count('sessions', summaries.length);
          return true;
        }
        await sleep(INDEX_LAG_MS * attempt);
      }
      return false;
    };

    const untallied: string[] = [];
    const work = async (days: readonly string[], after?: (day: string) => Promise<void>) => {
      for (const day of days) {
        alive();
        if (!(await aggregate(day))) untallied.push(day);
        await after?.(day);
      }
    };

    /** Saves others time, and nothing else: no reason for a run to fail. */
    const keepSoFar = async (mark: DayMarkRow | undefined): Promise<void> => {
      try {
        if (!mark || !(await soFar.refresh(tenant, mark))) return;
        count('days_so_far');
        reached('so-far-kept');
      } catch (err) {
        logger.warn({ err }, 'what has ended of today was not kept');
      }
    };

    if (range) {
      const run = `${range.from}..${range.to}`;
      const done = checkpoint?.['run'] === run ? String(checkpoint['done']) : '';
      const days = daysOf(range).filter((day) => isClosed(day) && day > done);
      await work(days, (day) => save({ run, done: day }));
      await save({});
    } else {
      const known = await marks.all(tenant_hash);
      const dirty = known.filter(isDirty).map(({ day }) => day);
      // Without a mark nothing happened yesterday, and that is to be said by an aggregate, too.
      const quiet = known.some(({ day }) => day === closed.to) ? [] : [closed.to];
      await work([...dirty.filter(isClosed), ...quiet].sort());
      await keepSoFar(known.find(({ day }) => day === today));
      const stale = dirty.filter((day) => day < closed.from);
      if (stale.length > 0) logger.warn({ days: stale }, 'days changed whose summaries are gone');
    }
    if (untallied.length > 0) {
      throw new Error(
        `${untallied.join(', ')}: not as many summaries as tallied; \`recount\` corrects the tally`,
      );
    }
  };
}
