import { OBJECT_KEYS } from '@picasso/contracts';
import { type MarkdownLink, localDay, markdownLinks, parseInventory } from '@picasso/domain';
import {
  InventoryStore,
  type Objects,
  type Tables,
  getObject,
  listObjects,
} from '@picasso/storage';
import type { TenantJob } from '../jobs/run-job.ts';

export interface InventoryOptions {
  tables: Tables;
  /** The bucket with `tenants/` and `mappings/`. */
  objects: Objects;
  nowMs: number;
}

/** A tenant id becomes part of keys. */
const TENANT_ID = /^[A-Za-z0-9_-]{1,128}$/;

/**
 * Keeps what each tenant has configured, dated: `mappings/{tenant_hash}.json` names the tenant's
 * id, `tenants/{id}/{id}-config.json` its items and forms, and the markdown documents beside it the
 * links of its knowledge base. Nothing is written while nothing changes.
 */
export function inventoryJob({ tables, objects, nowMs }: InventoryOptions): TenantJob {
  const store = new InventoryStore(tables);

  return async ({ tenant, logger, count, alive }) => {
    const { tenant_hash, time_zone } = tenant;
    const mapping = await readJson(objects, OBJECT_KEYS.tenantMapping(tenant_hash));
    if (mapping === undefined) return count('without_mapping');
    const { tenant_id, tenant_hash: mapped } = (mapping ?? {}) as Record<string, unknown>;
    if (typeof tenant_id !== 'string' || !TENANT_ID.test(tenant_id) || mapped !== tenant_hash) {
      throw new Error('the mapping does not name this tenant’s id');
    }
    const config = await readJson(objects, OBJECT_KEYS.tenantConfig(tenant_id));
    if (config === undefined) return count('without_config');

    const links: MarkdownLink[] = [];
    for await (const keys of listObjects(objects, `tenants/${tenant_id}/`)) {
      for (const key of keys.filter((name) => name.endsWith('.md'))) {
        alive();
        const document = await getObject(objects, key);
        if (document) links.push(...markdownLinks(document.body.toString('utf8')));
      }
    }
    const inventory = parseInventory(config, links);
    for (const { path, message } of inventory.warnings) {
      logger.warn({ path, problem: message }, 'a part of the configuration is left out');
    }
    count('warnings', inventory.warnings.length);
    count('items', inventory.items.length);
    const changed = await store.record(tenant_hash, localDay(nowMs, time_zone), inventory);
    count(changed ? 'snapshots_written' : 'unchanged');
  };
}

/** undefined where there is no such object. @throws Error that names an object that is no JSON */
async function readJson(objects: Objects, key: string): Promise<unknown> {
  const stored = await getObject(objects, key);
  try {
    return stored && (JSON.parse(stored.body.toString('utf8')) as unknown);
  } catch (cause) {
    throw new Error(`${key} is no JSON`, { cause });
  }
}
