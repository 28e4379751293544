import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The repository's root. */
export const WORKSPACE = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** The services without the console. */
export const SERVICES: readonly string[] = ['ingest', 'sessionizer', 'query', 'aggregator'];

export const bundleOf = (app: string): string => join(WORKSPACE, 'dist/apps', app, 'main.js');

/** Arguments with which Node runs a built service. */
export const runBundle = (app: string): string[] => [
  '--import',
  pathToFileURL(join(WORKSPACE, 'tools/harness/source-maps.mjs')).href,
  bundleOf(app),
];

/** Builds what the harnesses run; nothing to do when it is up to date. */
export const buildServices = (projects: readonly string[] = [...SERVICES, 'admin']): void => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      join(WORKSPACE, 'node_modules/nx/dist/bin/nx.js'),
      'run-many',
      '-t',
      'build',
      '-p',
      projects.join(','),
    ],
    {
      cwd: WORKSPACE,
      env: { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false' },
      encoding: 'utf8',
    },
  );
  if (status !== 0) throw new Error(`the services do not build:\n${stdout}\n${stderr}`);
};
