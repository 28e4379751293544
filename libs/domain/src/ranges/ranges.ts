/** Days of a tenant's calendar, `yyyy-mm-dd`, both inclusive. */
export interface DayRange {
  from: string;
  to: string;
}

const DAY_MS = 86_400_000;

/** Days are counted in UTC, where each has 24 hours. @throws RangeError for what is no day */
function startOf(day: string): number {
  const ms = Date.parse(day);
  // `Date` takes 30 February for 2 March, and a time of day with it.
  if (Number.isNaN(ms) || dayAt(ms) !== day) throw new RangeError(`${day} is no day`);
  return ms;
}

const dayAt = (ms: number): string => new Date(ms).toISOString().slice(0, 'yyyy-mm-dd'.length);

/** The day so many days later; earlier for a negative number. */
export const addDays = (day: string, days: number): string => dayAt(startOf(day) + days * DAY_MS);

/** Whether it is a day of the calendar, `yyyy-mm-dd`: there is no 30 February. */
export function isDay(text: string): boolean {
  const ms = Date.parse(text);
  return !Number.isNaN(ms) && dayAt(ms) === text;
}

/** Number of days in the range; 0 where it ends before it begins. */
export function dayCount({ from, to }: DayRange): number {
  return Math.max(0, (startOf(to) - startOf(from)) / DAY_MS + 1);
}

/** The range's days in order. */
export function daysOf({ from, to }: DayRange): string[] {
  const startMs = startOf(from);
  return Array.from({ length: dayCount({ from, to }) }, (_, i) => dayAt(startMs + i * DAY_MS));
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
