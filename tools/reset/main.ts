/** `npm run reset`: ends what runs and forgets all local data, keys and logs. */
import { existsSync, rmSync } from 'node:fs';
import { localPaths } from '../local/paths.ts';
import { endRun, readRun } from '../local/run-record.ts';

const paths = localPaths();
const run = readRun(paths.run);
if (run) await endRun(run);
// Only what is ours: the directory may be one that somebody chose.
const { data, logs, demo, endpoints, secrets, run: record } = paths;
const ours = [data, logs, demo, endpoints, secrets, record].filter((path) => existsSync(path));
for (const path of ours) rmSync(path, { recursive: true, force: true });
console.log(
  ours.length > 0 ? `Forgot everything in ${paths.dir}.` : 'There was nothing to forget.',
);
