/**
 * One engine as a child process: started, waited for, ended.
 *
 * The child leads its own process group, so that Ctrl-C in a terminal reaches only the program
 * that started it, which then ends things in order. On Linux the kernel ends the child when that
 * program dies (`setpriv --pdeathsig`, same pid, no process in between).
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const LOOPBACK = '127.0.0.1';
const STOP_GRACE_MS = 10_000;
const TAIL_CHARS = 4_000;

/** How a process ended: one of the two is null. */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A running engine. */
export interface Engine {
  url: string;
  port: number;
  pid: number;
  /** Settles when the process is gone, for whatever reason; never rejects. */
  exited: Promise<Exit>;
  /** Asks it to end and waits; after 10 s it is killed. Harmless when it is gone already. */
  stop(): Promise<void>;
  /** SIGKILL, as a crash would do it; waits until it is gone. */
  kill(): Promise<void>;
}

export interface ChildOptions {
  command: string;
  args: readonly string[];
  env?: NodeJS.ProcessEnv;
  /** Appended to; without it the last lines are kept for error messages only. */
  logFile?: string | undefined;
}

/** A child with its end as a promise and the last of what it said. */
export interface Child {
  pid: number;
  exited: Promise<Exit>;
  hasExited(): boolean;
  tail(): string;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

/** An engine did not come up; the message says what it printed. */
export class EngineStartError extends Error {
  override name = 'EngineStartError';
}

let setpriv: boolean | undefined;

/** Whether the kernel can be asked to end children with us (util-linux on Linux). */
const hasParentDeathSignal = (): boolean => {
  setpriv ??=
    process.platform === 'linux' &&
    spawnSync('setpriv', ['--pdeathsig', 'TERM', 'true'], { stdio: 'ignore' }).status === 0;
  return setpriv;
};

/** Starts a program that ends with this one. Rejects when it cannot be started at all. */
export async function spawnChild(options: ChildOptions): Promise<Child> {
  const guarded = hasParentDeathSignal();
  const command = guarded ? 'setpriv' : options.command;
  const args = guarded ? ['--pdeathsig', 'TERM', options.command, ...options.args] : options.args;
  if (options.logFile) mkdirSync(dirname(options.logFile), { recursive: true });
  const log = options.logFile ? openSync(options.logFile, 'a') : undefined;
  const child: ChildProcess = spawn(command, args, {
    detached: true,
    env: options.env ?? process.env,
    stdio: ['ignore', log ?? 'pipe', log ?? 'pipe'],
  });
  if (log !== undefined) closeSync(log);

  let kept = '';
  const keep = (chunk: Buffer): void => {
    kept = (kept + chunk.toString()).slice(-TAIL_CHARS);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);

  let exit: Exit | undefined;
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => resolve((exit = { code, signal })));
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) =>
      reject(new EngineStartError(`${options.command}: ${error.message}`)),
    );
  });

  const kill = async (): Promise<void> => {
    if (!exit) child.kill('SIGKILL');
    await exited;
  };
  return {
    pid: child.pid!,
    exited,
    hasExited: () => exit !== undefined,
    tail: () => (options.logFile ? readFileSync(options.logFile, 'utf8').slice(-TAIL_CHARS) : kept),
    kill,
    stop: async () => {
      if (!exit) child.kill('SIGTERM');
      const ended = await Promise.race([exited, sleep(STOP_GRACE_MS, 'late', { ref: false })]);
      if (ended === 'late') await kill();
    },
  };
}

/**
 * Polls until `probe` answers true, the child ends, or the time is over.
 * @throws EngineStartError with the child's last words; the child is gone then.
 */
export async function waitUntilReady(
  name: string,
  child: Child,
  probe: () => Promise<boolean>,
  timeoutMs = 30_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!child.hasExited() && Date.now() < deadline) {
    if (await probe().catch(() => false)) return;
    await sleep(25);
  }
  const what = child.hasExited() ? 'ended at once' : `did not answer within ${timeoutMs / 1000} s`;
  await child.kill();
  throw new EngineStartError(`${name} ${what}. It said:\n${child.tail().trim()}`);
}

/** A port nobody listens on at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, LOOPBACK, resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port to be had');
  return address.port;
}

/**
 * Starts on the given port, or on a free one: somebody else may take a free port between looking
 * and listening, so that is tried again.
 */
export async function onPort<T>(
  port: number | undefined,
  start: (port: number) => Promise<T>,
): Promise<T> {
  if (port !== undefined) return start(port);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(await freePort());
    } catch (error) {
      if (attempt === 3 || !(error instanceof EngineStartError)) throw error;
    }
  }
}
