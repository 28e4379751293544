/**
 * `npm run check`: what has to hold before anything else is tried. Unit specs come through Nx's
 * cache, which runs those of the projects that a change affects.
 */
import { driftMistakes } from './drift.ts';
import { ROOT, run } from './run.ts';
import { finish, runSteps, verdictOf, type Step } from './steps.ts';
import { tagMistakes, workspaceTags } from './tags.ts';
import { trackedFileMistakes } from './tracked-files.ts';
import { lintStep, nxStep, typesStep } from './workspace-steps.ts';

const format: Step = {
  name: 'format',
  run: async () => {
    const options = ['--check', '--cache', '--no-color', '--log-level=warn'];
    const { code, output } = await run('prettier', [...options, '.']);
    return verdictOf(code === 0 ? [] : [output]);
  },
};

const tags: Step = {
  name: 'project tags',
  run: async () => verdictOf(tagMistakes(await workspaceTags())),
};

const lockFile: Step = {
  name: 'lock file',
  run: async () => {
    const { code, output } = await run('node', ['tools/lockfile.mjs', '--check']);
    return verdictOf(code === 0 ? [] : [output, 'to add it: node tools/lockfile.mjs']);
  },
};

const trackedFiles: Step = {
  name: 'no machine or registry named',
  run: async () => verdictOf(trackedFileMistakes(ROOT)),
};

const generatedFiles: Step = {
  name: 'generated files',
  run: async () => verdictOf(await driftMistakes(ROOT)),
};

finish(
  await runSteps([
    format,
    tags,
    lockFile,
    trackedFiles,
    typesStep,
    lintStep,
    generatedFiles,
    nxStep('unit specs', 'test'),
  ]),
);
