/** Demo tenants, their history (once), and live visitors for as long as the stack runs. */
import { connectTables, TenantStore } from '@picasso/storage';
import { history, SITES, startOf } from '../demo/generate.ts';
import type { DemoJourney } from '../demo/journey-writer.ts';
import { trickle } from '../demo/live.ts';
import type { Sender } from '../demo/send.ts';
import { runAggregator, type AggregatorSettings } from '../harness/aggregator.ts';
import type { LocalPaths } from '../local/paths.ts';
import type { RunRecord } from '../local/run-record.ts';
import type { Endpoints } from '../local/secrets.ts';
import { ensureTenant, waitUntilAccepted } from '../local/tenants.ts';
import { importPast, putConfigurations, putSiteTraffic } from './past.ts';
import type { Progress } from './progress.ts';
import { beginSeeding, endSeeding, isSeeded, sendThroughFrontDoor } from './seed.ts';
import { tablesSettings } from './services.ts';

const DAY_MS = 86_400_000;
const PAST_DAYS = 120;
/** Sessions of visitors who only read pages, for each one who opens the widget. */
const PAGE_VIEW_SESSIONS = 0.4;
/** What the front door takes: older events are too late, and come in by backfill. */
const RECENT_DAYS = 5;

export interface DemoOptions {
  paths: LocalPaths;
  urls: RunRecord['urls'];
  /** Keys and tokens as they are at the moment. */
  described(): Promise<Endpoints>;
  progress: Progress;
  aggregator: AggregatorSettings;
  /** To the widgets, in the past. */
  visits: number;
  /** Ends the live visitors. */
  signal: AbortSignal;
}

async function createTenants({ paths, urls }: DemoOptions): Promise<void> {
  const tables = connectTables(tablesSettings(urls.tables));
  try {
    const store = new TenantStore(tables);
    for (const { tenant_hash, name, origin, time_zone, goals } of SITES) {
      const tenant = await ensureTenant(paths, store, {
        ...{ tenant_hash, name, time_zone, own_hosts: [new URL(origin).host] },
        ...{ goal_values: { ...goals.values }, currency: goals.currency },
      });
      await waitUntilAccepted(urls.ingest, tenant.write_key);
    }
  } finally {
    tables.close();
  }
}

/** How many steps a reader of the API sees. */
async function stepsOf({ query_url, tokens }: Endpoints, tenantHash: string, sessionId: string) {
  const answer = await fetch(`${query_url}/analytics/journey/${sessionId}`, {
    headers: { authorization: `Bearer ${tokens[tenantHash]?.viewer}` },
  });
  const body = (await answer.json()) as { steps?: unknown[] };
  return answer.ok ? body.steps?.length : undefined;
}

/** Everything that happened before today's live visitors; resumed when it was interrupted. */
async function bringPast(options: DemoOptions, sender: Sender): Promise<void> {
  const { paths, urls, progress, signal } = options;
  const aggregator = { ...options.aggregator, signal };
  const note = (line: string): void => progress.note(line);
  const endpoints = await options.described();
  const state = beginSeeding(paths.demo, Date.now());
  const journeys = history({
    ...{ seed: state.seed, endMs: state.end_ms, days: PAST_DAYS },
    conversations: options.visits,
    pageViewSessions: Math.round(options.visits * PAGE_VIEW_SESSIONS),
  });
  const recentMs = state.end_ms - RECENT_DAYS * DAY_MS;
  const isRecent = (journey: DemoJourney): boolean => startOf(journey) >= recentMs;

  await progress.step('demo data of the last five days, through the front door', async () => {
    const recent = journeys.filter(isRecent);
    await sendThroughFrontDoor(recent, {
      sender,
      readBack: (tenantHash, sessionId) => stepsOf(endpoints, tenantHash, sessionId),
      note,
    });
    note(`${recent.length} visits`);
  });
  await progress.step(`the ${PAST_DAYS - RECENT_DAYS} days before, by backfill`, () =>
    importPast(
      journeys.filter((journey) => !isRecent(journey)),
      aggregator,
      note,
    ),
  );
  await progress.step('site traffic and configurations', async () => {
    const tables = connectTables(tablesSettings(urls.tables));
    try {
      await putSiteTraffic(tables, journeys, state);
      await putConfigurations(tables, urls.objects, state, PAST_DAYS);
    } finally {
      tables.close();
    }
  });
  await progress.step('days aggregated', () => runAggregator(['daily'], aggregator));
  endSeeding(paths.demo, state);
}

export async function bringDemo(options: DemoOptions): Promise<void> {
  const { paths, progress, signal } = options;
  await progress.step('demo tenants', () => createTenants(options));
  const endpoints = await options.described();
  const sender: Sender = {
    ingestUrl: endpoints.ingest_url,
    keys: new Map(endpoints.tenants.map((tenant) => [tenant.tenant_hash, tenant])),
  };
  if (!isSeeded(paths.demo)) await bringPast(options, sender);
  void trickle(sender, Date.now(), signal);
}
