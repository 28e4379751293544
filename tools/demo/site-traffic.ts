/** What web analytics would have counted on a demo site: more visits than the widget sees. */
import { localDay, normaliseSource } from '@picasso/domain';
import type { SiteTrafficRow } from '@picasso/storage';
import { createRandom } from '../harness/random.ts';
import type { DemoJourney } from './journey-writer.ts';
import type { Site } from './site.ts';

/** Web analytics count differently from day to day: visits vary by so much around their mean. */
const NOISE = 0.15;

/** Where and when the widget was opened. */
export interface Opening {
  at_ms: number;
  attribution: DemoJourney['events'][number]['event']['attribution'];
}

export const openingOf = ({ events: [first] }: DemoJourney): Opening => ({
  at_ms: first!.at_ms,
  attribution: first!.event.attribution,
});

/**
 * Visits by day, source and medium: so many that the widget's share of them is the site's.
 *
 * @param seed the same seed and openings give the same visits
 */
export function siteTraffic(
  site: Site,
  openings: Iterable<Opening>,
  seed: number,
): SiteTrafficRow[] {
  const random = createRandom(seed);
  const ownHosts = [new URL(site.origin).host];
  const rows = new Map<string, SiteTrafficRow>();
  for (const { at_ms, attribution } of openings) {
    const { source, medium } = normaliseSource(attribution, ownHosts);
    const day = localDay(at_ms, site.time_zone);
    const key = JSON.stringify([day, source, medium]);
    const row = rows.get(key) ?? { day, source, medium, visits: 0 };
    row.visits += 1;
    rows.set(key, row);
  }
  for (const row of rows.values()) {
    const noise = 1 + NOISE * (2 * random.next() - 1);
    row.visits = Math.max(row.visits, Math.round((row.visits / site.engagement) * noise));
  }
  return [...rows.values()];
}
