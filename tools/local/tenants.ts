/** Tenants of the local stack: in the tables with hashed keys, in the secrets file in clear. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { TenantStore } from '@picasso/storage';
import type { LocalPaths } from './paths.ts';
import { loadSecrets, saveTenant, type LocalTenant } from './secrets.ts';

/** Local traffic is load tests and replays; the limit of real tenants would be in their way. */
const EVENTS_PER_SECOND = 20_000;
const DEAD_LETTERS_PER_HOUR = 100_000;
const ACCEPTED_WITHIN_MS = 30_000;

export interface NewTenant {
  tenant_hash: string;
  name?: string;
  own_hosts?: string[];
  time_zone?: string;
  goal_values?: Record<string, number>;
  currency?: string;
}

/**
 * The tenant with its keys: the known ones where it exists, new ones where not.
 * @throws TenantExistsError when the tables have it but its keys are not known here
 */
export async function ensureTenant(
  paths: LocalPaths,
  store: TenantStore,
  profile: NewTenant,
): Promise<LocalTenant> {
  const { tenant_hash } = profile;
  const known = loadSecrets(paths).tenants.find((tenant) => tenant.tenant_hash === tenant_hash);
  if (known && (await store.get(tenant_hash))) return known;
  const { write_key, server_key } = await store.create({
    ...profile,
    events_per_second: EVENTS_PER_SECOND,
    dead_letters_per_hour: DEAD_LETTERS_PER_HOUR,
  });
  const tenant = { tenant_hash, write_key, server_key };
  saveTenant(paths, tenant);
  return tenant;
}

/** Waits until ingest knows the key: it may remember for a second that it does not. */
export async function waitUntilAccepted(ingestUrl: string, writeKey: string): Promise<void> {
  for (const end = Date.now() + ACCEPTED_WITHIN_MS; ; await sleep(100)) {
    const answer = await fetch(`${ingestUrl}/events/validate`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-write-key': writeKey },
      body: JSON.stringify({ events: [] }),
      signal: AbortSignal.timeout(5_000),
    }).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer && answer.status < 500 && answer.status !== 401) return;
    if (Date.now() > end) {
      throw new Error(`ingest does not accept the new key (${answer?.status ?? 'no answer'})`);
    }
  }
}
