/** Built services as real processes, for end-to-end specs. */
import { freePort, spawnChild, type Child } from '@picasso/engines';
import { existsSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const DIST = fileURLToPath(new URL('../../../dist/apps/', import.meta.url));
/** Kept after the run, for whoever has to find out why a spec failed. */
const LOGS = fileURLToPath(new URL('../../../tmp/logs/', import.meta.url));
const READY_TIMEOUT_MS = 30_000;

export interface RunningService {
  readonly name: string;
  /** `http://127.0.0.1:<port>`, the same after a restart. */
  readonly url: string;
  readonly pid: number;
  /** Asks it to end (SIGTERM), waits, and answers its exit code; null when a signal ended it. */
  stop(): Promise<number | null>;
  /** SIGKILL, as a crash; waits until it is gone. */
  kill(): Promise<void>;
  /** Starts it again, killed or stopped, on the same port; waits until it is ready. */
  start(extraEnv?: Record<string, string>): Promise<void>;
  /** Everything that it logged, over all of its starts. */
  logs(): Promise<string>;
}

export interface ServiceOptions {
  /** Where `<name>/main.js` lies. Default: `dist/apps`. */
  folder?: string;
}

/** Nothing of the developer's shell reaches a service but what every program needs. */
const baseEnv = (): Record<string, string> =>
  Object.fromEntries(
    ['PATH', 'HOME', 'TMPDIR', 'TZ'].flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );

async function isReady(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(1_000) });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false;
  }
}

async function untilReady(name: string, child: Child, url: string): Promise<void> {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  while (!child.hasExited() && performance.now() < deadline) {
    if (await isReady(url)) return;
    await sleep(25);
  }
  const what = child.hasExited() ? 'ended' : `was not ready after ${READY_TIMEOUT_MS / 1000} s`;
  await child.kill();
  throw new Error(`${name} ${what}. It said:\n${child.tail().trim()}`);
}

/**
 * Starts `dist/apps/<name>/main.js` with the Node that runs the spec and waits for its
 * `/health/ready`. The caller ends it, best in `afterAll`; it ends with the spec's process anyway.
 * @param env its whole environment besides PORT and HOST (PATH and HOME are passed on)
 * @throws Error when the bundle was not built, or with the service's last words
 */
export async function startService(
  name: string,
  env: Record<string, string> = {},
  { folder = DIST }: ServiceOptions = {},
): Promise<RunningService> {
  const bundle = join(folder, name, 'main.js');
  if (!existsSync(bundle)) throw new Error(`${name} is not built: run \`npx nx build ${name}\``);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const logFile = join(LOGS, `${name}-${port}.log`);
  rmSync(logFile, { force: true });

  let child: Child | undefined;
  const start = async (extraEnv: Record<string, string> = {}): Promise<void> => {
    if (child && !child.hasExited()) throw new Error(`${name} runs already`);
    child = await spawnChild({
      command: process.execPath,
      args: [bundle],
      env: { ...baseEnv(), HOST: '127.0.0.1', PORT: String(port), ...env, ...extraEnv },
      logFile,
    });
    await untilReady(name, child, url);
  };
  const current = (): Child => {
    if (!child) throw new Error(`${name} was never started`);
    return child;
  };

  await start();
  return {
    name,
    url,
    get pid() {
      return current().pid;
    },
    start,
    stop: async () => {
      await current().stop();
      return (await current().exited).code;
    },
    kill: () => current().kill(),
    logs: () => readFile(logFile, 'utf8'),
  };
}

export interface Ended {
  /** null when a signal ended it. */
  code: number | null;
  signal: NodeJS.Signals | null;
  /** The last of what it printed. */
  output: string;
}

/**
 * Runs `dist/apps/<name>/main.js` with arguments to its end, for programs that have one.
 * @param env its whole environment (PATH and HOME are passed on)
 * @throws Error when the bundle was not built
 */
export async function runToEnd(
  name: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<Ended> {
  const bundle = join(DIST, name, 'main.js');
  if (!existsSync(bundle)) throw new Error(`${name} is not built: run \`npx nx build ${name}\``);
  const child = await spawnChild({
    command: process.execPath,
    args: [bundle, ...args],
    env: { ...baseEnv(), ...env },
  });
  const { code, signal } = await child.exited;
  return { code, signal, output: child.tail() };
}

/** A number that makes a spec do more than it does by default, from the environment; 0 without. */
export const specSetting = (name: string): number => Number(process.env[name] ?? 0);
