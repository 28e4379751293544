/** Everything that CI runs after the installation, summed up. See `.ci/run`. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../check/run.ts';
import { finish, runSteps } from '../check/steps.ts';
import { suiteStep } from './suite.ts';

const SUITES: [command: string, ...args: string[]][] = [
  ['check'],
  ['test'],
  ['replay', '--ci'],
  ['fuzz', '--ci'],
  ['faults', '--ci'],
  ['load', '--ci'],
];

const present = SUITES.filter(([command]) => existsSync(join(ROOT, 'tools', command, 'main.ts')));
finish(await runSteps(present.map(([command, ...args]) => suiteStep(command, args))));
