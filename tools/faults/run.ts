/** One scenario from start to verdicts: stack, load, attacks, drain, checks. */
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LedgerStore } from '@picasso/storage';
import { createRandom } from '../harness/random.ts';
import { startStack, type Stack } from '../harness/stack.ts';
import type { AttackReport } from './attacks.ts';
import {
  lastSequence,
  readDurableState,
  scan,
  unprocessed,
  type DurableState,
} from './durable-state.ts';
import { checkInvariants, DRAIN_LIMIT_MS, type Verdict } from './invariants.ts';
import { Ledger } from './ledger.ts';
import { startLoad } from './load.ts';
import type { Scenario } from './scenarios.ts';
import { startTableProxy, type TableProxy } from './table-proxy.ts';

export interface RunOptions {
  scenario: Scenario;
  eventsPerSecond: number;
  seed: number;
  /** One of the sessionizer's deliberate bugs. */
  plantedBug?: string;
  /** Leave data and logs in place. */
  keep: boolean;
  /** How long the sessionizer's own ledger may take to catch up: a killed owner's lease has to end. */
  ledgerWithinMs: number;
}

export interface RunReport {
  scenario: string;
  dir: string;
  seconds: number;
  kills: Record<string, number>;
  recoveriesMs: number[];
  mistreatedCalls: number;
  acknowledged: number;
  stored: number;
  duplicates: number;
  deadLetters: number;
  retriedRequests: number;
  drainMs: number | null;
  verdicts: Verdict[];
}

const TENANTS = ['tn_north', 'tn_south', 'tn_west'];
const REPLICAS = 2;
/** Short, so that silent sessions end within a scenario; long against a killed process's absence. */
const IDLE_TIMEOUT_MS = 4_000;
const POLL_MS = 250;
/** After an outage the clients still hold what they could not deliver. */
const ANSWERS_WITHIN_MS = 60_000;

/** Milliseconds until the sessionizer had acknowledged everything; null: it did not in twice the limit. */
const drained = async (natsUrl: string): Promise<number | null> => {
  const started = Date.now();
  while (Date.now() - started < 2 * DRAIN_LIMIT_MS) {
    if ((await unprocessed(natsUrl).catch(() => 1)) === 0) return Date.now() - started;
    await sleep(POLL_MS);
  }
  return null;
};

/** The idle rule and its sweep take their time; whatever is still open after this is a finding. */
const everythingClosed = async ({ tables }: Stack): Promise<void> => {
  const deadline = Date.now() + 3 * IDLE_TIMEOUT_MS + 30_000;
  while (Date.now() < deadline) {
    const rows = await scan(tables, tables.names.sessionSummaries);
    if (rows.every(({ status }) => status === 'final')) return;
    await sleep(4 * POLL_MS);
  }
};

/** The ledger follows at its own pace; checks that need all of it are skipped if it is not there. */
const ledgerCaughtUp = async (
  { tables }: Stack,
  lastSeq: number,
  withinMs: number,
): Promise<void> => {
  const ledger = new LedgerStore(tables);
  const deadline = Date.now() + withinMs;
  while (Date.now() < deadline && (await ledger.position()) < lastSeq) await sleep(2 * POLL_MS);
};

const duplicatesIn = ({ messages, rows }: DurableState): number =>
  messages.reduce((sum, { events }) => sum + events.length, 0) - rows.length;

export const runScenario = async (options: RunOptions): Promise<RunReport> => {
  const { scenario, eventsPerSecond, seed, plantedBug } = options;
  const dir = join(tmpdir(), `picasso-faults-${process.pid}-${scenario.name}`);
  const random = createRandom(seed);
  const started = Date.now();
  let proxy: TableProxy | undefined;
  const stack = await startStack({
    dir,
    tenants: TENANTS,
    sessionizers: REPLICAS,
    idleTimeoutMs: IDLE_TIMEOUT_MS,
    withQuery: false,
    throughProxy: async (url) => (proxy = await startTableProxy(url)).url,
    sessionizerEnv: {
      LEDGER_INTERVAL_MS: '1000',
      ...(plantedBug !== undefined && { PLANTED_BUG: plantedBug }),
    },
  });
  const ledger = new Ledger(join(dir, 'ledger.log'));
  try {
    if (!proxy) throw new Error('the stack was started without the proxy');
    const load = startLoad({
      ingestUrl: stack.ingest.url,
      tenants: stack.tenants,
      ledger,
      random,
      eventsPerSecond,
    });
    const scene = { stack, proxy, random, ledger };
    let reports: AttackReport[];
    try {
      reports = await Promise.all(scenario.attacks.map((attack) => attack(scene)));
    } finally {
      proxy.misbehave(undefined);
      await load.finish(ANSWERS_WITHIN_MS);
    }
    const drainMs = await drained(stack.natsUrl);
    await everythingClosed(stack);
    await ledgerCaughtUp(stack, await lastSequence(stack.natsUrl), options.ledgerWithinMs);
    const state = await readDurableState(stack.natsUrl, stack.tables);
    return {
      scenario: scenario.name,
      dir,
      seconds: (Date.now() - started) / 1_000,
      kills: Object.assign({}, ...reports.map(({ kills }) => kills)) as Record<string, number>,
      recoveriesMs: reports.flatMap((each) => each.recoveriesMs),
      mistreatedCalls: proxy.mistreated(),
      acknowledged: ledger.acknowledged.size,
      stored: state.rows.length,
      duplicates: duplicatesIn(state),
      deadLetters: state.letters.length,
      retriedRequests: ledger.retries,
      drainMs,
      verdicts: checkInvariants({ promised: ledger, state, drainMs }),
    };
  } finally {
    await stack.stop();
    await proxy?.close();
    await ledger.close();
    if (!options.keep) await rm(dir, { recursive: true, force: true });
  }
};
