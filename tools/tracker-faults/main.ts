/** `npm run tracker-faults`: the browser SDK in real browsers, against the real ingest. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { describeMachine } from '../bench/machine.ts';
import { buildServices, WORKSPACE } from '../harness/workspace.ts';
import { launchBrowser } from './browser.ts';
import { killBrowser } from './browser-kill.ts';
import { measureCost, type Cost } from './cost.ts';
import { playRandomVisits, type RandomVisitsReport } from './random-visits.ts';
import type { Repeats } from './repeats.ts';
import { SABOTAGES } from './sabotage.ts';
import { startGrounds, type Grounds } from './stack.ts';
import { playTwoTabs } from './two-tabs.ts';

const USAGE = `npm run tracker-faults -- [options]
  --runs N       visits at random (300)
  --within N     begins none of them after so many minutes (120)
  --minutes N    of two tabs and a duplicated one (10)
  --kills N      of the whole browser, to measure what that loses (5)
  --only a,b     of: visits, tabs, kills, cost
  --parallel N   visits at a time (3)
  --seed N       repeats the random choices
  --prove        break the SDK on purpose: passes only when the checks notice
  --skip-build   use what was built last`;

const SHOWN = 20;
/** What `track()` may take, in bare writes of the same run, where those are slow. */
const WRITES = 3;
/** Browsers write local storage to disk at longer and longer intervals. */
const KILL_STEP_MS = 20_000;
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '300' },
    within: { type: 'string', default: '120' },
    minutes: { type: 'string', default: '10' },
    kills: { type: 'string', default: '5' },
    only: { type: 'string', default: 'visits,tabs,kills,cost' },
    parallel: { type: 'string', default: '3' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    prove: { type: 'boolean', default: false },
    'skip-build': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const counts = (what: Record<string, number>): string =>
  Object.entries(what)
    .map(([name, times]) => `${times}× ${name}`)
    .join(', ');

const printRepeats = ({ unanswered, inherited, vanished, mistakes }: Repeats): void =>
  console.log(
    `  events sent again: ${unanswered} after a failure, ${inherited} of pages that left before ` +
      `the answer, ${vanished.length} of pages that were not heard of again (offline or killed), ` +
      `${mistakes.length} without a reason`,
  );

const printVisits = ({ runs, check, left, attacks, done, ...rest }: RandomVisitsReport): void => {
  console.log(
    `  ${runs} visits: ${check.promised} events promised in ${check.sessions} sessions, ${check.stored} stored, ` +
      `${left} still in a buffer, ${check.lost.length} lost`,
  );
  console.log(`  visitors: ${counts(done)}`);
  console.log(`  server: ${counts(attacks)}`);
  printRepeats(rest.repeats);
  console.log(`  largest body ${rest.largestBody} bytes`);
};

const line = ({ p50, p95, p99, max }: Cost): string =>
  [p50, p95, p99, max].map((ms) => ms.toFixed(3)).join(' / ');

/** Each part answers with its mistakes. */
const parts: Record<string, (grounds: Grounds) => Promise<string[]>> = {
  visits: async (grounds) => {
    const browser = await launchBrowser();
    const runs = Number(values.runs);
    console.log(`${runs} visits at random`);
    const report = await playRandomVisits(grounds, browser, {
      runs,
      parallel: Number(values.parallel),
      actions: 25,
      seed: Number(values.seed),
      signal: AbortSignal.timeout(Number(values.within) * 60_000),
      progress: (done) => {
        if (done % 25 === 0) console.log(`  ${done} of ${runs}`);
      },
    });
    await browser.close();
    printVisits(report);
    return report.mistakes;
  },
  tabs: async (grounds) => {
    const browser = await launchBrowser();
    const minutes = Number(values.minutes);
    console.log(`two tabs and a duplicated one, ${minutes} minutes`);
    const options = { minutes, seed: Number(values.seed) };
    const { check, mistakes, requests, repeats } = await playTwoTabs(grounds, browser, options);
    await browser.close();
    console.log(
      `  ${check.promised} events in ${check.sessions} sessions, ${requests} requests, ` +
        `${check.gaps.length} gaps, ${check.shared.length} shared numbers`,
    );
    printRepeats(repeats);
    return mistakes;
  },
  kills: async (grounds) => {
    console.log('kill -9 of the whole browser, with the server out of reach');
    for (let i = 1; i <= Number(values.kills); i += 1) {
      const actingMs = KILL_STEP_MS * i;
      const { promised, lost, oldestLostMs } = await killBrowser(grounds, actingMs);
      console.log(
        `  after ${actingMs / 1_000} s ${lost} of ${promised} events lost, the oldest of them ` +
          `${oldestLostMs} ms old (not a failure: the browser had not written them to disk)`,
      );
    }
    return [];
  },
  cost: async ({ site }) => {
    const browser = await launchBrowser();
    const { track, bareWrite, bareCalls, calls } = await measureCost(browser, site);
    await browser.close();
    console.log(`track(), ${calls} calls, p50 / p95 / p99 / max in ms: ${line(track)}`);
    console.log(`  one bare write to local storage: ${line(bareWrite)}`);
    console.log(`  the browser's calls for an event, without the SDK: ${line(bareCalls)}`);
    // Waking the process that owns the storage takes what it takes on this machine.
    const most = Math.max(0.2, WRITES * bareWrite.p99);
    return track.p99 < most ? [] : [`track() p99 is ${track.p99} ms, above ${most} ms`];
  },
};

const prove = async (): Promise<{ passed: number; failed: number }> => {
  const tally = { passed: 0, failed: 0 };
  for (const sabotage of SABOTAGES) {
    // Grounds of its own: the journeys of one must not excuse another.
    const grounds = await startGrounds();
    const browser = await launchBrowser();
    const { mistakes } = await playRandomVisits(grounds, browser, {
      runs: 12,
      parallel: Number(values.parallel),
      actions: 25,
      seed: Number(values.seed),
      sabotage,
    });
    await browser.close();
    await grounds.stop();
    const caught = mistakes.filter((mistake) => sabotage.caughtAs.test(mistake));
    tally[caught.length > 0 ? 'passed' : 'failed'] += 1;
    console.log(
      `${sabotage.name}: ${caught.length > 0 ? 'noticed' : 'NOT NOTICED'} (${caught[0]})`,
    );
  }
  return tally;
};

const run = async (): Promise<{ passed: number; failed: number }> => {
  const tally = { passed: 0, failed: 0 };
  const grounds = await startGrounds();
  try {
    for (const name of values.only.split(',')) {
      const part = parts[name];
      if (!part) throw new Error(`there is no part ${name}\n${USAGE}`);
      const mistakes = await part(grounds);
      tally[mistakes.length === 0 ? 'passed' : 'failed'] += 1;
      for (const mistake of mistakes.slice(0, SHOWN)) console.log(`  FAILED: ${mistake}`);
    }
  } finally {
    await grounds.stop();
  }
  return tally;
};

const main = async (): Promise<number> => {
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  console.log(`${describeMachine()}, seed ${values.seed}`);
  if (!values['skip-build']) {
    buildServices();
    const built = spawnSync(process.execPath, [join(WORKSPACE, 'libs/tracker/build.mjs')], {
      stdio: 'inherit',
    });
    if (built.status !== 0) throw new Error('the SDK does not build');
  }
  const { passed, failed } = values.prove ? await prove() : await run();
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
};

process.exitCode = await main();
