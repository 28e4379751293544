/**
 * `npm run tenant -- create <hash>`: adds a tenant to the running local stack and prints its keys
 * and tokens as one line of JSON on stdout. For a tenant that exists, the known keys.
 */
import { connectTables, TenantStore } from '@picasso/storage';
import { readJson, writeJson } from '../local/json-file.ts';
import { withLock } from '../local/lock.ts';
import { localPaths } from '../local/paths.ts';
import { isUp, readRun } from '../local/run-record.ts';
import { loadSecrets, tenantTokens, type Endpoints, type LocalTenant } from '../local/secrets.ts';
import { ensureTenant, waitUntilAccepted } from '../local/tenants.ts';
import { tablesSettings } from '../start/services.ts';

const paths = localPaths();

async function create(tenantHash: string): Promise<object> {
  const run = readRun(paths.run);
  const endpoints = readJson<Endpoints>(paths.endpoints);
  if (!isUp(run) || !endpoints)
    throw new Error('Nothing is running, or not yet: run `npm start` first.');
  const tables = connectTables(tablesSettings(run.urls.tables));
  let tenant: LocalTenant;
  try {
    tenant = await ensureTenant(paths, new TenantStore(tables), { tenant_hash: tenantHash });
  } finally {
    tables.close();
  }
  await waitUntilAccepted(run.urls.ingest, tenant.write_key);
  const tokens = await tenantTokens(loadSecrets(paths).jwt_secret, tenantHash);
  const others = endpoints.tenants.filter(({ tenant_hash }) => tenant_hash !== tenantHash);
  writeJson(paths.endpoints, {
    ...endpoints,
    tenants: [...others, tenant],
    tokens: { ...endpoints.tokens, [tenantHash]: tokens },
  });
  return { ...tenant, tokens };
}

try {
  const [command, tenantHash, ...rest] = process.argv.slice(2);
  if (command !== 'create' || !tenantHash || rest.length > 0) {
    throw new Error('usage: npm run tenant -- create <tenant hash>');
  }
  const created = await withLock(`${paths.secrets}.lock`, () => create(tenantHash));
  console.log(JSON.stringify(created));
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
