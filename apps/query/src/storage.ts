import { LIMITS, type Tenant } from '@picasso/contracts';
import {
  NO_INVENTORY,
  ownHosts,
  type ConfiguredForm,
  type FieldLookup,
  type InventoryTimeline,
} from '@picasso/domain';
import {
  ARCHIVE_DAYS,
  ArchiveReader,
  connectObjects,
  FiguresReader,
  InventoryStore,
  SessionFinder,
  SessionReader,
  SiteTrafficStore,
  TenantStore,
  type CurrentInventory,
  type Objects,
  type SiteTraffic,
  type Tables,
} from '@picasso/storage';
import { LRUCache } from 'lru-cache';
import type { QueryConfig } from './config.ts';

/** Journeys; rejects with the engine's error when the tables cannot be read. */
export type SessionStore = Pick<SessionReader, 'session'>;
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

const ownHostsOf =
  (tenants: TenantDirectory) =>
  async (tenantHash: string): Promise<readonly string[]> => {
    const tenant = await tenants.get(tenantHash);
    return tenant ? ownHosts(tenant) : [];
  };

/** Open sessions are summarised here, and that needs to know a tenant's own hosts. */
export const openSessions = (tables: Tables, tenants: TenantDirectory): SessionStore =>
  new SessionReader(tables, { ownHosts: ownHostsOf(tenants) });

export const openArchive = (tables: Tables, objects: Objects | null): ArchiveReader | null =>
  objects && new ArchiveReader(tables, objects);

export const openObjects = ({ objects }: QueryConfig): Objects | null =>
  objects ? connectObjects(objects) : null;

/** How many days can be read, today included. */
export const keptDays = (archive: ArchiveReader | null): number =>
  archive ? ARCHIVE_DAYS : LIMITS.summaryDays;

export function openFigures(
  tables: Tables,
  tenants: TenantDirectory,
  archive: ArchiveReader | null,
  { freshMs, cacheMb }: QueryConfig,
): FiguresReader {
  return new FiguresReader(tables, {
    ...{ freshMs, cacheChars: cacheMb * 1024 ** 2 },
    ...(archive && { archive }),
    ownHosts: ownHostsOf(tenants),
  });
}

export const openFinder = (
  tables: Tables,
  tenants: TenantDirectory,
  archive: ArchiveReader | null,
): SessionFinder =>
  new SessionFinder(tables, { ...(archive && { archive }), ownHosts: ownHostsOf(tenants) });

/** What tenants have configured. */
export interface InventorySource {
  timeline(tenantHash: string): Promise<InventoryTimeline>;
  forms(tenantHash: string): Promise<ConfiguredForm[]>;
}

/** What forms are configured to ask. */
export const fieldsOf =
  (forms: readonly ConfiguredForm[]): FieldLookup =>
  (formId, fieldId) =>
    forms
      .find(({ form_id, key }) => form_id === formId || key === formId)
      ?.fields.find(({ id }) => id === fieldId);

/** Who waits for a reading gets it, however many others are asked for meanwhile. */
const sharedFor = (freshMs: number) => ({
  max: 200,
  ttl: Math.max(1, freshMs),
  ignoreFetchAbort: true,
});

/** A dashboard's questions, asked at once, need the same: it is read once for all of them. */
export function openInventory(tables: Tables, { freshMs }: QueryConfig): InventorySource {
  const store = new InventoryStore(tables);
  const cache = new LRUCache<
    string,
    Pick<CurrentInventory, 'timeline'> & Partial<CurrentInventory>
  >({
    ...sharedFor(freshMs),
    fetchMethod: async (tenantHash) =>
      (await store.current(tenantHash)) ?? { timeline: NO_INVENTORY },
  });
  return {
    timeline: async (tenantHash) => (await cache.forceFetch(tenantHash)).timeline,
    forms: async (tenantHash) => (await cache.forceFetch(tenantHash)).inventory?.forms ?? [],
  };
}

/** Visits as web analytics count them. */
export type SiteTrafficSource = Pick<SiteTrafficStore, 'read'>;

/** Likewise. */
export function openSiteTraffic(tables: Tables, { freshMs }: QueryConfig): SiteTrafficSource {
  const store = new SiteTrafficStore(tables);
  const cache = new LRUCache<string, SiteTraffic, Parameters<SiteTrafficStore['read']>>({
    ...sharedFor(freshMs),
    fetchMethod: (_key, _stale, { context }) => store.read(...context),
  });
  return {
    read: (tenantHash, range) =>
      cache.forceFetch(`${tenantHash}|${range.from}|${range.to}`, { context: [tenantHash, range] }),
  };
}
