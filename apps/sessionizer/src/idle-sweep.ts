import { setTimeout as sleep } from 'node:timers/promises';
import type { SessionKey, SessionStore } from '@picasso/storage';

interface Parts {
  store: Pick<SessionStore, 'openBefore' | 'shards'>;
  /** When the oldest unprocessed message was stored; null when everything is processed. */
  oldestUnprocessedMs: () => Promise<number | null>;
  close: (key: SessionKey, idleSinceMs: number) => Promise<unknown>;
  idleMs: number;
}

/** So many failures in one sweep are the tables', not single sessions': it is given up. */
const OUTAGE_AFTER = 16;

/**
 * Closes sessions that nothing arrived for in `idleMs` (pipeline rule 6).
 *
 * Time is measured against the oldest unprocessed message: during a backlog a session's next
 * events may be waiting in it, so nobody is closed for being behind.
 *
 * Every replica sweeps; two that close the same session end with one summary.
 */
export class IdleSweep {
  constructor(private readonly parts: Parts) {}

  /** Runs until aborted: every min(60 s, idle/2), so that a summary is at most 31 minutes late. */
  async run(signal: AbortSignal, onError: (error: unknown) => void): Promise<void> {
    const interval = Math.min(60_000, this.parts.idleMs / 2);
    while (!signal.aborted) {
      // Replicas started together would otherwise sweep together for ever.
      await sleep(interval * (0.8 + 0.2 * Math.random()), undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      await this.once(Date.now()).catch(onError);
    }
  }

  /**
   * A session that cannot be closed keeps nobody else open.
   *
   * @returns how many candidates were looked at
   * @throws what the first of those that could not be closed failed with, after the others' turn
   */
  async once(nowMs: number): Promise<number> {
    const { store, oldestUnprocessedMs, close, idleMs } = this.parts;
    const oldest = await oldestUnprocessedMs();
    const idleSince = Math.min(nowMs, oldest ?? nowMs) - idleMs;
    const failures: unknown[] = [];
    let looked = 0;
    for (let shard = 0; shard < store.shards; shard += 1) {
      for await (const keys of store.openBefore(shard, idleSince + 1)) {
        for (let i = 0; i < keys.length; i += 16) {
          const closing = keys.slice(i, i + 16).map((key) => close(key, idleSince));
          for (const closed of await Promise.allSettled(closing)) {
            if (closed.status === 'rejected') failures.push(closed.reason);
          }
          if (failures.length > OUTAGE_AFTER) throw failures[0];
        }
        looked += keys.length;
      }
    }
    if (failures.length > 0) throw failures[0];
    return looked;
  }
}
