import { LRUCache } from 'lru-cache';
import type { StoredEvent } from '@picasso/contracts';
import type { SessionRow } from '@picasso/storage';

/** A session as this process last saw it in the tables. */
export interface Snapshot {
  row: SessionRow | undefined;
  /** Every stored event row, in no particular order. */
  events: StoredEvent[];
}

/**
 * Sessions of the last minutes, so that a session's next slice needs no reading.
 *
 * Safe without any invalidation between replicas: an entry is used for a commit that is
 * conditional on its version, so a stale one is refused and read again. Summaries that close a
 * session are computed from a fresh consistent read regardless.
 */
export class SessionCache {
  private readonly entries: LRUCache<string, Snapshot>;

  /** @param maxEvents over all cached sessions; about 1 KB of memory each */
  constructor(maxEvents: number) {
    this.entries = new LRUCache({
      maxSize: maxEvents,
      sizeCalculation: ({ events }) => events.length + 1,
    });
  }

  get(key: string): Snapshot | undefined {
    return this.entries.get(key);
  }

  set(key: string, snapshot: Snapshot): void {
    this.entries.set(key, snapshot);
  }

  drop(key: string): void {
    this.entries.delete(key);
  }
}
