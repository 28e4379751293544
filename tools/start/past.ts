/** The demo's past before its last days: what a tenant brings along, and what others know of it. */
import { localDay, markdownLinks, parseInventory } from '@picasso/domain';
import { connectObjects, InventoryStore, SiteTrafficStore, type Tables } from '@picasso/storage';
import { importHistory } from '../demo/backfill.ts';
import { SITES } from '../demo/generate.ts';
import type { DemoJourney } from '../demo/journey-writer.ts';
import type { Site } from '../demo/site.ts';
import { openingOf, siteTraffic } from '../demo/site-traffic.ts';
import { knowledgeBase, putTenantConfig, tenantConfig } from '../demo/tenant-config.ts';
import type { AggregatorSettings } from '../harness/aggregator.ts';
import type { DemoState } from './seed.ts';
import { objectsSettings } from './services.ts';

const DAY_MS = 86_400_000;
/** Web analytics are final two days later. */
const ANALYTICS_LATE_MS = 2 * DAY_MS;
/** Since when the configurations are as they are, days. */
const CONFIGURED_DAYS = 45;

const isOf =
  ({ tenant_hash }: Site) =>
  (journey: DemoJourney): boolean =>
    journey.tenant_hash === tenant_hash;

/** Imports journeys of all sites, as complete sessions. */
export async function importPast(
  journeys: readonly DemoJourney[],
  aggregator: AggregatorSettings,
  note: (line: string) => void,
): Promise<void> {
  for (const site of SITES) {
    const own = journeys.filter(isOf(site));
    const began = Date.now();
    const { events } = await importHistory(site.tenant_hash, own, aggregator);
    const seconds = ((Date.now() - began) / 1_000).toFixed(1);
    note(`${site.name}: ${own.length} visits, ${events} events (${seconds} s)`);
  }
}

/** Visits of the sites, as if their web analytics had been connected all the time. */
export async function putSiteTraffic(
  tables: Tables,
  journeys: readonly DemoJourney[],
  { seed, end_ms }: DemoState,
): Promise<void> {
  const store = new SiteTrafficStore(tables);
  for (const site of SITES) {
    // Who only reads pages never opens the widget.
    const openings = journeys.filter(isOf(site)).filter(({ session_id: id }) => !/^pv_/.test(id));
    const until = localDay(end_ms - ANALYTICS_LATE_MS, site.time_zone);
    const rows = siteTraffic(site, openings.map(openingOf), seed);
    await store.put(
      site.tenant_hash,
      rows.filter(({ day }) => day <= until),
      until,
    );
  }
}

/** Configurations in the bucket, and the snapshots that `inventory` would have kept of them. */
export async function putConfigurations(
  tables: Tables,
  objectsUrl: string,
  { end_ms }: DemoState,
  days: number,
): Promise<void> {
  const objects = connectObjects(objectsSettings(objectsUrl));
  const store = new InventoryStore(tables);
  try {
    for (const [index, site] of SITES.entries()) {
      const generation = index % 2 === 0 ? 2 : 1;
      await putTenantConfig(objects, site, generation);
      const links = markdownLinks(knowledgeBase(site));
      for (const [daysAgo, additions] of [
        [days, false],
        [CONFIGURED_DAYS, true],
      ] as const) {
        const config = tenantConfig(site, generation, additions);
        const day = localDay(end_ms - daysAgo * DAY_MS, site.time_zone);
        await store.record(site.tenant_hash, day, parseInventory(config, links));
      }
    }
  } finally {
    objects.close();
  }
}
