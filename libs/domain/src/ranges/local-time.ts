import { Temporal } from 'temporal-polyfill';

/** One hour of a tenant's day as its clocks show it. */
export interface LocalHour {
  /** With its offset, `2026-10-25T02+02:00`: an hour that clocks show twice has two keys. */
  key: string;
  /** Epoch milliseconds, [start, end). */
  start_ms: number;
  end_ms: number;
  /** ISO weekday, Monday is 1. */
  weekday: number;
  /** 0 to 23. */
  hour: number;
  /** Of the clock at `start_ms`; not 0 only where a change of clocks cuts an hour in two. */
  minute: number;
}

const HOUR_MS = 3_600_000;

/** The zone itself, or UTC where nobody knows it: a mistyped setting never stops the pipeline. */
export function knownZone(timeZone: string): string {
  if (ZONES.has(timeZone)) return timeZone;
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    ZONES.add(timeZone);
    return timeZone;
  } catch {
    return 'UTC';
  }
}

/** Names that have turned out to be zones: finding out costs more than most of what it is for. */
const ZONES = new Set<string>();

/**
 * The moments that a local day covers, as epoch milliseconds [start, end): 23, 24 or 25 hours,
 * beginning at 01:00 where clocks skip midnight.
 *
 * @param day `yyyy-mm-dd`
 * @throws RangeError where `day` is no day of the calendar
 */
export function dayBounds(
  day: string,
  timeZone: string,
): readonly [startMs: number, endMs: number] {
  const zone = { timeZone: knownZone(timeZone) };
  const key = `${day} ${zone.timeZone}`;
  const known = BOUNDS.get(key);
  if (known) return known;
  const date = Temporal.PlainDate.from(day);
  const bounds = [
    date.toZonedDateTime(zone).epochMilliseconds,
    date.add({ days: 1 }).toZonedDateTime(zone).epochMilliseconds,
  ] as const;
  if (BOUNDS.size >= MOST_BOUNDS) BOUNDS.clear();
  BOUNDS.set(key, bounds);
  return bounds;
}

/** A range's days are asked for again and again, and many tenants share a zone. */
const BOUNDS = new Map<string, readonly [number, number]>();
const MOST_BOUNDS = 5_000;

/** The hours of a local day in the order in which they pass: 23 to 25 of them as a rule. */
export function hoursOfDay(day: string, timeZone: string): LocalHour[] {
  const [startMs, endMs] = dayBounds(day, timeZone);
  const zone = knownZone(timeZone);
  const hours: LocalHour[] = [];
  for (let ms = startMs; ms < endMs;) {
    const at = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone);
    const change = at.getTimeZoneTransition('next')?.epochMilliseconds ?? Infinity;
    const intoHour = at.minute * 60_000 + at.second * 1000 + at.millisecond;
    const end = Math.min(ms + HOUR_MS - intoHour, change, endMs);
    hours.push({
      key: `${at.toPlainDate().toString()}T${String(at.hour).padStart(2, '0')}${at.offset}`,
      start_ms: ms,
      end_ms: end,
      weekday: at.dayOfWeek,
      hour: at.hour,
      minute: at.minute,
    });
    ms = end;
  }
  return hours;
}
