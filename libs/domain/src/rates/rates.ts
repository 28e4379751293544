/** A figure beside that of the period before. */
export interface Comparison {
  value: number | null;
  before: number | null;
  /** Relative change, 0.1 is a tenth more; null where one side is unknown or the former is 0. */
  change: number | null;
}

export type Trend = 'up' | 'down' | 'neutral';

/** Changes below one hundredth are no trend. */
const NEUTRAL_BELOW = 0.01;

/** A fraction; null where there is nothing to divide by. */
export function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

/** `before` is null where there is no period before to compare with. */
export function compare(value: number | null, before: number | null): Comparison {
  const known = value !== null && before !== null && before !== 0;
  return { value, before, change: known ? (value - before) / before : null };
}

/** null where the change is unknown. */
export function trendOf(change: number | null): Trend | null {
  if (change === null) return null;
  if (Math.abs(change) < NEUTRAL_BELOW) return 'neutral';
  return change > 0 ? 'up' : 'down';
}
