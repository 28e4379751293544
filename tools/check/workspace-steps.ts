/** The steps that `npm run check` and `npm test` have in common. */
import { run } from './run.ts';
import { verdictOf, type Step } from './steps.ts';

/** One Nx target over all projects that have it; what did not change comes from Nx's cache. */
export const nxStep = (name: string, ...targets: string[]): Step => ({
  name,
  run: async () => {
    const args = ['run-many', '-t', ...targets, '--output-style=static'];
    const { code, output } = await run('nx', args);
    return verdictOf(code === 0 ? [] : [output]);
  },
});

export const typesStep: Step = nxStep('types', 'typecheck');
export const lintStep: Step = nxStep('lint', 'lint');
