/** A tenant that is larger than any other: what tests of speed and of crowded pages look at. */
import type { SiteTrafficRow } from '@picasso/storage';
import type { AggregatorSettings } from '../harness/aggregator.ts';
import { animalRescue } from './animal-rescue.ts';
import { importHistory, type Imported } from './backfill.ts';
import { journeysOf } from './generate.ts';
import type { DemoJourney } from './journey-writer.ts';
import type { Site } from './site.ts';
import { openingOf, siteTraffic, type Opening } from './site-traffic.ts';

export interface BigTenant {
  tenant_hash: string;
  sessions: number;
  /** Over so many days, the last of them today. */
  days: number;
  seed: number;
  endMs: number;
}

/** Whoever stopped talking so long ago is not coming back: history is of sessions that are over. */
const OVER_MS = 2 * 3_600_000;

const NAMES = ['Bella', 'Max', 'Luna', 'Rocky', 'Daisy', 'Milo', 'Nala', 'Oscar', 'Ruby', 'Toby'];
const YEARS = Array.from({ length: 15 }, (_, i) => i + 1);

/** The site with thousands of different questions, as people ask them. */
export const bigSite = (tenant_hash: string): Site => ({
  ...animalRescue,
  tenant_hash,
  name: `${animalRescue.name}, all branches`,
  topics: animalRescue.topics.map((topic) => ({
    ...topic,
    questions: topic.questions.flatMap((question) => [
      question,
      ...NAMES.flatMap((name) => YEARS.map((age) => `${question} (${name}, ${age} years)`)),
    ]),
  })),
});

/**
 * Imports the tenant's past. The tenant has to be there already, in the site's time zone; `daily`
 * for it comes afterwards.
 *
 * @returns what was imported, and the visits that its web analytics would have counted
 */
export async function importBigTenant(
  { tenant_hash, sessions, days, seed, endMs }: BigTenant,
  aggregator: AggregatorSettings,
): Promise<Imported & { traffic: SiteTrafficRow[] }> {
  const site = bigSite(tenant_hash);
  const openings: Opening[] = [];
  function* journeys(): Generator<DemoJourney> {
    for (const journey of journeysOf({
      ...{ seed, days, sites: [site], endMs: endMs - OVER_MS },
      ...{ conversations: sessions, pageViewSessions: 0 },
    })) {
      openings.push(openingOf(journey));
      yield journey;
    }
  }
  const imported = await importHistory(tenant_hash, journeys(), aggregator);
  return { ...imported, traffic: siteTraffic(site, openings, seed) };
}
