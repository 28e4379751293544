/** A stack of its own with a demo tenant's past: imported, aggregated, its widget's configuration read. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startObjects, type Engine } from '@picasso/engines';
import { lastDays, localDay, parseInventory } from '@picasso/domain';
import {
  connectObjects,
  InventoryStore,
  provisionObjects,
  SiteTrafficStore,
  TenantStore,
} from '@picasso/storage';
import { importHistory } from '../demo/backfill.ts';
import { importBigTenant } from '../demo/big-tenant.ts';
import { conversation, journeysOf, SITES } from '../demo/generate.ts';
import type { DemoJourney } from '../demo/journey-writer.ts';
import { Season } from '../demo/season.ts';
import { openingOf, siteTraffic } from '../demo/site-traffic.ts';
import { tenantConfig } from '../demo/tenant-config.ts';
import { runAggregator, type AggregatorSettings } from '../harness/aggregator.ts';
import { createRandom } from '../harness/random.ts';
import { startStack, type Stack } from '../harness/stack.ts';
import { WORKSPACE } from '../harness/workspace.ts';

const IDLE_MS = 30 * 60_000;
const SEED = 20_261_122;
const REGION = 'us-east-1';
const BUCKET = 'picasso-journeys';
const HOUR_MS = 3_600_000;
/** Web analytics are late. */
const LATE_MS = 48 * HOUR_MS;
/** History is of sessions that are over. */
const OVER_MS = 2 * HOUR_MS;

export interface DemoStack {
  stack: Stack;
  /** The console's address. */
  url: string;
  tenant: string;
  /** To run its commands on the same engines. */
  aggregator: AggregatorSettings;
  /** Of somebody else. */
  foreign: { tenant: string; session: string };
  /** Sessions worth a picture, by what is to be seen in them. */
  sessions: { completed: string; abandoned: string; gaps: string };
}

export interface DemoOptions {
  /** Data and logs; emptied first. */
  dir: string;
  conversations: number;
  /** That they are spread over, today included. */
  days: number;
  /** A tenant of this many sessions in 90 days instead, with nothing else to it. */
  big?: number | undefined;
}

interface Surroundings extends DemoOptions {
  stack: Stack;
  aggregator: AggregatorSettings;
  now: number;
}

export async function startDemoStack(options: DemoOptions): Promise<DemoStack> {
  const { dir } = options;
  let objects: Engine | undefined;
  let stack: Stack | undefined;
  const stop = async (): Promise<void> => {
    await stack?.stop();
    await objects?.stop();
  };
  try {
    // Beside the stack's own folder, which it empties.
    const store = `${dir}-objects`;
    await mkdir(store, { recursive: true });
    objects = await startObjects({ dir: store });
    stack = await startStack({
      dir,
      tenants: SITES.map(({ tenant_hash }) => tenant_hash),
      sessionizers: 1,
      idleTimeoutMs: IDLE_MS,
      withQuery: true,
      env: {
        CONSOLE_DIR: join(WORKSPACE, 'dist/apps/admin/browser'),
        S3_ENDPOINT: objects.url,
        S3_BUCKET: BUCKET,
        // Nobody's token is used that often but those of a browser that a program steers.
        REQUESTS_PER_MINUTE: '100000',
      },
    });
    const aggregator = { engines: { tables: stack.tablesUrl, objects: objects.url } };
    const filled = await fill({ ...options, stack, aggregator, now: Date.now() }, objects.url);
    return { stack: { ...stack, stop }, url: stack.query.url, aggregator, ...filled };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function fill(
  surroundings: Surroundings,
  objectsUrl: string,
): Promise<Pick<DemoStack, 'tenant' | 'sessions' | 'foreign'>> {
  const { stack, aggregator, big } = surroundings;
  const [site, other] = [SITES[0]!, SITES[1]!];
  const { tenant_hash, goals } = site;
  const tenants = new TenantStore(stack.tables);
  for (const each of SITES) {
    const tenant = await tenants.get(each.tenant_hash);
    const { name, time_zone } = each;
    const own = each === site ? { goal_values: { ...goals.values }, currency: goals.currency } : {};
    if (tenant) await tenants.put({ ...tenant, name, time_zone, ...own }, tenant);
  }
  const objects = connectObjects({ endpoint: objectsUrl, region: REGION, bucket: BUCKET });
  await provisionObjects(objects);
  objects.close();

  const foreign = conversation(other, createRandom(SEED + 1), surroundings.now - OVER_MS);
  await importHistory(other.tenant_hash, [foreign], aggregator);
  const sessions = big ? await importMany(surroundings, big) : await importSome(surroundings);
  // As the aggregator keeps it, but from the first day on.
  const today = localDay(surroundings.now, site.time_zone);
  await new InventoryStore(stack.tables).record(
    tenant_hash,
    lastDays(surroundings.days, today).from,
    parseInventory(tenantConfig(site, 2, true), []),
  );
  await runAggregator(['daily', '--tenant', tenant_hash], aggregator);
  return {
    tenant: tenant_hash,
    sessions,
    foreign: { tenant: other.tenant_hash, session: foreign.session_id },
  };
}

async function importSome(surroundings: Surroundings): Promise<DemoStack['sessions']> {
  const { aggregator, now, conversations, days, stack } = surroundings;
  const site = SITES[0]!;
  const random = createRandom(SEED);
  const season = new Season(now);
  const journeys = [
    ...journeysOf({
      ...{ seed: SEED, sites: [site], days, endMs: now - OVER_MS },
      ...{ conversations, pageViewSessions: Math.round(conversations / 3) },
    }),
  ];
  const gaps = conversation(site, random, now - OVER_MS - HOUR_MS, season);
  // Events that never arrive: every fourth of the browser's, but for the first and the last.
  gaps.events = gaps.events.filter(
    ({ origin }, i) => origin === 'server' || i % 4 !== 2 || i === gaps.events.length - 1,
  );
  // A few conversations, begun on a quiet weekend, may have no such session yet.
  const shown = (type: string): DemoJourney =>
    longest(journeys, now, type) ??
    firstWith(type, () => conversation(site, random, now - OVER_MS - 2 * HOUR_MS, season));
  const [completed, abandoned] = [shown('FORM_COMPLETED'), shown('FORM_ABANDONED')];
  const all = new Set([...journeys, gaps, completed, abandoned]);
  await importHistory(site.tenant_hash, [...all], aggregator);
  const traffic = siteTraffic(site, journeys.map(openingOf), SEED);
  const until = localDay(now - LATE_MS, site.time_zone);
  await new SiteTrafficStore(stack.tables).put(site.tenant_hash, traffic, until);
  return {
    completed: completed.session_id,
    abandoned: abandoned.session_id,
    gaps: gaps.session_id,
  };
}

async function importMany(
  { aggregator, now, stack }: Surroundings,
  sessions: number,
): Promise<DemoStack['sessions']> {
  const { tenant_hash, time_zone } = SITES[0]!;
  const { traffic } = await importBigTenant(
    { tenant_hash, sessions, days: 90, seed: SEED, endMs: now },
    aggregator,
  );
  const until = localDay(now - LATE_MS, time_zone);
  await new SiteTrafficStore(stack.tables).put(tenant_hash, traffic, until);
  return { completed: '', abandoned: '', gaps: '' };
}

const hasEvent =
  (type: string) =>
  ({ events }: DemoJourney): boolean =>
    events.some(({ event }) => event.event_type === type);

/** The longest session of the last days, whose steps are still kept, with such an event. */
const longest = (
  journeys: readonly DemoJourney[],
  now: number,
  type: string,
): DemoJourney | undefined =>
  journeys
    .filter(({ events }) => now - events[0]!.at_ms < 6 * 24 * HOUR_MS)
    .toSorted((a, b) => b.events.length - a.events.length)
    .find(hasEvent(type));

function firstWith(type: string, next: () => DemoJourney): DemoJourney {
  for (let tries = 0; tries < 1_000; tries += 1) {
    const journey = next();
    if (hasEvent(type)(journey)) return journey;
  }
  throw new Error(`no conversation of the demo has a ${type}`);
}
