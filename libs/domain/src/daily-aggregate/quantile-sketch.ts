import type { QuantileSketch } from '@picasso/contracts';

/**
 * DDSketch with logarithmic mapping (Masson, Rim and Lee, "DDSketch: A Fast and Fully-Mergeable
 * Quantile Sketch with Relative-Error Guarantees", VLDB 2019). Bins are kept as plain counts, so
 * that sketches merge by adding and equal contents have equal bytes.
 */
const RELATIVE_ERROR = 0.01;
const GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
const LOG_GAMMA = Math.log(GAMMA);

/** How far a quantile may be off, as a fraction of the true one. */
export const QUANTILE_RELATIVE_ERROR = RELATIVE_ERROR;

/** The sketch of one value; negative ones count as 0. */
export function sketchOf(value: number): QuantileSketch {
  if (!(value > 0)) return { zero: 1, bins: {} };
  return { zero: 0, bins: { [Math.ceil(Math.log(value) / LOG_GAMMA)]: 1 } };
}

/** How many values the sketch has seen. */
export function sketchCount({ zero, bins }: QuantileSketch): number {
  return Object.values(bins).reduce((sum, count) => sum + count, zero);
}

/**
 * The value at the quantile, within 1 % of the true one (the value at that rank, rounded down);
 * null where there are no values.
 *
 * @param quantile 0 to 1
 */
export function quantileOf(sketch: QuantileSketch, quantile: number): number | null {
  const count = sketchCount(sketch);
  if (count === 0) return null;
  const rank = quantile * (count - 1);
  let below = sketch.zero;
  if (rank < below) return 0;
  const bins = Object.entries(sketch.bins).map(([bin, values]) => [Number(bin), values] as const);
  let last = 0;
  for (const [bin, values] of bins.sort(([a], [b]) => a - b)) {
    below += values;
    last = bin;
    if (rank < below) break;
  }
  return (2 * GAMMA ** last) / (1 + GAMMA);
}
