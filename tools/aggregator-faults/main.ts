/** `npm run aggregator-faults`: the aggregator's commands killed everywhere; bytes are compared. */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { buildServices, WORKSPACE } from '../harness/workspace.ts';

const USAGE = `npm run aggregator-faults -- [options]
  --kills N   at random, after a kill at every point of every command (100)`;

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    help: { type: 'boolean', default: false },
  },
});

function main(): number {
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const kills = Number(values.kills);
  if (!(Number.isInteger(kills) && kills > 0)) throw new Error(USAGE);
  buildServices(['aggregator']);
  const { status } = spawnSync(
    process.execPath,
    [
      ...['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
      ...['node_modules/jest/bin/jest.js', '-c', 'apps/aggregator/jest.config.mjs'],
      ...['--runInBand', 'kills'],
    ],
    {
      cwd: WORKSPACE,
      env: { ...process.env, SUITE: 'e2e', KILLS: String(kills) },
      stdio: 'inherit',
    },
  );
  return status ?? 1;
}

process.exitCode = main();
