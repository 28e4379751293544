/** A stack of its own with the demo's tenants and a few days of visits, all of them over. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TenantStore } from '@picasso/storage';
import { conversation, history, SITES } from '../demo/generate.ts';
import { sendJourneys, type Sender } from '../demo/send.ts';
import { createRandom } from '../harness/random.ts';
import { startStack, type Stack } from '../harness/stack.ts';
import { WORKSPACE } from '../harness/workspace.ts';

/** Short, so that visits that ended silently are over soon: figures of past days count no others. */
const IDLE_MS = 15_000;
const SEED = 20_261_122;

export interface DemoStack {
  stack: Stack;
  /** The console's address. */
  url: string;
  tenant: string;
  /** Sessions worth a picture, by what is to be seen in them. */
  sessions: { completed: string; abandoned: string; gaps: string };
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
  const gaps = conversation(site, random, now - 3_600_000);
  // Events that never arrive: every fourth of the browser's, but for the first and the last.
  gaps.events = gaps.events.filter(
    ({ origin }, i) => origin === 'server' || i % 4 !== 2 || i === gaps.events.length - 1,
  );
  await sendJourneys(sender, [...journeys, gaps], () => undefined);

  const withEvent = (type: string): string =>
    journeys
      .filter(({ tenant_hash }) => tenant_hash === site.tenant_hash)
      .toSorted((a, b) => b.events.length - a.events.length)
      .find(({ events }) => events.some(({ event }) => event.event_type === type))!.session_id;
  const sessions = {
    completed: withEvent('FORM_COMPLETED'),
    abandoned: withEvent('FORM_ABANDONED'),
    gaps: gaps.session_id,
  };
  await untilOver(stack, site.tenant_hash, Object.values(sessions));
  return { tenant: site.tenant_hash, sessions };
}

/** Every session that was sent can be read, and none is open any more. */
async function untilOver(stack: Stack, tenant: string, sessions: string[]): Promise<void> {
  const authorization = `Bearer ${await stack.token(tenant)}`;
  const read = async (path: string): Promise<{ items?: unknown[] } | undefined> => {
    const answer = await fetch(`${stack.query.url}/analytics/${path}`, {
      headers: { authorization },
    });
    const body = (await answer.json()) as { items?: unknown[] };
    return answer.ok ? body : undefined;
  };
  for (const end = Date.now() + 90_000; ; await sleep(500)) {
    const found = await Promise.all(sessions.map((id) => read(`journey/${id}`)));
    const open = await read(`sessions/${tenant}?state=open&limit=1`);
    if (found.every((journey) => journey !== undefined) && open?.items?.length === 0) return;
    if (Date.now() > end) throw new Error('the demo data did not come to rest');
  }
}
