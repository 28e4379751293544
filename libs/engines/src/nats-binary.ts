/**
 * Finding a nats-server, in this order: one on the PATH that is new enough; the pinned release
 * from the download cache; the same release from its publisher, checked against its pinned
 * checksum; the same version built with Go; an older one on the PATH (Debian's), with a warning.
 */
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { constants } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { EngineStartError } from './engine-process.ts';

const run = promisify(execFile);

/** Everything that was measured was measured with this one. */
const PINNED = '2.14.0';
/** SHA-256 of the publisher's archives, as in the release's SHA256SUMS. */
const CHECKSUMS: Record<string, string> = {
  'linux-amd64': '3d8b74dfad39af184c765a6dd120441ed1c648d6672eddf6b304f222661251b8',
  'linux-arm64': 'ce7dc5f7d97b70dabc38b13157fed28d7d06227860676143c15c62c5c297996c',
  'darwin-amd64': 'c307afaa5810dea24bfe5bb0cd895ddc7c47946f359823336ef3be1a41bdddfa',
  'darwin-arm64': '36f28cf166e5ae5dd88d700a609c810b97ffad641e0c51b49cf8fae25fb3fac7',
};
/** PICASSO_NATS_RELEASES names a mirror; the checksums stay. */
const RELEASES = 'https://github.com/nats-io/nats-server/releases/download';
const CONNECT_MS = 8_000;
const DOWNLOAD_MS = 120_000;
const BUILD_MS = 10 * 60_000;

export interface NatsServerBinary {
  path: string;
  version: string;
  /** Whether it knows `sync_interval: always` (2.10 and later). */
  powerLossSafe: boolean;
}

type Log = (line: string) => void;
type Env = NodeJS.ProcessEnv;

/** `2.9.10` < `2.14.0`, by numbers and not by letters. */
export function atLeast(version: string, wanted: string): boolean {
  const [a = [], b = []] = [version, wanted].map((v) => v.split('.').map((n) => parseInt(n, 10)));
  for (let i = 0; i < 3; i += 1) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/** Where downloads are kept: PICASSO_CACHE_DIR, else the user's cache directory. */
export function cacheDir(env: Env = process.env): string {
  return (
    env['PICASSO_CACHE_DIR'] ??
    join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'picasso-analytics')
  );
}

async function inspect(path: string): Promise<NatsServerBinary | undefined> {
  try {
    const { stdout } = await run(path, ['--version'], { timeout: 5_000 });
    const version = /v(\d+\.\d+\.\d+)/.exec(stdout)?.[1];
    return version === undefined
      ? undefined
      : { path, version, powerLossSafe: atLeast(version, '2.10.0') };
  } catch {
    return undefined;
  }
}

const platform = (): string =>
  `${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`;

/** Fetches the publisher's archive into `dir` and unpacks it. */
async function download(dir: string, log: Log, env: Env): Promise<string> {
  const checksum = CHECKSUMS[platform()];
  if (!checksum) throw new Error(`no pinned release for ${platform()}`);
  const name = `nats-server-v${PINNED}-${platform()}`;
  const url = `${env['PICASSO_NATS_RELEASES'] ?? RELEASES}/v${PINNED}/${name}.tar.gz`;
  log(`downloading ${url}`);
  const giveUp = new AbortController();
  const connecting = setTimeout(() => giveUp.abort(new Error('no answer')), CONNECT_MS);
  const signal = AbortSignal.any([giveUp.signal, AbortSignal.timeout(DOWNLOAD_MS)]);
  try {
    const answer = await fetch(url, { signal });
    clearTimeout(connecting);
    if (!answer.ok) throw new Error(`answered ${answer.status}`);
    const archive = Buffer.from(await answer.arrayBuffer());
    const actual = createHash('sha256').update(archive).digest('hex');
    if (actual !== checksum) throw new Error(`checksum is ${actual}, not the pinned ${checksum}`);
    await writeFile(join(dir, 'archive.tar.gz'), archive);
  } finally {
    clearTimeout(connecting);
  }
  await run('tar', ['-xzf', 'archive.tar.gz', '--strip-components=1'], { cwd: dir });
  return join(dir, 'nats-server');
}

/** Builds the pinned version with Go, which checks its sources against the checksum database. */
async function build(dir: string, log: Log, env: Env): Promise<string> {
  const module = `github.com/nats-io/nats-server/v2@v${PINNED}`;
  log(`building ${module} with Go (a minute or two, once)`);
  const go = spawn('go', ['install', '-trimpath', '-ldflags=-s -w', module], {
    env: { ...env, GOBIN: dir, CGO_ENABLED: '0', GOTOOLCHAIN: 'auto' },
    stdio: ['ignore', 'ignore', 'pipe'],
    // Not `timeout`: that keeps the process waiting even when there is no Go to start.
    signal: AbortSignal.timeout(BUILD_MS),
  });
  let said = '';
  go.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2_000)));
  const began = Date.now();
  const ticker = setInterval(
    () => log(`still building nats-server, ${Math.round((Date.now() - began) / 1000)} s`),
    15_000,
  );
  try {
    await new Promise<void>((resolve, reject) => {
      go.once('error', reject);
      go.once('close', (code) =>
        code === 0 ? resolve() : reject(new Error(`go install failed: ${said.trim()}`)),
      );
    });
  } finally {
    clearInterval(ticker);
  }
  return join(dir, 'nats-server');
}

/** One process at a time fetches or builds; a lock older than a build can take is a dead one. */
async function locked<T>(lock: string, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      await mkdir(lock);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const age = await stat(lock).then(
        (s) => Date.now() - s.mtimeMs,
        () => 0,
      );
      if (age > BUILD_MS + DOWNLOAD_MS) await rm(lock, { recursive: true, force: true });
      else await sleep(500);
    }
  }
  try {
    return await work();
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}

/** Brings the pinned version into the cache; undefined when neither way works. */
async function fetchPinned(
  target: string,
  log: Log,
  env: Env,
): Promise<NatsServerBinary | undefined> {
  const folder = dirname(target);
  await mkdir(folder, { recursive: true });
  return locked(join(folder, '.lock'), async () => {
    const meanwhile = await inspect(target);
    if (meanwhile) return meanwhile;
    for (const bring of [download, build]) {
      const scratch = await mkdtemp(join(folder, '.new-'));
      try {
        const fresh = await bring(scratch, log, env);
        if (!(await inspect(fresh))) throw new Error('the binary does not run');
        await rename(fresh, target);
        return await inspect(target);
      } catch (error) {
        log(`${bring.name} of nats-server ${PINNED} failed: ${describe(error)}`);
      } finally {
        await rm(scratch, { recursive: true, force: true });
      }
    }
    return undefined;
  });
}

/** fetch hides the reason in `cause`. */
function describe(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message} (${cause.message})` : message;
}

/** Debian puts daemons where ordinary users' PATH does not look. */
async function onPath(env: Env): Promise<NatsServerBinary[]> {
  const folders = [...(env['PATH'] ?? '').split(':'), '/usr/sbin'];
  const found: NatsServerBinary[] = [];
  for (const folder of new Set(folders.filter(Boolean))) {
    const path = join(folder, 'nats-server');
    const executable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    const binary = executable ? await inspect(path) : undefined;
    if (binary) found.push(binary);
  }
  return found;
}

/**
 * @param log told about slow steps and warnings
 * @param env PATH, and where downloads are kept and come from
 * @throws EngineStartError when there is none and none can be had
 */
export async function findNatsServer(
  log: Log = () => {},
  env: Env = process.env,
): Promise<NatsServerBinary> {
  const installed = await onPath(env);
  const recent = installed.find((binary) => atLeast(binary.version, '2.12.0'));
  if (recent) return recent;

  const target = join(cacheDir(env), 'nats-server', `nats-server-${PINNED}`);
  const pinned = (await inspect(target)) ?? (await fetchPinned(target, log, env));
  if (pinned) return pinned;

  const [old] = installed;
  if (old) {
    log(`using nats-server ${old.version}: durability over power loss is not claimed with it`);
    return old;
  }
  throw new EngineStartError(
    `There is no nats-server here, and ${PINNED} could neither be downloaded nor built. ` +
      "Install one (2.12 or later) so that it is on the PATH, for example with Debian's " +
      '`apt-get install nats-server`, Homebrew, or Go.',
  );
}
