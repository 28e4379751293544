/**
 * `npm run tenant -- create <hash>`: adds a tenant to the running local stack and prints its keys
 * and tokens as one line of JSON on stdout. For a tenant that exists, the known keys.
 */
import { existsSync } from 'node:fs';
import { addTenant } from '../local/add-tenant.ts';
import { localPaths } from '../local/paths.ts';
import { isUp, readRun } from '../local/run-record.ts';

const paths = localPaths();

try {
  const [command, tenant_hash, ...rest] = process.argv.slice(2);
  if (command !== 'create' || !tenant_hash || rest.length > 0) {
    throw new Error('usage: npm run tenant -- create <tenant hash>');
  }
  const run = readRun(paths.run);
  if (!isUp(run) || !existsSync(paths.endpoints))
    throw new Error('Nothing is running, or not yet: run `npm start` first.');
  console.log(JSON.stringify(await addTenant(paths, run, { tenant_hash })));
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
