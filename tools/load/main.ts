/** `npm run load`: visitors at a fixed rate, and whether every event of theirs arrived. */
import { spawnSync } from 'node:child_process';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { describeMachine, describeSync } from '../bench/machine.ts';
import { startStack } from '../harness/stack.ts';
import { buildServices, WORKSPACE } from '../harness/workspace.ts';
import { writeJson } from '../local/json-file.ts';
import { localPaths } from '../local/paths.ts';
import type { Endpoints } from '../local/secrets.ts';
import { stackEndpoints } from './endpoints.ts';
import { checksOf, strictChecksOf } from './figures.ts';
import { findK6 } from './k6-binary.ts';
import { LOAD_DEFAULTS, prepareVisits, runLoad, type LoadSettings } from './run-k6.ts';

const USAGE = `npm run load -- [options]
  --own              on a stack of its own; default: the one that \`npm start -- --empty\` runs
  --ci               --own, 25 s, visits played 10 times faster
  --rate N           events per second (434)
  --minutes N        (10)
  --batch N          a page sends when it holds this many events (10) …
  --flush SECONDS    … or this long after the first of them (5)
  --pace N           visits are played this many times faster than real time (1)
  --strict           goals on latency, and requests that cannot leave in time, fail the run, too
  --sync-always      --own: nats-server syncs its files before every acknowledgement
  --endpoints FILE   of the running stack (.local/endpoints.json)
  --prepare          only write the library of visits, for running k6 by hand`;

const TENANTS = ['load-north', 'load-south', 'load-west'];
const CI = { seconds: 25, pace: 10, sample: 0.1, closeSample: 0.5 } as const;

const { values } = parseArgs({
  options: {
    own: { type: 'boolean', default: false },
    ci: { type: 'boolean', default: false },
    rate: { type: 'string', default: String(LOAD_DEFAULTS.rate) },
    minutes: { type: 'string', default: '10' },
    batch: { type: 'string', default: '10' },
    flush: { type: 'string', default: '5' },
    pace: { type: 'string', default: '1' },
    strict: { type: 'boolean', default: false },
    'sync-always': { type: 'boolean', default: false },
    endpoints: { type: 'string' },
    prepare: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const positive = (name: 'rate' | 'minutes' | 'batch' | 'flush' | 'pace'): number => {
  const value = Number(values[name]);
  if (!(value > 0)) throw new Error(`--${name} must be a number above 0\n${USAGE}`);
  return value;
};

/** Tenants of the load's own in the running stack, so that nobody's figures are touched. */
async function ownTenants(file: string): Promise<string> {
  const read = async () => JSON.parse(await readFile(file, 'utf8')) as Endpoints;
  const known = await read().catch(() => undefined);
  if (!known) throw new Error(`${file} is not there: run \`npm start -- --empty\` first, or --own`);
  for (const hash of TENANTS.filter((name) => !known.tokens[name])) {
    const args = [join(WORKSPACE, 'tools/bootstrap.mjs'), 'tenant', 'create', hash];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`tenant ${hash} could not be created: ${stderr}`);
  }
  const endpoints = await read();
  const copy = join(WORKSPACE, 'tmp/load/endpoints.json');
  await mkdir(join(WORKSPACE, 'tmp/load'), { recursive: true });
  const tenants = endpoints.tenants.filter(({ tenant_hash }) => TENANTS.includes(tenant_hash));
  writeJson(copy, { ...endpoints, tenants });
  return copy;
}

async function onOwnStack<T>(work: (endpoints: string) => Promise<T>): Promise<T> {
  buildServices();
  const dir = join(tmpdir(), `picasso-load-${process.pid}`);
  const stack = await startStack({
    dir,
    tenants: TENANTS,
    sessionizers: 1,
    idleTimeoutMs: 30 * 60_000,
    withQuery: true,
    syncAlways: values['sync-always'],
    env: { REQUESTS_PER_MINUTE: '1000000' },
  });
  console.log(
    `nats-server ${stack.nats.version}, ${describeSync(stack.nats.syncAlways)}, tracing off`,
  );
  try {
    const endpoints = join(dir, 'endpoints.json');
    writeJson(endpoints, await stackEndpoints(stack));
    return await work(endpoints);
  } finally {
    await stack.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

async function main(): Promise<number> {
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  if (values.prepare) {
    console.log(`visits written: ${await prepareVisits()}`);
    return 0;
  }
  const k6 = await findK6((line) => console.log(line));
  console.log(`${describeMachine()}, k6 ${k6.version}`);
  const settings: Omit<LoadSettings, 'endpoints'> = {
    ...LOAD_DEFAULTS,
    k6,
    rate: positive('rate'),
    seconds: 60 * positive('minutes'),
    batchEvents: positive('batch'),
    flushMs: 1_000 * positive('flush'),
    pace: positive('pace'),
    strict: values.strict,
    ...(values.ci ? { ...CI, quiet: true } : {}),
  };
  const against = async (endpoints: string) => runLoad({ ...settings, endpoints });
  const figures =
    values.own || values.ci
      ? await onOwnStack(against)
      : await against(await ownTenants(resolve(values.endpoints ?? localPaths().endpoints)));
  const checks = [...checksOf(figures), ...(values.strict ? strictChecksOf(figures) : [])];
  const failed = checks.filter(([, holds]) => !holds);
  for (const [name] of failed) console.log(`FAILED: ${name}`);
  console.log(`${checks.length - failed.length} passed, ${failed.length} failed`);
  return failed.length === 0 ? 0 : 1;
}

process.exitCode = await main();
