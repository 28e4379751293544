/** Keeps processes running: what ends by itself is started again, ever more slowly. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Exit } from '@picasso/engines';

/** What a process looks like to the one who watches it; engines and service children both fit. */
export interface Watched {
  pid: number;
  exited: Promise<Exit>;
  stop(): Promise<void>;
}

export interface SupervisorOptions {
  say(line: string): void;
  /** Told of every (re)start. */
  onStarted(name: string, pid: number): void;
  /** First pause before a restart; doubles up to `maxPauseMs`. Milliseconds. */
  minPauseMs?: number;
  maxPauseMs?: number;
  /** Whoever ran this long starts with a short pause again. */
  settledMs?: number;
}

interface Slot {
  name: string;
  current: Watched;
  start: () => Promise<Watched>;
}

export class Supervisor {
  private readonly slots: Slot[] = [];
  private readonly stopping = new AbortController();
  private readonly starting: Promise<unknown>[] = [];
  private readonly watches: Promise<void>[] = [];

  constructor(private readonly options: SupervisorOptions) {}

  /** Starts a process and keeps it running from then on. Rejects when the first start fails. */
  async run<T extends Watched>(name: string, start: () => Promise<T>): Promise<T> {
    if (this.stopping.signal.aborted) throw new Error(`${name} was not started: stopping`);
    const starting = start();
    this.starting.push(starting.catch(() => undefined));
    const current = await starting;
    const slot: Slot = { name, current, start };
    this.slots.push(slot);
    this.options.onStarted(name, current.pid);
    this.watches.push(this.watch(slot));
    return current;
  }

  /** Ends everything in the reverse order of starting: services before their engines. */
  async stop(): Promise<void> {
    this.stopping.abort();
    // Starts and restarts under way end before anything is stopped, so that nothing is left behind.
    await Promise.all(this.starting);
    await Promise.all(this.watches);
    for (const { current } of this.slots.reverse()) await current.stop();
  }

  private async watch(slot: Slot): Promise<void> {
    const {
      say,
      onStarted,
      minPauseMs = 500,
      maxPauseMs = 30_000,
      settledMs = 60_000,
    } = this.options;
    const { signal } = this.stopping;
    const stopped = new Promise<undefined>((resolve) =>
      signal.addEventListener('abort', () => resolve(undefined)),
    );
    let pause = minPauseMs;
    while (!signal.aborted) {
      const began = Date.now();
      const exit = await Promise.race([slot.current.exited, stopped]);
      if (!exit || signal.aborted) return;
      if (Date.now() - began > settledMs) pause = minPauseMs;
      say(
        `${slot.name} ended (${exit.signal ?? `exit code ${exit.code}`}); starting it again in ${pause / 1_000} s`,
      );
      for (;;) {
        await sleep(pause, undefined, { signal }).catch(() => undefined);
        if (signal.aborted) return;
        pause = Math.min(2 * pause, maxPauseMs);
        try {
          slot.current = await slot.start();
          break;
        } catch (error) {
          say(
            `${slot.name} does not start: ${(error as Error).message}; next try in ${pause / 1_000} s`,
          );
        }
      }
      onStarted(slot.name, slot.current.pid);
      say(`${slot.name} runs again`);
    }
  }
}
