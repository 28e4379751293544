/** A command of this repository that ends with `N passed, N failed`, as part of a larger sum. */
import { run } from '../check/run.ts';
import type { Step, Verdict } from '../check/steps.ts';

const LAST_LINE = /^(\d+) passed, (\d+) failed$/;

/**
 * What a command's output amounts to. Without that last line, or with an exit code that contradicts
 * it, the command counts as one failure more.
 */
export function verdictOfOutput(output: string, code: number): Verdict {
  const counts = LAST_LINE.exec(output.trimEnd().split('\n').at(-1)?.trim() ?? '');
  if (!counts) return { passed: 0, failed: 1, details: `no result (exit code ${code})` };
  const passed = Number(counts[1]);
  const failed = Number(counts[2]);
  if (failed === 0 && code !== 0) {
    return { passed, failed: 1, details: `exit code ${code} though nothing failed` };
  }
  if (passed + failed === 0) {
    const skipped = /^skipped: .*$/m.exec(output);
    if (skipped) return { passed, failed, details: skipped[0] };
    return { passed, failed: 1, details: 'nothing was tried' };
  }
  return { passed, failed };
}

/** `npm run <command> -- <args>`, its output passed on while it runs. */
export const suiteStep = (command: string, args: string[] = []): Step => ({
  name: ['npm run', command, ...(args.length > 0 ? ['--', ...args] : [])].join(' '),
  run: async () => {
    console.log(`\n— ${command} ${args.join(' ')}`.trimEnd());
    const bootstrap = ['tools/bootstrap.mjs', command, ...args];
    const { code, output } = await run('node', bootstrap, { live: true });
    return verdictOfOutput(output, code);
  },
});
