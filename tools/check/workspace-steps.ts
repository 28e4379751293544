/** The steps that `npm run check` and `npm test` have in common. */
import { run } from './run.ts';
import { verdictOf, type Step } from './steps.ts';

/**
 * The part of Nx's output that says why tasks failed: without what passed, and without the summary.
 * All of it when no failed task is named.
 */
export function failedTasks(output: string): string {
  const list = /^Failed tasks:\s+((?:- \S+\s+)+)/m.exec(output)?.[1] ?? '';
  const failed = list.split(/[-\s]*\s/).filter((name) => name !== '');
  const [, ...sections] = output.split(/^(?=> nx run )/m);
  const shown = sections.filter((section) =>
    failed.some((name) => section.startsWith(`> nx run ${name}`)),
  );
  if (shown.length === 0) return output;
  return shown
    .map((section) => section.split(/^\s+NX\s+Running target/m)[0]?.trimEnd())
    .join('\n\n');
}

/** One Nx target over all projects that have it; what did not change comes from Nx's cache. */
export const nxStep = (name: string, ...targets: string[]): Step => ({
  name,
  run: async () => {
    const args = ['run-many', '-t', ...targets, '--output-style=static'];
    const { code, output } = await run('nx', args);
    return verdictOf(code === 0 ? [] : [failedTasks(output)]);
  },
});

export const typesStep: Step = nxStep('types', 'typecheck');
export const lintStep: Step = nxStep('lint', 'lint');
