/** `npm run faults`: attacks the pipeline with real processes and checks what it had promised. */
import { parseArgs } from 'node:util';
import { buildServices } from '../harness/workspace.ts';
import { INVARIANT_NAMES } from './invariants.ts';
import { runScenario, type RunReport } from './run.ts';
import {
  CI_KILLS,
  ciScenarios,
  FULL_KILLS,
  fullScenarios,
  plantedBugs,
  type Scenario,
} from './scenarios.ts';

const USAGE = `npm run faults -- [options]
  --ci               five kills per process and crash point instead of fifty
  --prove            run with deliberate bugs instead: passes only when the checks catch them
  --scenario a,b     only these (see --list)
  --list             names of all scenarios
  --kills N          that many kills per process and crash point
  --rate N           events per second (434)
  --seed N           repeats the random choices of a run
  --skip-build       run the services as they were built last
  --keep             leave data, logs and the ledger of acknowledgements in place`;

const SHOWN_VIOLATIONS = 5;

interface Settings {
  eventsPerSecond: number;
  seed: number;
  keep: boolean;
  ledgerWithinMs: number;
}

const percentile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) * share)] ?? 0;

const printReport = (report: RunReport): void => {
  const kills = Object.entries(report.kills).map(([what, times]) => `${times}× ${what}`);
  const { recoveriesMs: ms } = report;
  console.log(`${report.scenario} (${report.seconds.toFixed(0)} s)`);
  if (kills.length > 0) console.log(`  killed: ${kills.join(', ')}`);
  if (ms.length > 0) {
    console.log(
      `  ready again after: median ${percentile(ms, 0.5)} ms, slowest ${percentile(ms, 1)} ms`,
    );
  }
  if (report.mistreatedCalls > 0) console.log(`  table calls disturbed: ${report.mistreatedCalls}`);
  console.log(
    `  events: ${report.acknowledged} acknowledged, ${report.stored} stored, ${report.duplicates} duplicates, ` +
      `${report.deadLetters} dead-lettered; ${report.retriedRequests} requests repeated; ` +
      `drained ${report.drainMs ?? '∞'} ms after the load`,
  );
  for (const { name, violations } of report.verdicts) {
    if (violations.length === 0) continue;
    console.log(`  FAILED: ${name} (${violations.length})`);
    for (const violation of violations.slice(0, SHOWN_VIOLATIONS)) console.log(`    ${violation}`);
  }
};

interface Tally {
  passed: number;
  failed: number;
}

/** A scenario that could not be run to its end fails every check. */
const runAll = async (scenarios: readonly Scenario[], settings: Settings): Promise<Tally> => {
  const tally: Tally = { passed: 0, failed: 0 };
  for (const scenario of scenarios) {
    try {
      const report = await runScenario({ scenario, ...settings });
      printReport(report);
      const failed = report.verdicts.filter(({ violations }) => violations.length > 0);
      tally.failed += failed.length;
      tally.passed += report.verdicts.length - failed.length;
      if (settings.keep) console.log(`  data and logs: ${report.dir}`);
    } catch (error) {
      console.log(
        `${scenario.name}\n  FAILED: ${error instanceof Error ? error.stack : String(error)}`,
      );
      tally.failed += INVARIANT_NAMES.length;
    }
  }
  return tally;
};

/**
 * Two points per bug: under the same attack the sessionizer passes every check as it is, and fails
 * the one that is named when it is wrong on purpose.
 */
const prove = async (settings: Settings): Promise<Tally> => {
  const tally: Tally = { passed: 0, failed: 0 };
  const note = (passed: boolean, line: string): void => {
    tally[passed ? 'passed' : 'failed'] += 1;
    console.log(line);
  };
  for (const { bug, scenario, caughtBy } of plantedBugs()) {
    const sound = await runScenario({ scenario, ...settings });
    const holds = sound.verdicts.every(({ violations }) => violations.length === 0);
    if (!holds) printReport(sound);
    note(holds, `${bug}: without it, ${scenario.name} ${holds ? 'passes' : 'FAILS'}`);

    const wrong = await runScenario({ scenario, ...settings, plantedBug: bug });
    const violations = wrong.verdicts.find(({ name }) => name === caughtBy)?.violations ?? [];
    const caught = violations.length > 0;
    note(
      caught,
      `${bug}: ${caught ? 'caught' : 'NOT CAUGHT'} by "${caughtBy}"` +
        (caught ? ` (${violations.length}, e.g. ${violations[0]})` : ''),
    );
  }
  return tally;
};

const main = async (): Promise<number> => {
  const { values } = parseArgs({
    options: {
      ci: { type: 'boolean', default: false },
      prove: { type: 'boolean', default: false },
      scenario: { type: 'string' },
      list: { type: 'boolean', default: false },
      kills: { type: 'string' },
      rate: { type: 'string', default: '434' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      keep: { type: 'boolean', default: false },
      'skip-build': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const kills = Number(values.kills ?? (values.ci ? CI_KILLS : FULL_KILLS));
  const all = values.ci ? ciScenarios(kills) : fullScenarios(kills);
  if (values.list) {
    console.log(all.map(({ name }) => name).join('\n'));
    return 0;
  }
  const chosen = values.scenario?.split(',');
  const unknown = chosen?.find((name) => !all.some((scenario) => scenario.name === name));
  if (unknown !== undefined) throw new Error(`unknown scenario ${unknown}\n${USAGE}`);
  const scenarios = all.filter(({ name }) => !chosen || chosen.includes(name));
  const settings = {
    eventsPerSecond: Number(values.rate),
    seed: Number(values.seed),
    keep: values.keep,
    ledgerWithinMs: values.ci || values.prove ? 5_000 : 90_000,
  };
  console.log(
    `${settings.eventsPerSecond} events/s, seed ${settings.seed}; kill -9, not power loss: ` +
      'nats-server runs without sync_interval: always',
  );
  if (!values['skip-build']) buildServices();
  const { passed, failed } = values.prove
    ? await prove(settings)
    : await runAll(scenarios, settings);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
};

process.exitCode = await main();
