/**
 * versitygw: a second S3 server on files. Unlike fauxqs it honours conditional writes and verifies
 * checksums, so it is what the archive is proven against. It has no lifecycles, and takes storage
 * classes without keeping them.
 */
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { constants } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { LOOPBACK, onPort, spawnChild, waitUntilReady, type Engine } from './engine-process.ts';
import { cacheDir } from './nats-binary.ts';

const PINNED = 'v1.8.0';
const MODULE = `github.com/versity/versitygw/cmd/versitygw@${PINNED}`;
const BUILD_MS = 10 * 60_000;

/** What it accepts; real ones are long and secret. */
export const VERSITYGW_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local-secret' };

export interface VersitygwOptions {
  /** Every folder in it is a bucket; the file system has to know extended attributes. */
  dir: string;
  port?: number | undefined;
  logFile?: string | undefined;
}

const executable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );

/** On the PATH, else from the cache, else built with Go; undefined where none of that works. */
async function findVersitygw(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  for (const folder of (env['PATH'] ?? '').split(':').filter(Boolean)) {
    const path = join(folder, 'versitygw');
    if (await executable(path)) return path;
  }
  const target = join(cacheDir(env), 'versitygw', `versitygw-${PINNED}`);
  if (await executable(target)) return target;
  await mkdir(dirname(target), { recursive: true });
  const scratch = await mkdtemp(join(dirname(target), '.new-'));
  try {
    await promisify(execFile)('go', ['install', '-trimpath', '-ldflags=-s -w', MODULE], {
      env: { ...env, GOBIN: scratch, CGO_ENABLED: '0', GOTOOLCHAIN: 'auto' },
      timeout: BUILD_MS,
    });
    // Renaming is atomic: of two that build at once, either's binary is the one.
    await rename(join(scratch, 'versitygw'), target);
    return target;
  } catch {
    return undefined;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function start(command: string, options: VersitygwOptions, port: number): Promise<Engine> {
  mkdirSync(options.dir, { recursive: true });
  const child = await spawnChild({
    command,
    args: ['--port', `${LOOPBACK}:${port}`, '--quiet', '--keep-alive', 'posix', options.dir],
    env: {
      ...process.env,
      ROOT_ACCESS_KEY_ID: VERSITYGW_CREDENTIALS.accessKeyId,
      ROOT_SECRET_ACCESS_KEY: VERSITYGW_CREDENTIALS.secretAccessKey,
    },
    logFile: options.logFile,
  });
  const url = `http://${LOOPBACK}:${port}`;
  await waitUntilReady('versitygw', child, async () => {
    const answer = await fetch(url, { signal: AbortSignal.timeout(1_000) });
    await answer.arrayBuffer();
    return true;
  });
  const { pid, exited, stop, kill } = child;
  return { url, port, pid, exited, stop, kill };
}

/**
 * @returns undefined where it is neither installed nor can be built (no Go, no network)
 * @throws EngineStartError when it does not come up
 */
export async function startVersitygw(options: VersitygwOptions): Promise<Engine | undefined> {
  const command = await findVersitygw(process.env);
  if (!command) return undefined;
  return onPort(options.port, (port) => start(command, options, port));
}
