/** `npm stop`: ends what `npm start` started here, wherever that runs. The data stays. */
import { rmSync } from 'node:fs';
import { localPaths } from '../local/paths.ts';
import { endRun, isUp, readRun } from '../local/run-record.ts';

const paths = localPaths();
const run = readRun(paths.run);
if (!run) {
  console.log('Nothing is running.');
} else {
  const wasUp = isUp(run);
  const left = await endRun(run);
  rmSync(paths.run, { force: true });
  rmSync(paths.endpoints, { force: true });
  if (left.length > 0) console.log(`Ended what a killed run had left behind: ${left.join(', ')}.`);
  else console.log(wasUp ? 'Everything has ended.' : 'Nothing was running any more.');
}
