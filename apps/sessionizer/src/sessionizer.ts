import { setTimeout as sleep } from 'node:timers/promises';
import { type DeadLetter, type EventSlice, LIMITS, type StoredEvent } from '@picasso/contracts';
import {
  type Admission,
  type Refused,
  type Transition,
  admit,
  sessionSkew,
  transition,
} from '@picasso/domain';
import {
  MAX_DELTAS,
  type SessionKey,
  type SessionStore,
  VersionConflictError,
} from '@picasso/storage';
import { reached } from './fault-points.ts';
import type { SessionCache, Snapshot } from './session-cache.ts';
import type { SummaryNotices } from './summary-notices.ts';
import type { TenantDirectory } from './tenant-settings.ts';

export interface SliceJob {
  kind: 'slice';
  slice: EventSlice;
  stream_seq: number;
  attempts: number;
}

/** Close the session if nothing arrived after `idle_since_ms`. */
export interface CloseJob {
  kind: 'close';
  idle_since_ms: number;
}

export type SessionJob = SliceJob | CloseJob;

/** What became of a slice's events. */
export interface Taken {
  stored: number;
  duplicates: number;
  refused: number;
}

export const NOTHING: Taken = { stored: 0, duplicates: 0, refused: 0 };

interface Parts {
  store: Pick<SessionStore, 'row' | 'events' | 'writeEvents' | 'removeEvents' | 'commit'>;
  cache: SessionCache;
  tenants: Pick<TenantDirectory, 'settings'>;
  notices: Pick<SummaryNotices, 'announce'>;
  deadLetters: { publish(letter: DeadLetter): Promise<void> };
}

interface Arrivals {
  slices: readonly SliceJob[];
  /** The session is closed if nothing arrived since. */
  idleSince: number;
  /** Not the first try at these slices. */
  repeated: boolean;
}

const ATTEMPTS = 8;
/** A session is summarised at most about once a second (pipeline rule 7). */
const SUMMARY_INTERVAL_MS = 1_000;

/**
 * Takes a session's slices into the tables: write the new events, then move the session's state by
 * compare-and-set, then announce. Acknowledging is the caller's, after this has returned.
 *
 * Killed anywhere, the redelivered slice finds its events stored and the state behind them (or
 * not), and carries on from there: every step is idempotent or guarded by the state's version.
 */
export class Sessionizer {
  private readonly lastSummary = new Map<string, number>();

  constructor(private readonly parts: Parts) {}

  /** Works through what waited for one session. Rejects on an outage: nothing is acknowledged then. */
  async work(id: string, key: SessionKey, jobs: readonly SessionJob[]): Promise<Taken[]> {
    const { cache } = this.parts;
    const slices = jobs.filter((job) => job.kind === 'slice');
    const idleSince = Math.max(
      ...jobs.map((job) => (job.kind === 'close' ? job.idle_since_ms : -Infinity)),
    );
    // What an attempt stored stays stored when its commit has to be repeated.
    const taken = new Map<SessionJob, Taken>();
    for (let attempt = 1; ; attempt += 1) {
      try {
        const remembered = attempt === 1 ? cache.get(id) : undefined;
        const snapshot = await this.read(
          key,
          nearlyFull(remembered, slices) ? undefined : remembered,
        );
        const events = await this.store(key, snapshot, slices, taken);
        const repeated = attempt > 1 || slices.some((job) => job.attempts > 1);
        await this.advance(id, key, { row: snapshot.row, events }, { slices, idleSince, repeated });
        return jobs.map((job) => taken.get(job) ?? NOTHING);
      } catch (error) {
        cache.drop(id);
        if (!isContention(error) || attempt === ATTEMPTS) throw error;
        await sleep(Math.random() * 10 * 2 ** attempt);
      }
    }
  }

  /** What is remembered serves only while the row is still at its version: limits and erasures count. */
  private async read(key: SessionKey, remembered?: Snapshot): Promise<Snapshot> {
    // The row first: events read after it can only be newer than what the row knows.
    const row = await this.parts.store.row(key);
    if (remembered && remembered.row?.version === row?.version) return remembered;
    return { row, events: await this.parts.store.events(key) };
  }

  /** Stores what is new in the slices; returns all of the session's event rows. */
  private async store(
    key: SessionKey,
    snapshot: Snapshot,
    slices: readonly SliceJob[],
    taken: Map<SessionJob, Taken>,
  ): Promise<StoredEvent[]> {
    let events = snapshot.events;
    const fresh: StoredEvent[] = [];
    const letters: DeadLetter[] = [];
    let startedMs = snapshot.row?.started_ms;
    const erased = snapshot.row?.erased !== undefined;
    for (const job of slices) {
      const { slice, stream_seq } = job;
      const admission = admit({ slice, stream_seq, stored: events, started_ms: startedMs, erased });
      if (startedMs === undefined && admission.fresh.length > 0) {
        const first = Math.min(...admission.fresh.map((event) => event.timestamp_ms));
        startedMs = first + sessionSkew(slice.skew_ms);
      }
      letters.push(...admission.refused.map((refused) => deadLetter(key, job, refused)));
      if (!taken.has(job)) taken.set(job, countsOf(admission));
      if (admission.fresh.length === 0) continue;
      events = [...events, ...admission.fresh];
      fresh.push(...admission.fresh);
    }
    if (fresh.length > 0) {
      await this.parts.store.writeEvents(key, fresh, startedMs as number);
      reached('after-rows-before-state');
    }
    // Only now: were the rows not stored, the next try might have room for what this one refused.
    await Promise.all(letters.map((letter) => this.parts.deadLetters.publish(letter)));
    return events;
  }

  /** Brings the session's row in line with its events. */
  private async advance(
    id: string,
    key: SessionKey,
    snapshot: Snapshot,
    { slices, idleSince, repeated }: Arrivals,
  ): Promise<void> {
    const { store, cache, notices, tenants } = this.parts;
    let { row, events } = snapshot;
    if (events.length === 0) return;
    if (row?.erased) {
      // Written before the tombstone was seen, by this try or by one that died.
      await store.removeEvents(key);
      return;
    }
    const current = row !== undefined && row.rows === events.length;
    let timedOut = row?.status === 'open' && row.last_seen_ms <= idleSince && current;
    if (current && !timedOut) {
      cache.set(id, snapshot);
      // An earlier try may have died, or lost its answer, between committing and announcing.
      if (repeated && row?.status === 'final' && row.summary) {
        await notices.announce(row.version, row.summary);
      }
      return;
    }
    const settings = await tenants.settings(key.tenant_hash);
    const decide = (): Transition =>
      transition({
        ...key,
        ...settings,
        state: row,
        events,
        batch_skew_ms: batchSkew(slices),
        last_seen_ms: latestArrival(slices, events),
        timed_out: timedOut,
        max_deltas: MAX_DELTAS,
      });
    let next = decide();
    if (next.state.status === 'final') {
      await this.pace(id);
      // A final summary is computed from the base table, never from memory.
      events = await store.events(key);
      // Another replica may be storing further events just now: then nothing has timed out.
      timedOut &&= row?.rows === events.length;
      next = decide();
    }
    for (;;) {
      const version = (row?.version ?? 0) + 1;
      const written = { ...next.state, version };
      await store.commit({
        key,
        expected: version - 1,
        row: written,
        deltas: next.deltas,
        marks: next.marks,
      });
      row = written;
      if (next.complete) break;
      next = decide();
    }
    reached('after-state-before-ack');
    if (row.status === 'final') this.lastSummary.set(id, Date.now());
    cache.set(id, { row, events });
    await notices.announce(row.version, next.summary);
  }

  /** Waits where a session was summarised less than a second ago; its slices gather meanwhile. */
  private async pace(id: string): Promise<void> {
    const now = Date.now();
    if (this.lastSummary.size > 1_000) {
      for (const [other, at] of this.lastSummary) {
        if (now - at > SUMMARY_INTERVAL_MS) this.lastSummary.delete(other);
      }
    }
    const wait = (this.lastSummary.get(id) ?? 0) + SUMMARY_INTERVAL_MS - now;
    if (wait > 0) await sleep(wait);
  }
}

/**
 * Another replica's rows are in the table before its commit shows in the row's version: where they
 * could decide about the limit, what is remembered is no ground to admit on.
 */
const nearlyFull = (remembered: Snapshot | undefined, slices: readonly SliceJob[]): boolean =>
  slices.reduce((sum, { slice }) => sum + slice.events.length, remembered?.events.length ?? 0) >
  LIMITS.sessionEvents * 0.8;

const countsOf = ({ fresh, duplicates, refused }: Admission): Taken => ({
  stored: fresh.length,
  duplicates,
  refused: refused.length,
});

/** Of the slices at hand, and of rows that another process stored without their state. */
function latestArrival(slices: readonly SliceJob[], events: readonly StoredEvent[]): number {
  const inHand = slices.map((job) => job.slice.received_ms);
  return events.reduce(
    (latest, event) => Math.max(latest, event.received_ms),
    Math.max(0, ...inHand),
  );
}

/** Only the browser's clock is the session's; the chat backend has its own. */
function batchSkew(slices: readonly SliceJob[]): number | null {
  const job = slices.find(({ slice }) => slice.origin === 'browser' && slice.skew_ms !== null);
  return job?.slice.skew_ms ?? null;
}

function deadLetter(key: SessionKey, job: SliceJob, refused: Refused): DeadLetter {
  const { slice, stream_seq, attempts } = job;
  return {
    v: 1,
    tenant_hash: key.tenant_hash,
    reason: refused.code,
    error: refused.error,
    path: '',
    // What was erased must not come back by way of the DLQ: the id alone accounts for it.
    event: refused.code === 'erased' ? { event_id: refused.event?.event_id } : refused.event,
    session_id: key.session_id,
    origin: slice.origin,
    attempts,
    first_ms: slice.received_ms,
    last_ms: slice.received_ms,
    stream_seq,
  };
}

/** Another writer was faster, or two transactions met on one counter: worth another try at once. */
function isContention(error: unknown): boolean {
  if (error instanceof VersionConflictError) return true;
  if (!(error instanceof Error) || error.name !== 'TransactionCanceledException') return false;
  const reasons = (error as { CancellationReasons?: { Code?: string }[] }).CancellationReasons;
  return reasons?.some(({ Code }) => Code === 'TransactionConflict') ?? false;
}
