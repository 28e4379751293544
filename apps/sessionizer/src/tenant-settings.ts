import { ownHosts } from '@picasso/domain';
import type { TenantStore } from '@picasso/storage';
import { LRUCache } from 'lru-cache';

/** What sessionizing needs to know of a tenant. */
export interface TenantSettings {
  own_hosts: readonly string[];
  time_zone: string;
}

const UNKNOWN: TenantSettings = { own_hosts: [], time_zone: 'UTC' };

/** Tenants' settings, at most a minute old; a tenant without a record gets the defaults. */
export class TenantDirectory {
  private readonly cache: LRUCache<string, TenantSettings>;

  constructor(tenants: Pick<TenantStore, 'get'>) {
    this.cache = new LRUCache<string, TenantSettings>({
      max: 10_000,
      ttl: 60_000,
      fetchMethod: async (tenantHash) => {
        const tenant = await tenants.get(tenantHash);
        return tenant ? { own_hosts: ownHosts(tenant), time_zone: tenant.time_zone } : UNKNOWN;
      },
    });
  }

  /** Rejects when the table cannot be read and nothing is cached. */
  async settings(tenantHash: string): Promise<TenantSettings> {
    return (await this.cache.fetch(tenantHash)) ?? UNKNOWN;
  }
}
