/** How fast something rises, from readings a few seconds apart. Pure. */

export interface Sample {
  atMs: number;
  /** Rising counts, by name. */
  counts: Readonly<Record<string, number>>;
}

const KEPT = 25;

/** A reading that is there already changes nothing. */
export const withSample = (samples: readonly Sample[], sample: Sample): readonly Sample[] =>
  samples.at(-1)?.atMs === sample.atMs ? samples : [...samples, sample].slice(-KEPT);

/** Per second over the last minute; null before there are two readings. */
export function perSecond(samples: readonly Sample[], name: string): number | null {
  const last = samples.at(-1);
  const first = samples.find(({ atMs }) => last && last.atMs - atMs <= 60_000);
  if (!first || !last || first === last) return null;
  return rate(first, last, name);
}

/** Per second between each two readings, oldest first. */
export const course = (samples: readonly Sample[], name: string): number[] =>
  samples.slice(1).map((sample, i) => rate(samples[i]!, sample, name));

const rate = (from: Sample, to: Sample, name: string): number =>
  Math.max(0, (to.counts[name] ?? 0) - (from.counts[name] ?? 0)) / ((to.atMs - from.atMs) / 1_000);
