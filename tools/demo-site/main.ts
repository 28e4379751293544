/** `npm run demo-site`: the demo website, for a stack that `npm start` is running. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { localPaths } from '../local/paths.ts';
import type { Endpoints } from '../local/secrets.ts';
import { startDemoSite } from './server.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    tenant: { type: 'string' },
  },
});

const readEndpoints = (): Endpoints => {
  const { endpoints } = localPaths();
  try {
    return JSON.parse(readFileSync(endpoints, 'utf8')) as Endpoints;
  } catch {
    throw new Error(`${endpoints} is not there: run \`npm start\` first`);
  }
};

const { ingest_url, query_url, tenants, tokens } = readEndpoints();
const tenant = values.tenant
  ? tenants.find(({ tenant_hash }) => tenant_hash === values.tenant)
  : tenants[0];
if (!tenant) throw new Error('there is no such tenant: `npm run tenant -- create <hash>` adds one');
const site = await startDemoSite({
  port: Number(values.port),
  tenant,
  token: tokens[tenant.tenant_hash]?.admin ?? '',
  ingestUrl: ingest_url,
  queryUrl: query_url,
});
console.log(`${site.url}  (tenant ${tenant.tenant_hash}; Ctrl-C ends it)`);
