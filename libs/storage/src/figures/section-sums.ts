import { createHash } from 'node:crypto';
import type { Figures, FiguresSection } from '@picasso/contracts';
import { mergeSection } from '@picasso/domain';
import { LRUCache } from 'lru-cache';
import type { DayFigures } from './figures-reader.ts';

type Section = Figures[FiguresSection];

/** Of so many sections the sum with today's is kept: of those that are asked for at the moment. */
const MOST_LIVE = 64;

/** Sums of sections over days, made where they are asked for and kept as long as they are right. */
export class SectionSums {
  private readonly live: LRUCache<string, { parts: Section[]; sum: Section }>;

  /**
   * @param settled sums of days that do not change, by what they are the sums of
   * @param liveMs how long sums with other days are kept
   */
  constructor(
    private readonly settled: LRUCache<string, Section>,
    liveMs: number,
  ) {
    this.live = new LRUCache({ max: MOST_LIVE, ttl: Math.max(1, liveMs) });
  }

  /** @returns sums that are made when they are first read */
  of<S extends FiguresSection>(
    tenantHash: string,
    days: readonly DayFigures<S>[],
    names: readonly S[],
  ): Pick<Figures, S> {
    const settled = days.filter(({ origin }) => origin === 'aggregate' || origin === 'archive');
    const others = days.filter(({ origin }) => origin === 'live' || origin === 'today');
    const version = `${tenantHash}|${versionOf(settled)}`;
    const sumOf = (name: S): Figures[S] => {
      const key = `${version}|${name}`;
      const kept = this.settledSum(key, name, settled);
      if (others.length === 0) return kept;
      return this.liveSum(key, name, [kept, ...others.map(({ figures }) => figures[name])]);
    };
    const sums = {} as Pick<Figures, S>;
    for (const name of names) {
      let value: Figures[S] | undefined;
      Object.defineProperty(sums, name, { enumerable: true, get: () => (value ??= sumOf(name)) });
    }
    return sums;
  }

  private settledSum<S extends FiguresSection>(
    key: string,
    name: S,
    days: readonly DayFigures<S>[],
  ): Figures[S] {
    const known = this.settled.get(key) as Figures[S] | undefined;
    if (known) return known;
    const parts = days.map(({ figures }) => figures[name]);
    const sum = mergeSection(name, parts);
    this.settled.set(key, sum);
    return sum;
  }

  /** The parts are what their caches hold: as long as they are the same objects, so is the sum. */
  private liveSum<S extends FiguresSection>(key: string, name: S, parts: Figures[S][]): Figures[S] {
    const known = this.live.get(key);
    const isSame =
      known?.parts.length === parts.length && parts.every((part, i) => part === known.parts[i]);
    if (isSame) return known.sum as Figures[S];
    const sum = mergeSection(name, parts);
    this.live.set(key, { parts, sum });
    return sum;
  }
}

/** Of days that do not change by themselves. */
export const versionOf = (days: readonly { day: string; version: string }[]): string =>
  createHash('sha256')
    .update(JSON.stringify(days.map(({ day, version }) => [day, version])))
    .digest('base64url');
