import { LIMITS } from '@picasso/contracts';
import { Temporal } from 'temporal-polyfill';

/** Days of a tenant's calendar, `yyyy-mm-dd`, both inclusive. */
export interface DayRange {
  from: string;
  to: string;
}

/** Where the days of a range are read from; null where none of them lies there. */
export interface RangeParts {
  /** Summaries are gone from the tables: the archive has them. */
  archived: DayRange | null;
  /** Daily aggregates have them. */
  closed: DayRange | null;
  /** Today so far, computed live. */
  today: string | null;
  /** Still to come: nothing can have happened. */
  future: DayRange | null;
}

const addDays = (day: string, days: number): string =>
  Temporal.PlainDate.from(day).add({ days }).toString();

/** Number of days in the range; 0 where it ends before it begins. */
export function dayCount({ from, to }: DayRange): number {
  const days = Temporal.PlainDate.from(from).until(to, { largestUnit: 'days' }).days;
  return Math.max(0, days + 1);
}

/** The range's days in order. */
export function daysOf({ from, to }: DayRange): string[] {
  const days: string[] = [];
  const last = Temporal.PlainDate.from(to);
  for (
    let day = Temporal.PlainDate.from(from);
    Temporal.PlainDate.compare(day, last) <= 0;
    day = day.add({ days: 1 })
  )
    days.push(day.toString());
  return days;
}

/** The `count` days that end with `last`. */
export function lastDays(count: number, last: string): DayRange {
  return { from: addDays(last, 1 - count), to: last };
}

/** As many days, right before the range: what its figures are compared with. */
export function periodBefore(range: DayRange): DayRange {
  return lastDays(dayCount(range), addDays(range.from, -1));
}

/**
 * Cuts a range where its data changes place: today is live, the 89 days before it lie in daily
 * aggregates beside their summaries, older ones in the archive.
 */
export function splitRange(range: DayRange, today: string): RangeParts {
  const earliest = addDays(today, 1 - LIMITS.summaryDays);
  return {
    archived: overlap(range, { from: range.from, to: addDays(earliest, -1) }),
    closed: overlap(range, { from: earliest, to: addDays(today, -1) }),
    today: overlap(range, { from: today, to: today }) && today,
    future: overlap(range, { from: addDays(today, 1), to: range.to }),
  };
}

/** The days that both ranges have; null without any. */
export function overlap(a: DayRange, b: DayRange): DayRange | null {
  // ISO dates compare as text.
  const from = a.from > b.from ? a.from : b.from;
  const to = a.to < b.to ? a.to : b.to;
  return from <= to ? { from, to } : null;
}
