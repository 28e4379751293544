/** `npm run demo`: a large tenant with a past of its own, for the stack that `npm start` runs. */
import { parseArgs } from 'node:util';
import { localDay } from '@picasso/domain';
import { connectTables, SiteTrafficStore } from '@picasso/storage';
import { runAggregator } from '../harness/aggregator.ts';
import { addTenant } from '../local/add-tenant.ts';
import { localPaths } from '../local/paths.ts';
import { isUp, readRun } from '../local/run-record.ts';
import { Progress } from '../start/progress.ts';
import { tablesSettings } from '../start/services.ts';
import { bigSite, importBigTenant } from './big-tenant.ts';

const USAGE = `npm run demo -- [options]      for a stack that \`npm start\` is running
  --tenant HASH   (big)
  --sessions N    (45000)
  --days N        spread over the last N days (90)`;

/** Web analytics are two days late. */
const LATE_MS = 2 * 86_400_000;

const { values } = parseArgs({
  options: {
    tenant: { type: 'string', default: 'big' },
    sessions: { type: 'string', default: '45000' },
    days: { type: 'string', default: '90' },
    help: { type: 'boolean', default: false },
  },
});

const positive = (name: 'sessions' | 'days'): number => {
  const value = Number(values[name]);
  if (!(Number.isInteger(value) && value > 0)) {
    throw new Error(`--${name} must be a whole number above 0\n${USAGE}`);
  }
  return value;
};

async function main(): Promise<void> {
  if (values.help) return console.log(USAGE);
  const { tenant: tenant_hash } = values;
  const [sessions, days] = [positive('sessions'), positive('days')];
  const paths = localPaths();
  const run = readRun(paths.run);
  if (!isUp(run)) throw new Error('Nothing is running: run `npm start` first.');
  const { urls } = run;
  const progress = new Progress((line) => console.log(line));
  const { name, time_zone, origin, goals } = bigSite(tenant_hash);
  const added = await addTenant(paths, run, {
    ...{ tenant_hash, name, time_zone, own_hosts: [new URL(origin).host] },
    ...{ goal_values: { ...goals.values }, currency: goals.currency },
  });
  const endMs = Date.now();
  const aggregator = { engines: urls };
  const { traffic } = await progress.step(`${sessions} sessions over ${days} days`, () =>
    importBigTenant({ tenant_hash, sessions, days, seed: sessions, endMs }, aggregator),
  );
  const tables = connectTables(tablesSettings(urls.tables));
  await new SiteTrafficStore(tables).put(
    tenant_hash,
    traffic,
    localDay(endMs - LATE_MS, time_zone),
  );
  tables.close();
  await progress.step('days aggregated', () =>
    runAggregator(['daily', '--tenant', tenant_hash], aggregator),
  );
  console.log(`${urls.query}/?sign-in=admin&as=${tenant_hash}`);
  console.log(JSON.stringify(added));
}

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
