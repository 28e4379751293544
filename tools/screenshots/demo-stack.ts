/** A stack of its own with the demo's tenants, a few days of visits, and one visitor who is there now. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TenantStore } from '@picasso/storage';
import { conversation, history, SITES } from '../demo/generate.ts';
import { sendEvents, sendJourneys, type Sender } from '../demo/send.ts';
import { createRandom } from '../harness/random.ts';
import { startStack, type Stack } from '../harness/stack.ts';
import { WORKSPACE } from '../harness/workspace.ts';

const IDLE_MS = 30 * 60_000;
const SEED = 20_261_122;

export interface DemoStack {
  stack: Stack;
  /** The console's address. */
  url: string;
  tenant: string;
  /** Sessions worth a picture, by what is to be seen in them. */
  sessions: { completed: string; abandoned: string; gaps: string; live: string };
}

export async function startDemoStack(dir: string, conversations: number): Promise<DemoStack> {
  const stack = await startStack({
    dir,
    tenants: SITES.map(({ tenant_hash }) => tenant_hash),
    sessionizers: 1,
    idleTimeoutMs: IDLE_MS,
    withQuery: true,
    env: { CONSOLE_DIR: join(WORKSPACE, 'dist/apps/admin/browser') },
  });
  try {
    return { stack, url: stack.query.url, ...(await fill(stack, conversations)) };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

async function fill(
  stack: Stack,
  conversations: number,
): Promise<Pick<DemoStack, 'tenant' | 'sessions'>> {
  const tenants = new TenantStore(stack.tables);
  for (const { tenant_hash, name, time_zone } of SITES) {
    const tenant = await tenants.get(tenant_hash);
    if (tenant) await tenants.put({ ...tenant, name, time_zone });
  }
  const sender: Sender = {
    ingestUrl: stack.ingest.url,
    keys: new Map(stack.tenants.map((tenant) => [tenant.tenant_hash, tenant])),
  };
  const now = Date.now();
  const site = SITES[0]!;
  const random = createRandom(SEED);
  const journeys = history({
    seed: SEED,
    endMs: now,
    days: 5,
    conversations,
    pageViewSessions: Math.round(conversations / 3),
  });
  const live = conversation(site, random, now - 90_000);
  const gaps = conversation(site, random, now - 3_600_000);
  // Events that never arrive: every fourth of the browser's, but for the first and the last.
  gaps.events = gaps.events.filter(
    ({ origin }, i) => origin === 'server' || i % 4 !== 2 || i === gaps.events.length - 1,
  );
  await sendJourneys(sender, [...journeys, gaps], () => undefined);
  await sendEvents(sender, site.tenant_hash, live.events.slice(0, 6));

  const withEvent = (type: string): string =>
    journeys
      .filter(({ tenant_hash }) => tenant_hash === site.tenant_hash)
      .toSorted((a, b) => b.events.length - a.events.length)
      .find(({ events }) => events.some(({ event }) => event.event_type === type))!.session_id;
  const sessions = {
    completed: withEvent('FORM_COMPLETED'),
    abandoned: withEvent('FORM_ABANDONED'),
    gaps: gaps.session_id,
    live: live.session_id,
  };
  await untilReadable(stack, site.tenant_hash, Object.values(sessions));
  return { tenant: site.tenant_hash, sessions };
}

async function untilReadable(stack: Stack, tenant: string, sessions: string[]): Promise<void> {
  const authorization = `Bearer ${await stack.token(tenant)}`;
  for (const session of sessions) {
    const url = `${stack.query.url}/analytics/journey/${session}`;
    for (const end = Date.now() + 60_000; ; await sleep(200)) {
      const { ok } = await fetch(url, { headers: { authorization } });
      if (ok) break;
      if (Date.now() > end) throw new Error(`${session} was sent but cannot be read`);
    }
  }
}
