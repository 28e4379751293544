import { setTimeout as sleep } from 'node:timers/promises';
import { type KeyGrant, LIMITS, type Tenant } from '@picasso/contracts';
import { LRUCache } from 'lru-cache';

/** A valid key: what it grants and whose it is. */
export interface KeyHolder {
  grant: KeyGrant;
  tenant: Tenant;
}

/** Asks the tenants table. undefined for an unknown or revoked key. */
export type LookUp = (key: string) => Promise<KeyHolder | undefined>;

/** The tenants table does not answer and we have not seen the key before. */
export class KeysUnavailableError extends Error {
  override readonly name = 'KeysUnavailableError';
}

/** A known key is asked for again after this, while requests go on with what we know. */
const REFRESH_MS = 10_000;
/** A revoked key must stop within 30 s; asking takes up to LOOK_UP_MS of them. */
const FRESH_MS = 25_000;
/** An unknown key may be created the next moment; until then a flood of it costs one read a second. */
const UNKNOWN_MS = 1_000;
const LOOK_UP_MS = 2_000;
/** While the table is away, known keys go on working for this long. */
export const OUTAGE_GRACE_MS = 15 * 60_000;
const RETRY_MS = 1_000;
/** Keys that nobody has ever seen, asked for at once: bounds what a flood of them costs the table. */
const MAX_STRANGERS = 200;

interface Known {
  holder: KeyHolder;
  /** When the answer was asked for, not when it came. */
  asOfMs: number;
}

/**
 * Keys as the tenants table has them, remembered per process.
 *
 * Several requests that wait for one key share one look-up.
 */
export class WriteKeys {
  private readonly known = new LRUCache<string, Known>({ max: 10_000 });
  private readonly unknown: LRUCache<string, true>;
  private readonly pending = new Map<string, Promise<KeyHolder | undefined>>();
  private strangers = 0;
  /** When a look-up failed last, if none has succeeded since. */
  private failedMs: number | undefined;

  constructor(
    private readonly lookUp: LookUp,
    private readonly nowMs: () => number = () => performance.now(),
  ) {
    this.unknown = new LRUCache({
      max: 10_000,
      ttl: UNKNOWN_MS,
      ttlResolution: 0,
      perf: { now: nowMs },
    });
  }

  /**
   * @returns undefined for a key that does not exist (any more)
   * @throws KeysUnavailableError
   */
  async find(key: string): Promise<KeyHolder | undefined> {
    const known = this.known.get(key);
    if (known) return this.findKnown(key, known);
    if (key.length > LIMITS.idLength || this.unknown.has(key)) return undefined;
    if (this.strangers >= MAX_STRANGERS && !this.pending.has(key)) {
      throw new KeysUnavailableError('too many unknown keys at once');
    }
    this.strangers += 1;
    try {
      return await this.ask(key);
    } catch (error) {
      throw new KeysUnavailableError('the tenants table does not answer', { cause: error });
    } finally {
      this.strangers -= 1;
    }
  }

  private async findKnown(key: string, { holder, asOfMs }: Known): Promise<KeyHolder | undefined> {
    const age = this.nowMs() - asOfMs;
    if (age < REFRESH_MS) return holder;
    const inOutage = this.failedMs !== undefined && age < OUTAGE_GRACE_MS;
    if (inOutage && this.nowMs() - (this.failedMs ?? 0) < RETRY_MS) return holder;
    const asked = this.ask(key);
    if (inOutage || age < FRESH_MS) {
      asked.catch(() => undefined);
      return holder;
    }
    try {
      return await asked;
    } catch (error) {
      if (age < OUTAGE_GRACE_MS) return holder;
      throw new KeysUnavailableError('the tenants table has been away too long', { cause: error });
    }
  }

  private ask(key: string): Promise<KeyHolder | undefined> {
    let asked = this.pending.get(key);
    if (!asked) {
      asked = this.askTable(key).finally(() => this.pending.delete(key));
      this.pending.set(key, asked);
    }
    return asked;
  }

  private async askTable(key: string): Promise<KeyHolder | undefined> {
    const asOfMs = this.nowMs();
    const late = new AbortController();
    try {
      const holder = await Promise.race([
        this.lookUp(key),
        sleep(LOOK_UP_MS, undefined, { signal: late.signal, ref: false }).then(() => {
          throw new Error(`no answer within ${LOOK_UP_MS} ms`);
        }),
      ]);
      this.failedMs = undefined;
      if (holder) this.known.set(key, { holder, asOfMs });
      else {
        this.known.delete(key);
        this.unknown.set(key, true);
      }
      return holder;
    } catch (error) {
      this.failedMs = this.nowMs();
      throw error;
    } finally {
      late.abort();
    }
  }
}
