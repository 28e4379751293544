/**
 * `npm run replay`: real conversations through the front door, compared in every field with what
 * they have to amount to.
 */
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startStack, type Stack, type StackTenant } from '../harness/stack.ts';
import { buildServices, WORKSPACE } from '../harness/workspace.ts';
import type { Difference } from './compare.ts';
import { compareCounters } from './counters.ts';
import { readDialogues, someSessions, tenantHashes, type Dialogues } from './dialogues.ts';
import { MODES, replay, type Mode, type ReplayTarget } from './modes.ts';
import { printFailures, printReport } from './report.ts';

const USAGE = `npm run replay -- [options]
  --mode flat,widget,chaos   which replays (all)
  --ci                       every session once, a third of them in each mode
  --sessions N               only the first N sessions (without the sums over all)
  --data DIR                 the dialogues (env DIALOGUES_DIR, else ../shared/data/dialogues)
  --endpoints FILE           replay into a running stack (.local/endpoints.json): start it with
                             --idle, name that time here, too, and have its tenants created
  --idle SECONDS             what stands for the 30-minute rule (4)
  --seed N                   repeats a chaos
  --skip-build               run the services as they were built last
  --keep                     leave the stack's data and logs in place`;

interface Settings {
  modes: Mode[];
  idleTimeoutMs: number;
  seed: number;
  /** Every session in one mode only. */
  shared: boolean;
  keep: boolean;
}

interface Tally {
  passed: number;
  failed: number;
}

const dialoguesFor = (mode: Mode, dialogues: Dialogues, { shared, modes }: Settings): Dialogues =>
  shared ? someSessions(dialogues, (_, i) => i % modes.length === modes.indexOf(mode)) : dialogues;

const replayModes = async (
  target: ReplayTarget,
  dialogues: Dialogues,
  settings: Settings,
): Promise<Tally> => {
  const tally: Tally = { passed: 0, failed: 0 };
  const run = Date.now().toString(36);
  for (const mode of settings.modes) {
    const chosen = dialoguesFor(mode, dialogues, settings);
    const report = await replay(target, chosen, mode, run, settings.seed);
    printReport(report);
    tally.failed += report.failures.size;
    tally.passed += report.checks - report.failures.size;
  }
  return tally;
};

interface Endpoints {
  ingest_url: string;
  query_url: string;
  tenants: StackTenant[];
  tokens: Record<string, { admin: string }>;
}

const replayIntoRunning = async (
  file: string,
  dialogues: Dialogues,
  settings: Settings,
): Promise<Tally> => {
  const endpoints = JSON.parse(await readFile(file, 'utf8')) as Endpoints;
  for (const tenant of tenantHashes(dialogues)) {
    if (!endpoints.tenants.some((each) => each.tenant_hash === tenant)) {
      throw new Error(`tenant ${tenant} is not there: npm run tenant -- create ${tenant}`);
    }
  }
  const target: ReplayTarget = {
    ingestUrl: endpoints.ingest_url,
    queryUrl: endpoints.query_url,
    tenants: endpoints.tenants,
    token: (tenantHash) => Promise.resolve(endpoints.tokens[tenantHash]?.admin ?? ''),
    idleTimeoutMs: settings.idleTimeoutMs,
  };
  return replayModes(target, dialogues, settings);
};

const checkCounters = async (
  { tables }: Stack,
  dialogues: Dialogues,
  settings: Settings,
): Promise<Tally> => {
  const replayed = settings.modes.flatMap((mode) =>
    dialoguesFor(mode, dialogues, settings).sessions.flatMap(
      ({ session_id }) => dialogues.expected.get(session_id) ?? [],
    ),
  );
  const tenants = tenantHashes(dialogues);
  const failures = new Map<string, Difference[]>();
  for (const tenant of tenants) {
    const differences = await compareCounters(tables, tenant, replayed);
    if (differences.length > 0) failures.set(`item counters of ${tenant}`, differences);
  }
  const passed = tenants.length - failures.size;
  console.log(`item counters: ${passed} of ${tenants.length} tenants exact`);
  printFailures(failures);
  return { passed, failed: failures.size };
};

const replayIntoOwn = async (dialogues: Dialogues, settings: Settings): Promise<Tally> => {
  const dir = join(tmpdir(), `picasso-replay-${process.pid}`);
  const stack = await startStack({
    dir,
    tenants: tenantHashes(dialogues),
    sessionizers: 2,
    idleTimeoutMs: settings.idleTimeoutMs,
    withQuery: true,
  });
  try {
    const target: ReplayTarget = {
      ingestUrl: stack.ingest.url,
      queryUrl: stack.query.url,
      tenants: stack.tenants,
      token: (tenantHash) => stack.token(tenantHash),
      idleTimeoutMs: settings.idleTimeoutMs,
    };
    const sessions = await replayModes(target, dialogues, settings);
    const counters = await checkCounters(stack, dialogues, settings);
    return {
      passed: sessions.passed + counters.passed,
      failed: sessions.failed + counters.failed,
    };
  } finally {
    await stack.stop();
    if (settings.keep) console.log(`data and logs: ${dir}`);
    else await rm(dir, { recursive: true, force: true });
  }
};

const main = async (): Promise<number> => {
  const { values } = parseArgs({
    options: {
      mode: { type: 'string', default: MODES.join(',') },
      ci: { type: 'boolean', default: false },
      sessions: { type: 'string' },
      data: { type: 'string' },
      endpoints: { type: 'string' },
      idle: { type: 'string', default: '4' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      'skip-build': { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const modes = values.mode.split(',') as Mode[];
  const unknown = modes.find((mode) => !MODES.includes(mode));
  if (unknown !== undefined) throw new Error(`unknown mode ${unknown}\n${USAGE}`);
  const settings: Settings = {
    modes,
    idleTimeoutMs: Number(values.idle) * 1_000,
    seed: Number(values.seed),
    shared: values.ci,
    keep: values.keep,
  };
  const dir = resolve(
    values.data ?? process.env['DIALOGUES_DIR'] ?? join(WORKSPACE, '../shared/data/dialogues'),
  );
  const all = await readDialogues(dir);
  if (!all) {
    console.log(`skipped: no dialogues at ${dir}\n0 passed, 0 failed`);
    return 0;
  }
  const count = Number(values.sessions ?? all.sessions.length);
  const dialogues = someSessions(all, (_, i) => i < count);
  console.log(
    `replaying ${dialogues.sessions.length} sessions${values.ci ? ', each once' : ''}: ` +
      `${modes.join(', ')} (seed ${settings.seed})`,
  );
  if (!values.endpoints && !values['skip-build']) buildServices();
  const { passed, failed } = values.endpoints
    ? await replayIntoRunning(resolve(values.endpoints), dialogues, settings)
    : await replayIntoOwn(dialogues, settings);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
};

process.exitCode = await main();
