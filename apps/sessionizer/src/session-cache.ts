import { LRUCache } from 'lru-cache';
import type { StoredEvent } from '@picasso/contracts';
import type { SessionRow } from '@picasso/storage';

/** A session as this process last saw it in the tables. */
export interface Snapshot {
  row: SessionRow | undefined;
  /** Every stored event row, in no particular order. */
  events: StoredEvent[];
}

/** What most events take; larger ones count as several. */
const EVENT_CHARS = 1_024;
/** Measured once: a session's array is made anew with every slice, its events are not. */
const sizes = new WeakMap<StoredEvent, number>();

function sizeOf(event: StoredEvent): number {
  const known = sizes.get(event);
  if (known !== undefined) return known;
  const size = Math.max(1, Math.ceil(JSON.stringify(event.payload).length / EVENT_CHARS));
  sizes.set(event, size);
  return size;
}

/**
 * Sessions of the last minutes, so that a session's next slice reads one row instead of all events.
 *
 * An entry serves only while the session's row is at its version, and its commit is conditional on
 * it. Summaries that close a session are computed from a fresh consistent read regardless.
 */
export class SessionCache {
  private readonly entries: LRUCache<string, Snapshot>;

  /** @param maxEvents over all cached sessions, each of about 1 KB of memory */
  constructor(maxEvents: number) {
    this.entries = new LRUCache({
      maxSize: maxEvents,
      sizeCalculation: ({ events }) => events.reduce((sum, event) => sum + sizeOf(event), 1),
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
