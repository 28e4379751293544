/**
 * Confidence intervals of proportions at 95 %. Wilson's score interval, and Newcombe's for the
 * difference of two (R. G. Newcombe, Statistics in Medicine 17, 1998: method 3 of pages 857–872,
 * method 10 of pages 873–890). Unlike the textbook interval they hold for small counts and near 0 and 1.
 */
const Z = 1.959963984540054;

export type Interval = [low: number, high: number];

/** Something that happened in `part` of `whole` cases, 0 ≤ part ≤ whole, whole > 0. */
export interface Proportion {
  part: number;
  whole: number;
}

export function wilsonInterval({ part, whole }: Proportion): Interval {
  const p = part / whole;
  const spread = Z * Math.sqrt((p * (1 - p)) / whole + (Z * Z) / (4 * whole * whole));
  const centre = p + (Z * Z) / (2 * whole);
  const scale = 1 + (Z * Z) / whole;
  // Rounding alone would let them stray beyond 0 and 1.
  return [Math.max(0, (centre - spread) / scale), Math.min(1, (centre + spread) / scale)];
}

/** Interval of the rate of `a` minus the rate of `b`. */
export function differenceInterval(a: Proportion, b: Proportion): Interval {
  const rateA = a.part / a.whole;
  const rateB = b.part / b.whole;
  const [lowA, highA] = wilsonInterval(a);
  const [lowB, highB] = wilsonInterval(b);
  return [
    rateA - rateB - Math.hypot(rateA - lowA, highB - rateB),
    rateA - rateB + Math.hypot(highA - rateA, rateB - lowB),
  ];
}
