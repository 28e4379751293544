/** A built service as a process that can be killed and started again on the same port. */
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { spawnChild, type Child } from '@picasso/engines';
import { bundleOf, runBundle } from './workspace.ts';

const PROBE_PAUSE_MS = 50;

/** Whatever an attack can kill: a service or an engine. */
export interface Victim {
  readonly name: string;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** Starts it again on the same port and the same data. */
  start(): Promise<void>;
  /** Resolves with the milliseconds that passed until it was ready. */
  waitUntilReady(timeoutMs?: number): Promise<number>;
}

export interface ServiceSpec {
  name: string;
  app: 'ingest' | 'sessionizer' | 'query';
  port: number;
  env: Record<string, string>;
  logFile: string;
}

/** The process ended although nobody asked it to; the message says what it printed last. */
export class EndedError extends Error {
  override readonly name = 'EndedError';
}

export class Service implements Victim {
  readonly name: string;
  readonly url: string;
  private child: Child | undefined;
  /** What the service said of its readiness when it was asked last. */
  private lastProbe = '';

  constructor(private readonly spec: ServiceSpec) {
    this.name = spec.name;
    this.url = `http://127.0.0.1:${spec.port}`;
  }

  /** @param extra added to the environment of this start only */
  async start(extra: Record<string, string> = {}): Promise<void> {
    const bundle = bundleOf(this.spec.app);
    if (!existsSync(bundle))
      throw new Error(`${bundle} is missing: run \`nx build ${this.spec.app}\``);
    this.child = await spawnChild({
      command: process.execPath,
      args: runBundle(this.spec.app),
      env: {
        PATH: process.env['PATH'],
        PORT: String(this.spec.port),
        HOST: '127.0.0.1',
        ...this.spec.env,
        ...extra,
      },
      logFile: this.spec.logFile,
    });
  }

  /** Of the process that was started last; undefined before the first start. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Settles when the process that runs at the moment is gone. */
  async exited(): Promise<{ signal: NodeJS.Signals | null }> {
    return this.child?.exited ?? { signal: null };
  }

  async kill(): Promise<void> {
    await this.child?.kill();
  }

  async stop(): Promise<void> {
    await this.child?.stop();
  }

  async isReady(): Promise<boolean> {
    try {
      const answer = await fetch(`${this.url}/health/ready`, {
        signal: AbortSignal.timeout(2_000),
      });
      this.lastProbe = await answer.text();
      return answer.ok;
    } catch (error) {
      this.lastProbe = String(error);
      return false;
    }
  }

  async waitUntilReady(timeoutMs = 60_000): Promise<number> {
    const started = Date.now();
    while (Date.now() - started < timeoutMs) {
      if (await this.isReady()) return Date.now() - started;
      if (this.child?.hasExited())
        throw new EndedError(`${this.name} ended: ${this.child.tail().slice(-2_000)}`);
      await sleep(PROBE_PAUSE_MS);
    }
    throw new Error(
      `${this.name} is not ready after ${timeoutMs} ms: ${this.lastProbe}\n${this.child?.tail().slice(-2_000)}`,
    );
  }
}
