/** The aggregator's commands, run as a cluster's CronJobs run them. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Child } from '@picasso/engines';
import { startAggregator, type AggregatorSettings } from '../harness/aggregator.ts';

/** In this order, every hour; the first time at once. */
const HOURLY = ['inventory', 'daily', 'archive'] as const;
const HOUR_MS = 3_600_000;

export interface JobsOptions {
  aggregator: AggregatorSettings;
  say(line: string): void;
  /** Told of every process, so that somebody else can end it when this one is killed. */
  onStarted(pid: number): void;
}

export class Jobs {
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private current: Child | undefined;

  constructor(private readonly options: JobsOptions) {}

  start(): void {
    this.running = this.run();
  }

  /** Ends the command that runs at the moment: it goes on where it was the next time. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.current?.stop();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      for (const command of HOURLY) if (!signal.aborted) await this.once(command);
      await sleep(HOUR_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  private async once(command: string): Promise<void> {
    const { aggregator, say, onStarted } = this.options;
    try {
      this.current = await startAggregator([command], aggregator);
      onStarted(this.current.pid);
      // Between the two, a stop may have found no process.
      if (this.stopping.signal.aborted) await this.current.stop();
      const { code } = await this.current.exited;
      if (code === 0 || this.stopping.signal.aborted) return;
      say(`${command} ended with exit code ${code}; it is tried again in an hour`);
    } catch (error) {
      say(`${command} does not start: ${(error as Error).message}`);
    }
  }
}

/** Where the commands' log goes. */
export const aggregatorLog = (logs: string): string => join(logs, 'aggregator.log');
