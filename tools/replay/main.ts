/**
 * `npm run replay`: real conversations through the front door, compared in every field with what
 * they have to amount to.
 */
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startStack, type StackTenant } from '../harness/stack.ts';
import { buildServices, WORKSPACE } from '../harness/workspace.ts';
import type { Difference } from './compare.ts';
import { compareCounters } from './counters.ts';
import { firstSessions, readDialogues, tenantHashes, type Dialogues } from './dialogues.ts';
import { MODES, replay, type Mode, type ModeReport, type ReplayTarget } from './modes.ts';

const USAGE = `npm run replay -- [options]
  --mode flat,widget,chaos   which replays (all)
  --sessions N               only the first N sessions (all; without tenant sums and counters)
  --data DIR                 the dialogues (env DIALOGUES_DIR, else ../shared/data/dialogues)
  --endpoints FILE           replay into a running stack (.local/endpoints.json); start it with
                             --idle and have its tenants created
  --idle SECONDS             what stands there, or here, for the 30-minute rule (4)
  --seed N                   repeats a chaos
  --ci                       one stack for everything and nothing printed but results
  --skip-build               run the services as they were built last
  --keep                     leave the stack's data and logs in place`;

const SHOWN_FAILURES = 10;

interface Endpoints {
  ingest_url: string;
  query_url: string;
  tenants: StackTenant[];
  tokens: Record<string, { admin: string }>;
}

const runningTarget = async (
  file: string,
  dialogues: Dialogues,
  idleTimeoutMs: number,
): Promise<ReplayTarget> => {
  const endpoints = JSON.parse(await readFile(file, 'utf8')) as Endpoints;
  for (const tenant of tenantHashes(dialogues)) {
    if (!endpoints.tenants.some((each) => each.tenant_hash === tenant)) {
      throw new Error(`tenant ${tenant} is not there: npm run tenant -- create ${tenant}`);
    }
  }
  return {
    ingestUrl: endpoints.ingest_url,
    queryUrl: endpoints.query_url,
    tenants: endpoints.tenants,
    token: async (tenantHash) => endpoints.tokens[tenantHash]?.admin ?? '',
    idleTimeoutMs,
  };
};

const printFailures = (failures: Map<string, Difference[]>): void => {
  for (const [what, differences] of [...failures].slice(0, SHOWN_FAILURES)) {
    console.log(`  ${what}`);
    for (const { field, expected, actual } of differences.slice(0, SHOWN_FAILURES)) {
      console.log(
        `    ${field}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`,
      );
    }
  }
  if (failures.size > SHOWN_FAILURES) console.log(`  … and ${failures.size - SHOWN_FAILURES} more`);
};

const printReport = ({
  mode,
  sessions,
  events,
  sendSeconds,
  seconds,
  failures,
}: ModeReport): void => {
  const unequal = [...failures.keys()].filter((what) => what.startsWith('sess_')).length;
  console.log(
    `${mode}: ${sessions - unequal} of ${sessions} sessions equal in every field ` +
      `(${events} events sent in ${sendSeconds.toFixed(1)} s, settled after ${seconds.toFixed(1)} s)`,
  );
  printFailures(failures);
};

const main = async (): Promise<number> => {
  const { values } = parseArgs({
    options: {
      mode: { type: 'string', default: MODES.join(',') },
      sessions: { type: 'string' },
      data: { type: 'string' },
      endpoints: { type: 'string' },
      idle: { type: 'string', default: '4' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      keep: { type: 'boolean', default: false },
      ci: { type: 'boolean', default: false },
      'skip-build': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const dir = resolve(
    values.data ?? process.env['DIALOGUES_DIR'] ?? join(WORKSPACE, '../shared/data/dialogues'),
  );
  const all = await readDialogues(dir);
  if (!all) {
    console.log(`skipped: no dialogues at ${dir}\n0 passed, 0 failed`);
    return 0;
  }
  const modes = values.mode.split(',') as Mode[];
  const unknown = modes.find((mode) => !MODES.includes(mode));
  if (unknown !== undefined) throw new Error(`unknown mode ${unknown}\n${USAGE}`);
  const dialogues = values.sessions ? firstSessions(all, Number(values.sessions)) : all;
  const idleTimeoutMs = Number(values.idle) * 1_000;
  const seed = Number(values.seed);
  const run = Date.now().toString(36);
  console.log(
    `replaying ${dialogues.sessions.length} sessions: ${modes.join(', ')} (seed ${seed})`,
  );

  const reports: ModeReport[] = [];
  const replayAll = async (target: ReplayTarget): Promise<void> => {
    for (const mode of modes) {
      const report = await replay(target, dialogues, mode, run, seed);
      printReport(report);
      reports.push(report);
    }
  };
  let counterFailures = new Map<string, Difference[]>();
  let counterChecks = 0;
  if (values.endpoints) {
    await replayAll(await runningTarget(resolve(values.endpoints), dialogues, idleTimeoutMs));
  } else {
    if (!values['skip-build']) buildServices();
    const stackDir = join(tmpdir(), `picasso-replay-${process.pid}`);
    const stack = await startStack({
      dir: stackDir,
      tenants: tenantHashes(dialogues),
      sessionizers: 2,
      idleTimeoutMs,
      withQuery: true,
    });
    try {
      await replayAll({
        ingestUrl: stack.ingest.url,
        queryUrl: stack.query.url,
        tenants: stack.tenants,
        token: (tenantHash) => stack.token(tenantHash),
        idleTimeoutMs,
      });
      counterFailures = await compareCounters(stack.tables, dialogues, modes.length);
      counterChecks = dialogues.tenants.size;
      if (counterChecks > 0) {
        console.log(
          `item counters: ${counterChecks - counterFailures.size} of ${counterChecks} tenants exact`,
        );
        printFailures(counterFailures);
      }
    } finally {
      await stack.stop();
      if (values.keep) console.log(`data and logs: ${stackDir}`);
      else await rm(stackDir, { recursive: true, force: true });
    }
  }
  const failed = reports.reduce((sum, each) => sum + each.failures.size, counterFailures.size);
  const checks = reports.reduce((sum, each) => sum + each.checks, counterChecks);
  console.log(`${checks - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
};

process.exitCode = await main();
