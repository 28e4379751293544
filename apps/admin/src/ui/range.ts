import type { Params } from '@angular/router';
import { isoDay } from './format.ts';

/** The period that a page shows; it lives in the address. Days are the tenant's. */
export type Range =
  | { kind: 'last'; days: number }
  /** Both inclusive, `yyyy-mm-dd`. */
  | { kind: 'custom'; from: string; to: string };

export const PRESET_DAYS = [1, 7, 30, 90] as const;
export const DEFAULT_RANGE: Range = { kind: 'last', days: 7 };

/** `Date` takes 30 February for 2 March. */
const isDay = (text: string | undefined): text is string => {
  const ms = Date.parse(text ?? '');
  return !Number.isNaN(ms) && new Date(ms).toISOString().slice(0, 10) === text;
};

/** Reads `?range=30d` or `?from=…&to=…`; anything else is the default, never an error. */
export function rangeFromParams(params: Params): Range {
  const { from, to, range } = params as Record<string, string | undefined>;
  if (isDay(from) && isDay(to)) return from <= to ? custom(from, to) : custom(to, from);
  const days = Number(/^([1-9]\d{0,2})d$/.exec(range ?? '')?.[1]);
  return days >= 1 && days <= 366 ? { kind: 'last', days } : DEFAULT_RANGE;
}

const custom = (from: string, to: string): Range => ({ kind: 'custom', from, to });

/** For the router: null takes a parameter out of the address. */
export function rangeToParams(range: Range): Params {
  if (range.kind === 'custom') return { range: null, from: range.from, to: range.to };
  const isDefault = DEFAULT_RANGE.kind === 'last' && range.days === DEFAULT_RANGE.days;
  return { range: isDefault ? null : `${range.days}d`, from: null, to: null };
}

/** As the API's `range`, `from` and `to`. */
export const rangeToQuery = (range: Range): { range?: string; from?: string; to?: string } =>
  range.kind === 'custom' ? { from: range.from, to: range.to } : { range: `${range.days}d` };

/** Whether all days have ended: then hardly anything changes any more. */
export const isOver = (range: Range, timeZone: string, now = Date.now()): boolean =>
  range.kind === 'custom' && range.to < isoDay(now, timeZone);
