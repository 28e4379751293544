/** A new tenant in the stack that is running, known to everybody who reads the endpoints file. */
import { connectTables, TenantStore } from '@picasso/storage';
import { tablesSettings } from '../start/services.ts';
import { readJson, writeJson } from './json-file.ts';
import { withLock } from './lock.ts';
import type { LocalPaths } from './paths.ts';
import type { RunRecord } from './run-record.ts';
import {
  loadSecrets,
  tenantTokens,
  type Endpoints,
  type LocalTenant,
  type TenantTokens,
} from './secrets.ts';
import { ensureTenant, waitUntilAccepted, type NewTenant } from './tenants.ts';

/** The tenant with its keys and tokens; for one that exists, the known keys. */
export function addTenant(
  paths: LocalPaths,
  { urls }: RunRecord,
  profile: NewTenant,
): Promise<LocalTenant & { tokens: TenantTokens }> {
  return withLock(`${paths.secrets}.lock`, async () => {
    const endpoints = readJson<Endpoints>(paths.endpoints);
    if (!endpoints) throw new Error('The stack is not ready yet.');
    const tables = connectTables(tablesSettings(urls.tables));
    let tenant: LocalTenant;
    try {
      tenant = await ensureTenant(paths, new TenantStore(tables), profile);
    } finally {
      tables.close();
    }
    await waitUntilAccepted(urls.ingest, tenant.write_key);
    const { tenant_hash } = tenant;
    const tokens = await tenantTokens(loadSecrets(paths).jwt_secret, tenant_hash);
    const others = endpoints.tenants.filter((known) => known.tenant_hash !== tenant_hash);
    writeJson(paths.endpoints, {
      ...endpoints,
      tenants: [...others, tenant],
      tokens: { ...endpoints.tokens, [tenant_hash]: tokens },
    });
    return { ...tenant, tokens };
  });
}
