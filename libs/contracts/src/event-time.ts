/** Reading clocks. */
import { LIMITS } from './events.ts';

/** ISO 8601 date and time; without a zone it is UTC (some backends write it so). */
const ISO =
  /^(\d{4}-\d{2}-(\d{2}))(T\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)(Z|[+-]\d{2}(?::?\d{2})?)?$/i;

/** Sort keys hold 13 digits (until the year 2286). */
const MAX_MS = 9_999_999_999_999;

/**
 * @param value ISO 8601 text or epoch milliseconds
 * @returns whole epoch milliseconds, or undefined if it is no time from 1970 on
 */
export function parseTime(value: unknown): number | undefined {
  if (typeof value === 'number') {
    return value >= 0 && value <= MAX_MS ? Math.trunc(value) : undefined;
  }
  if (typeof value !== 'string') return undefined;
  const parts = ISO.exec(value);
  if (!parts || !isInCalendar(parts[1]!, Number(parts[2]))) return undefined;
  // As JavaScript reads it: with a point, and with minutes in the zone.
  const zone = parts[4] ?? 'Z';
  const time = parts[3]!.replace(',', '.') + (zone.length === '+hh'.length ? `${zone}:00` : zone);
  const ms = Date.parse(parts[1] + time);
  return ms >= 0 && ms <= MAX_MS ? ms : undefined;
}

/** JavaScript takes 30 February for the beginning of March. */
const isInCalendar = (date: string, day: number): boolean =>
  day <= 28 || new Date(`${date}T00:00Z`).getUTCDate() === day;

export interface EventClock {
  timestamp_ms: number;
  clock?: 'replaced';
}

/**
 * The time of an event in its sender's clock. A time more than 24 h ahead is a broken clock: of
 * the moment of sending where we know that (in the sender's clock too, so that the session's skew
 * fits it), else of our own clock.
 *
 * @param rawMs the sender's time
 * @param sentMs the batch's `sent_at`, null without one
 */
export function eventClock(rawMs: number, sentMs: number | null, receivedMs: number): EventClock {
  const now = sentMs ?? receivedMs;
  return rawMs > now + LIMITS.aheadMs
    ? { timestamp_ms: now, clock: 'replaced' }
    : { timestamp_ms: rawMs };
}
