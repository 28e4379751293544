/** One kind of spec over all projects, counted from Jest's own results. */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, run } from '../check/run.ts';
import type { Step, Verdict } from '../check/steps.ts';

export type Suite = 'unit' | 'integration' | 'e2e';

/** The part of Jest's `--json` output that is read here. */
export interface JestResults {
  numPassedTests: number;
  numFailedTests: number;
  /** Files that could not be run at all. */
  numRuntimeErrorTestSuites: number;
}

/**
 * Every failed test and every file that could not run count; so does a run without any test, and
 * one that Jest itself called failed for another reason (a threshold, a crash).
 */
export function verdictOfJest(results: JestResults | undefined, exitCode: number): Verdict {
  const passed = results?.numPassedTests ?? 0;
  const failed = (results?.numFailedTests ?? 0) + (results?.numRuntimeErrorTestSuites ?? 0);
  if (failed > 0) return { passed, failed };
  if (!results) return { passed, failed: 1, details: 'Jest left no results' };
  if (passed === 0) return { passed, failed: 1, details: 'no test ran' };
  if (exitCode !== 0) return { passed, failed: 1, details: `Jest ended with code ${exitCode}` };
  return { passed, failed };
}

const TWO_AT_ONCE = '--maxWorkers=2';
const SYSTEMS = 'tools';

/** Jest prints what it does while it does it. */
export const jestStep = (
  name: string,
  suite: Suite,
  args: readonly string[],
  env: Record<string, string> = {},
): Step => ({
  name: `${name} specs`,
  run: async () => {
    const results = join(ROOT, 'tmp/test', `${name}.json`);
    mkdirSync(join(ROOT, 'tmp/test'), { recursive: true });
    rmSync(results, { force: true });
    const { code } = await run(
      'node',
      [
        '--experimental-vm-modules',
        '--disable-warning=ExperimentalWarning',
        'node_modules/jest/bin/jest.js',
        ...args,
        '--json',
        `--outputFile=${results}`,
      ],
      { live: true, env: { SUITE: suite, ...env } },
    );
    const parsed = existsSync(results)
      ? (JSON.parse(readFileSync(results, 'utf8')) as JestResults)
      : undefined;
    return verdictOfJest(parsed, code);
  },
});

export const unitSteps = [jestStep('unit', 'unit', [TWO_AT_ONCE])];
export const integrationSteps = [jestStep('integration', 'integration', [TWO_AT_ONCE])];
/** Services wait much. Whole systems share two cores badly: they run one after the other. */
export const e2eSteps = [
  jestStep('e2e', 'e2e', [TWO_AT_ONCE, '--ignoreProjects', SYSTEMS]),
  jestStep('e2e-systems', 'e2e', ['--runInBand', '--selectProjects', SYSTEMS]),
];
