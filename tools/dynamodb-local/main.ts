/**
 * `npm run dynamodb-local`: the specs that use tables, against Amazon's emulator in place of the
 * embedded engine, which lets more pass. Needs Java 17 and Maven, on Linux.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, run } from '../check/run.ts';
import { finish, runSteps } from '../check/steps.ts';
import { buildServices } from '../harness/workspace.ts';
import { jestStep } from '../test/jest-suite.ts';

const HERE = import.meta.dirname;
const FOLDER = join(ROOT, '.local/dynamodb-local');
const LIBRARIES = join(FOLDER, 'lib');
const NATIVE = join(FOLDER, 'native');

async function install(): Promise<void> {
  for (const tool of ['java', 'mvn', 'setpriv'])
    if (spawnSync(tool, ['--version']).status !== 0) throw new Error(`this needs ${tool}`);
  if (existsSync(NATIVE)) return;
  const pom = join(HERE, 'pom.xml');
  const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${LIBRARIES}`];
  const { code, output } = await run('mvn', ['-q', '-B', '-f', pom, ...goal]);
  if (code !== 0) throw new Error(`mvn: ${output}`);
  mkdirSync(NATIVE);
  for (const name of readdirSync(LIBRARIES).filter((file) => /^lib.*\.so$/.test(file)))
    cpSync(join(LIBRARIES, name), join(NATIVE, name));
}

await install();
buildServices();
const env = { TABLES_ENGINE: join(HERE, 'engine.mjs'), DYNAMODB_LOCAL: FOLDER };
const one = ['--runInBand', '--selectProjects'];
finish(
  await runSteps([
    jestStep('integration', 'integration', [...one, 'storage', 'aggregator', 'sessionizer'], env),
    jestStep('e2e', 'e2e', [...one, 'query', 'aggregator', 'ingest'], env),
  ]),
);
