/** Numbers, durations and times as people read them, in their locale. Pure. */

const cache = new Map<string, unknown>();

/** Intl formatters are costly to make and free to keep. */
function kept<T>(key: string, make: () => T): T {
  if (!cache.has(key)) cache.set(key, make());
  return cache.get(key) as T;
}

const locale = (): string => globalThis.navigator?.language ?? 'en';

const numbers = (options: Intl.NumberFormatOptions): Intl.NumberFormat =>
  kept(`n${locale()}${JSON.stringify(options)}`, () => new Intl.NumberFormat(locale(), options));

const dates = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
  kept(`d${locale()}${JSON.stringify(options)}`, () => new Intl.DateTimeFormat(locale(), options));

export const count = (value: number): string => numbers({}).format(value);

/** 0.1234 → "12.3%" */
export const percent = (fraction: number, digits = 1): string =>
  numbers({ style: 'percent', maximumFractionDigits: digits }).format(fraction);

const unit = (value: number, name: 'second' | 'minute' | 'hour' | 'day', digits = 0): string =>
  numbers({
    style: 'unit',
    unit: name,
    unitDisplay: 'narrow',
    maximumFractionDigits: digits,
  }).format(value);

/** The two largest units that matter: "0.8s", "42s", "3m 5s", "2h 10m". */
export function duration(ms: number): string {
  const seconds = Math.max(0, ms) / 1_000;
  if (seconds < 9.95) return unit(seconds, 'second', 1);
  const whole = Math.round(seconds);
  if (whole < 60) return unit(whole, 'second');
  if (whole < 3_600) return pair(unit(Math.floor(whole / 60), 'minute'), whole % 60, 'second');
  const minutes = Math.round(seconds / 60);
  return pair(unit(Math.floor(minutes / 60), 'hour'), minutes % 60, 'minute');
}

const pair = (large: string, small: number, name: 'second' | 'minute'): string =>
  small === 0 ? large : `${large} ${unit(small, name)}`;

/** "14:05" or "2:05 PM" */
export const clock = (at: string | number, timeZone: string): string =>
  dates({ timeZone, hour: 'numeric', minute: '2-digit' }).format(new Date(at));

export const clockSeconds = (at: string | number, timeZone: string): string =>
  dates({ timeZone, hour: 'numeric', minute: '2-digit', second: '2-digit' }).format(new Date(at));

export const day = (at: string | number, timeZone: string): string =>
  dates({ timeZone, weekday: 'short', day: 'numeric', month: 'short' }).format(new Date(at));

export const fullTime = (at: string | number, timeZone: string): string =>
  dates({ timeZone, dateStyle: 'full', timeStyle: 'long' }).format(new Date(at));

/** The calendar day somewhere, as `yyyy-mm-dd`. */
export const isoDay = (at: number, timeZone: string): string =>
  kept(
    `iso${timeZone}`,
    () =>
      new Intl.DateTimeFormat('en-CA', {
        timeZone,
        year: 'numeric',
        month: '2-digit',
        day: '2-digit',
      }),
  ).format(new Date(at));

/** "Today", "Yesterday" or the day itself. */
export function dayName(at: string | number, now: number, timeZone: string): string {
  const then = isoDay(new Date(at).getTime(), timeZone);
  if (then === isoDay(now, timeZone)) return 'Today';
  const yesterday = shiftDay(isoDay(now, timeZone), -1);
  return then === yesterday ? 'Yesterday' : day(at, timeZone);
}

/** Calendar arithmetic on `yyyy-mm-dd`; summer time cannot get in its way. */
export const shiftDay = (isoDate: string, days: number): string =>
  new Date(Date.parse(`${isoDate}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

/** "12 s ago", "3 min ago" */
export function age(ms: number): string {
  const relative = kept(
    `r${locale()}`,
    () => new Intl.RelativeTimeFormat(locale(), { numeric: 'auto', style: 'short' }),
  );
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 60) return relative.format(-seconds, 'second');
  if (seconds < 3_600) return relative.format(-Math.round(seconds / 60), 'minute');
  return relative.format(-Math.round(seconds / 3_600), 'hour');
}

/** `first_grade-form` → "First grade form", where no label is known. */
export function readable(id: string): string {
  const words = id.replace(/[_-]+/g, ' ').trim();
  return words === '' ? id : words.charAt(0).toUpperCase() + words.slice(1);
}

/** ISO weekday (Monday is 1) → "Mon" */
export const weekdayName = (weekday: number): string =>
  dates({ weekday: 'short', timeZone: 'UTC' }).format(Date.UTC(2024, 0, weekday));

/** 15 → "15:00" or "3 PM" */
export const hourOfDay = (hour: number): string =>
  dates({ hour: 'numeric', timeZone: 'UTC' }).format(Date.UTC(2024, 0, 1, hour));

/** `2026-11-22` → "22 Nov" */
export const shortDay = (isoDate: string): string =>
  dates({ day: 'numeric', month: 'short', timeZone: 'UTC' }).format(
    Date.parse(`${isoDate}T00:00:00Z`),
  );

export const money = (value: number, currency: string | null): string =>
  currency === null
    ? count(Math.round(value))
    : numbers({ style: 'currency', currency, maximumFractionDigits: 0 }).format(value);

/** 2_400_000 → "2.4 MB" */
export function bytes(size: number): string {
  const [unit, divisor] =
    size < 1_000_000 ? (['kilobyte', 1_000] as const) : (['megabyte', 1_000_000] as const);
  const digits = unit === 'kilobyte' ? 0 : 1;
  return numbers({ style: 'unit', unit, maximumFractionDigits: digits }).format(size / divisor);
}
