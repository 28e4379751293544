import type { Figures, HourCounts } from '@picasso/contracts';
import { hoursOfDay } from '../ranges/local-time.ts';
import { daysOf, type DayRange } from '../ranges/ranges.ts';

export interface TrendPoint extends HourCounts {
  /** The local hour with its offset, or the local day. */
  at: string;
}

const NOTHING: HourCounts = {
  visits: 0,
  sessions: 0,
  opened: 0,
  conversations: 0,
  messages: 0,
  completed: 0,
};

/**
 * Every hour or day of the range in order, also those in which nothing happened; on days when
 * clocks change there are 23 or 25 hours. For a comparison, ask the same for the period before:
 * days then stand at the same index.
 */
export function trendSeries(
  hours: Figures['hours'],
  range: DayRange,
  unit: 'hour' | 'day',
  timeZone: string,
): TrendPoint[] {
  if (unit === 'hour') {
    const keys = daysOf(range).flatMap((day) => hoursOfDay(day, timeZone).map(({ key }) => key));
    return [...new Set(keys)].map((at) => ({ at, ...(hours[at] ?? NOTHING) }));
  }
  const points = new Map(daysOf(range).map((day) => [day, { at: day, ...NOTHING }]));
  for (const [key, counts] of Object.entries(hours)) {
    const point = points.get(key.slice(0, 'yyyy-mm-dd'.length));
    if (!point) continue;
    for (const name of Object.keys(NOTHING) as (keyof HourCounts)[]) point[name] += counts[name];
  }
  return [...points.values()];
}
