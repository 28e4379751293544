import { LIMITS } from '@picasso/contracts';
import { addDays, lastDays } from '@picasso/domain';
import type { DayHead } from '../daily/day-sections.ts';
import type { DayEntry } from './day-index.ts';
import type { FiguresTenant } from './live-day.ts';

/** Where a day's figures come from; `live`: its aggregate is missing or out of date. */
export type DayOrigin = 'aggregate' | 'live' | 'today' | 'archive' | 'nothing';

/** Where a day's figures are to come from. */
export interface DayPlan {
  day: string;
  origin: DayOrigin;
  version: string;
  /** Of an aggregate. */
  head?: DayHead;
  /** Of an archived day: summaries were written for it, or next to it in another time zone. */
  marked?: boolean;
}

/** @param index has the day's neighbours, too */
export function planOf(
  { time_zone }: FiguresTenant,
  day: string,
  today: string,
  index: ReadonlyMap<string, DayEntry>,
): DayPlan {
  if (day > today) return { day, origin: 'nothing', version: '' };
  if (day === today) return { day, origin: 'today', version: `today:${time_zone}` };
  const { head, version: latest = 0 } = index.get(day) ?? {};
  if (head?.time_zone === time_zone && head.mark_version >= latest)
    return { day, origin: 'aggregate', version: head.sha256, head };
  const around = [addDays(day, -1), day, addDays(day, 1)];
  const versions = around.map((near) => index.get(near)?.version ?? 0);
  const marked = versions.some((version) => version > 0);
  if (day < lastDays(LIMITS.summaryDays, today).from)
    return { day, origin: 'archive', version: `archive:${time_zone}`, marked };
  return marked
    ? { day, origin: 'live', version: `live:${time_zone}:${versions.join('.')}` }
    : { day, origin: 'nothing', version: '' };
}
