import { LIMITS } from '@picasso/contracts';
import { dayBounds, knownZone, type DayRange } from '@picasso/domain';
import { Temporal } from 'temporal-polyfill';
import { Problem } from '../http/problem.ts';

export interface RangeQuery {
  /** `yyyy-mm-dd`, inclusive. */
  from?: string;
  /** `yyyy-mm-dd`, inclusive. */
  to?: string;
  /** `{n}d`: the last n days, today included. */
  range?: string;
}

/** Epoch milliseconds [from, to). */
export type Window = readonly [fromMs: number, toMs: number];

const DEFAULT_DAYS = 7;

/**
 * The days that a question is about, in the tenant's calendar. `from` alone ends today, `to` alone
 * takes the seven days up to it, neither means `range=7d`.
 *
 * @param timeZone IANA name
 * @param keptDays how many days can be read, today included
 * @throws Problem `invalid_request`, or `range_not_kept` when the first day may have been deleted
 *   already: part of an answer must not pass for the whole
 */
export function resolveDayRange(
  query: RangeQuery,
  timeZone: string,
  nowMs: number,
  keptDays: number,
): DayRange {
  const now = Temporal.Instant.fromEpochMilliseconds(nowMs);
  const today = now.toZonedDateTimeISO(knownZone(timeZone)).toPlainDate();
  const [from, to] = resolveDays(query, today);
  if (Temporal.PlainDate.compare(from, to) > 0) throw invalid('from', 'must not be after to');
  const earliest = today.subtract({ days: keptDays - 1 });
  if (Temporal.PlainDate.compare(from, earliest) < 0)
    throw new Problem('range_not_kept', {
      detail: `sessions are kept for ${keptDays} days: the first is ${earliest.toString()}`,
    });
  // Nothing is there to read in the far future, but every day of it would be looked at.
  if (Temporal.PlainDate.compare(to, today.add({ days: keptDays })) > 0)
    throw invalid('to', 'is too far ahead');
  return { from: from.toString(), to: to.toString() };
}

/** The moments of a range, as epoch milliseconds [from, to). */
export const windowOf = ({ from, to }: DayRange, timeZone: string): Window => [
  dayBounds(from, timeZone)[0],
  dayBounds(to, timeZone)[1],
];

/** The moments that a range of a tenant's own days covers; see `resolveDayRange`. */
export const resolveRange = (
  query: RangeQuery,
  timeZone: string,
  nowMs: number,
  keptDays: number = LIMITS.summaryDays,
): Window => windowOf(resolveDayRange(query, timeZone, nowMs, keptDays), timeZone);

function resolveDays(
  { from, to, range }: RangeQuery,
  today: Temporal.PlainDate,
): [Temporal.PlainDate, Temporal.PlainDate] {
  const lastDays = (
    n: number,
    last: Temporal.PlainDate,
  ): [Temporal.PlainDate, Temporal.PlainDate] => [last.subtract({ days: n - 1 }), last];
  if (range !== undefined) {
    if (from !== undefined || to !== undefined)
      throw invalid('range', 'cannot be combined with from and to');
    const days = /^([1-9]\d{0,3})d$/.exec(range)?.[1];
    if (!days) throw invalid('range', 'must be a number of days such as 7d');
    return lastDays(Number(days), today);
  }
  const first = from === undefined ? undefined : parseDay('from', from);
  const last = to === undefined ? today : parseDay('to', to);
  return first ? [first, last] : lastDays(DEFAULT_DAYS, last);
}

function parseDay(parameter: string, value: string): Temporal.PlainDate {
  try {
    if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return Temporal.PlainDate.from(value);
  } catch {
    // No such day in the calendar; said below.
  }
  throw invalid(parameter, 'must be a date such as 2026-11-22');
}

const invalid = (parameter: string, message: string): Problem =>
  new Problem('invalid_request', {
    detail: `${parameter} ${message}`,
    errors: [{ parameter, message }],
  });
