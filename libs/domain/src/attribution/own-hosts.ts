import type { Tenant } from '@picasso/contracts';

/** A tenant's own hosts, which are no traffic source: the named ones and those of its origins. */
export function ownHosts(tenant: Pick<Tenant, 'own_hosts' | 'allowed_origins'>): string[] {
  const origins = tenant.allowed_origins.filter((origin) => URL.canParse(origin));
  return [...tenant.own_hosts, ...origins.map((origin) => new URL(origin).hostname)];
}
