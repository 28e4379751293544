/**
 * Finding k6, in this order: one on the PATH of the pinned major version; the pinned version in
 * the cache; the same version built with Go, which checks its sources against the checksum
 * database.
 */
import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheDir } from '@picasso/engines';

const run = promisify(execFile);

const PINNED = '1.8.1';
const BUILD_MS = 15 * 60_000;

export interface K6Binary {
  path: string;
  version: string;
}

type Log = (line: string) => void;

/** `k6 v1.8.1 (go1.26.1, linux/amd64)` → `1.8.1` */
export const versionOf = (output: string): string | undefined =>
  /^k6(?:\.exe)? v(\d+\.\d+\.\d+)/m.exec(output)?.[1];

/** The script needs TypeScript support (1.0 and later) and is tried with this major version only. */
export const isUsable = (version: string): boolean => version.split('.')[0] === '1';

async function inspect(path: string): Promise<K6Binary | undefined> {
  try {
    const { stdout } = await run(path, ['version'], { timeout: 10_000 });
    const version = versionOf(stdout);
    return version && isUsable(version) ? { path, version } : undefined;
  } catch {
    return undefined;
  }
}

async function build(dir: string, log: Log): Promise<string> {
  const module = `go.k6.io/k6@v${PINNED}`;
  log(`building ${module} with Go (two to five minutes, once)`);
  const go = spawn('go', ['install', '-trimpath', '-ldflags=-s -w', module], {
    env: { ...process.env, GOBIN: dir, CGO_ENABLED: '0', GOTOOLCHAIN: 'auto' },
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: BUILD_MS,
  });
  let said = '';
  go.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2_000)));
  const began = Date.now();
  const ticker = setInterval(
    () => log(`  still building, ${Math.round((Date.now() - began) / 1_000)} s`),
    15_000,
  );
  try {
    await new Promise<void>((resolve, reject) => {
      go.once('error', reject);
      go.once('exit', (code) =>
        code === 0 ? resolve() : reject(new Error(`go install failed: ${said.trim()}`)),
      );
    });
  } finally {
    clearInterval(ticker);
  }
  return join(dir, 'k6');
}

/**
 * @param log told about slow steps
 * @throws Error when there is none and Go cannot build one
 */
export async function findK6(log: Log = () => undefined): Promise<K6Binary> {
  const installed = await inspect('k6');
  if (installed) return installed;
  const folder = join(cacheDir(), 'k6', PINNED);
  // It prints its file's name before its version.
  const target = join(folder, 'k6');
  const cached = await inspect(target);
  if (cached) return cached;

  await mkdir(folder, { recursive: true });
  const scratch = await mkdtemp(join(folder, '.new-'));
  try {
    // Two that build at once lose time only: each puts a whole binary in place.
    await rename(await build(scratch, log), target);
  } catch (error) {
    throw new Error(
      `There is no k6 here and it could not be built (${(error as Error).message}). ` +
        'Install k6 1.x so that it is on the PATH, or Go, with which it is built.',
      { cause: error },
    );
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  const built = await inspect(target);
  if (!built) throw new Error(`${target} was built but does not run`);
  return built;
}
