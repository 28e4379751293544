import type { Tenant } from '@picasso/contracts';
import { ownHosts } from '@picasso/domain';
import { SessionReader, TenantStore, type Tables } from '@picasso/storage';
import { LRUCache } from 'lru-cache';

/** Journeys and session lists; rejects with the engine's error when the tables cannot be read. */
export type SessionStore = Pick<SessionReader, 'session' | 'sessions'>;
export type TenantDirectory = Pick<TenantStore, 'get'>;

const TENANT_TTL_MS = 10_000;

export function openTenants(tables: Tables): TenantDirectory {
  const store = new TenantStore(tables);
  // Not kept when it is not there: a tenant can be read from the moment it is created.
  const cache = new LRUCache<string, Tenant>({
    max: 1_000,
    ttl: TENANT_TTL_MS,
    fetchMethod: (tenantHash) => store.get(tenantHash),
  });
  return { get: (tenantHash) => cache.fetch(tenantHash) };
}

/** Open sessions are summarised here, and that needs to know a tenant's own hosts. */
export const openSessions = (tables: Tables, tenants: TenantDirectory): SessionStore =>
  new SessionReader(tables, {
    ownHosts: async (tenantHash) => {
      const tenant = await tenants.get(tenantHash);
      return tenant ? ownHosts(tenant) : [];
    },
  });
