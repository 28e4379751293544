/** Demo tenants, their history (once), and live visitors for as long as the stack runs. */
import { connectTables, TenantStore } from '@picasso/storage';
import { SITES } from '../demo/generate.ts';
import { trickle } from '../demo/live.ts';
import type { Sender } from '../demo/send.ts';
import type { LocalPaths } from '../local/paths.ts';
import type { RunRecord } from '../local/run-record.ts';
import type { Endpoints } from '../local/secrets.ts';
import { ensureTenant, waitUntilAccepted } from '../local/tenants.ts';
import type { Progress } from './progress.ts';
import { isSeeded, seedHistory } from './seed.ts';
import { tablesSettings } from './services.ts';

export interface DemoOptions {
  paths: LocalPaths;
  urls: RunRecord['urls'];
  /** Keys and tokens as they are at the moment. */
  described(): Promise<Endpoints>;
  progress: Progress;
  /** Ends the live visitors. */
  signal: AbortSignal;
}

async function createTenants({ paths, urls }: DemoOptions): Promise<void> {
  const tables = connectTables(tablesSettings(urls.tables));
  try {
    const store = new TenantStore(tables);
    for (const { tenant_hash, name, origin, time_zone } of SITES) {
      const own_hosts = [new URL(origin).host];
      const tenant = await ensureTenant(paths, store, { tenant_hash, name, own_hosts, time_zone });
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

export async function bringDemo(options: DemoOptions): Promise<void> {
  const { paths, progress, signal } = options;
  await progress.step('demo tenants', () => createTenants(options));
  const endpoints = await options.described();
  const sender: Sender = {
    ingestUrl: endpoints.ingest_url,
    keys: new Map(endpoints.tenants.map((tenant) => [tenant.tenant_hash, tenant])),
  };
  if (!isSeeded(paths.demo)) {
    await progress.step('demo data of the last five days', async () => {
      const sent = await seedHistory({
        stateFile: paths.demo,
        sender,
        readBack: (tenantHash, sessionId) => stepsOf(endpoints, tenantHash, sessionId),
        note: (line) => progress.note(line),
      });
      progress.note(`${sent.journeys} visits, ${sent.events} events`);
    });
  }
  void trickle(sender, Date.now(), signal);
}
