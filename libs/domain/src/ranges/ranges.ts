import { Temporal } from 'temporal-polyfill';

/** Days of a tenant's calendar, `yyyy-mm-dd`, both inclusive. */
export interface DayRange {
  from: string;
  to: string;
}

const addDays = (day: string, days: number): string =>
  Temporal.PlainDate.from(day).add({ days }).toString();

/** Whether it is a day of the calendar, `yyyy-mm-dd`: there is no 30 February. */
export function isDay(text: string): boolean {
  // Longer ones are years beyond 9999.
  if (text.length !== 'yyyy-mm-dd'.length) return false;
  try {
    return Temporal.PlainDate.from(text).toString() === text;
  } catch {
    return false;
  }
}

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

/** The days that both ranges have; null without any. */
export function overlap(a: DayRange, b: DayRange): DayRange | null {
  // ISO dates compare as text.
  const from = a.from > b.from ? a.from : b.from;
  const to = a.to < b.to ? a.to : b.to;
  return from <= to ? { from, to } : null;
}
