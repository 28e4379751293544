import { backoffMs } from './backoff.ts';

/** Retries in a row, with no message processed in between, that look like an outage. */
const OUTAGE_AFTER = 3;
const PAUSE_MS = 250;
const PAUSE_CAP_MS = 30_000;

/**
 * Decides when to stop pulling. While the tables are down every message would only be fetched, fail
 * and be sent back: after three retries in a row pulling pauses, longer each time, and goes on with
 * one message to see whether the outage is over. A single message that keeps failing among healthy
 * ones pauses nobody.
 */
export class OutageGuard {
  private streak = 0;
  private pauses = 0;
  private untilMs = 0;

  /** @returns true when a pause begins */
  deferred(nowMs: number): boolean {
    this.streak++;
    // What was in flight together fails together: that is one sign, not many.
    if (this.streak < OUTAGE_AFTER || nowMs < this.untilMs) return false;
    this.pauses++;
    this.untilMs = nowMs + backoffMs(this.pauses, PAUSE_MS, PAUSE_CAP_MS);
    return true;
  }

  processed(): void {
    this.streak = 0;
    this.pauses = 0;
    this.untilMs = 0;
  }

  /** Milliseconds to wait before the next pull. */
  pauseMs(nowMs: number): number {
    return Math.max(0, this.untilMs - nowMs);
  }

  /** After a pause and until something was processed: one message at a time. */
  get probing(): boolean {
    return this.pauses > 0;
  }
}
