/**
 * `npm test`: types, lint, and every spec: unit, integration (real engines) and end to end (built
 * services). `npm test -- unit integration` runs only the parts named.
 *
 * The last line is `N passed, N failed`: tests as Jest counts them, one for each other part.
 */
import { finish, runSteps, type Step } from '../check/steps.ts';
import { lintStep, nxStep, typesStep } from '../check/workspace-steps.ts';
import { e2eSteps, integrationSteps, unitSteps } from './jest-suite.ts';

const PARTS: Record<string, Step[]> = {
  types: [typesStep],
  lint: [lintStep],
  unit: unitSteps,
  integration: integrationSteps,
  e2e: [nxStep('build', 'build'), ...e2eSteps],
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !Object.hasOwn(PARTS, name));
if (unknown.length > 0) {
  console.error(`no such part: ${unknown.join(', ')}; there are ${Object.keys(PARTS).join(', ')}`);
  process.exit(2);
}
const chosen = Object.entries(PARTS).filter(
  ([name]) => wanted.length === 0 || wanted.includes(name),
);
finish(await runSteps(chosen.flatMap(([, steps]) => steps)));
