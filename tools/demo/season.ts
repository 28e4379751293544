/** What makes one week of the demo's past differ from another: growth, campaigns, an outage. */
import type { Random } from '../harness/random.ts';
import type { Campaign, Site } from './site.ts';

const DAY_MS = 24 * 3_600_000;
/** So busy was a site at the beginning, beside today, and so long ago that was. */
const GROWTH = { from: 0.55, days: 120 };
/** Nobody reached the widget: days ago, and for how many. */
const OUTAGE = { daysAgo: 37.4, days: 0.5 };

const isWithin = ({ daysAgo, days }: { daysAgo: number; days: number }, ago: number): boolean =>
  ago <= daysAgo && ago > daysAgo - days;

export class Season {
  /** The highest level that any site has. */
  readonly highest = 2;

  /** @param endMs the end of the past, epoch milliseconds */
  constructor(private readonly endMs: number) {}

  /** How busy a site is beside an ordinary moment at the end; 0 while nobody can reach it. */
  level(site: Site, atMs: number): number {
    const ago = this.daysAgo(atMs);
    if (isWithin(OUTAGE, ago)) return 0;
    const grown = 1 - (1 - GROWTH.from) * Math.min(1, ago / GROWTH.days);
    return Math.min(this.highest, grown * (this.running(site, atMs)?.lift ?? 1));
  }

  /** Attribution of those who come because of a campaign that is running. */
  campaignOf(site: Site, random: Random, atMs: number): Campaign['attribution'] | undefined {
    const campaign = this.running(site, atMs);
    return campaign && random.chance(1 - 1 / campaign.lift) ? campaign.attribution : undefined;
  }

  private running({ campaigns }: Site, atMs: number): Campaign | undefined {
    return campaigns.find((campaign) => isWithin(campaign, this.daysAgo(atMs)));
  }

  private daysAgo(atMs: number): number {
    return (this.endMs - atMs) / DAY_MS;
  }
}
