/** Rejected events as dead letters, within what a tenant may fill the DLQ with. */
import { type DeadLetter, LIMITS, type RejectionCode } from '@picasso/contracts';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { KeyHolder } from './tenants/write-keys.ts';

/** An event that was refused, or a whole body that is no batch. */
export interface Refused {
  code: RejectionCode;
  path: string;
  message: string;
  event: unknown;
  session_id: string | null;
}

const HOUR_S = 3_600;
/** A letter's share of the budget: one for every 32 KB, as good events have at most that. */
const UNIT_BYTES = LIMITS.eventBytes;
/** Longer ones are cut: re-encoded, they could pass the broker's largest message. */
const LONGEST_JSON = 256 * 1024;
/** JSON.stringify would run out of stack on hostile depths. */
const DEEPEST = 32;

/**
 * A copy that can be written as JSON whatever the original is: bounded depth, and numbers that
 * JSON does not know as text.
 */
export function storable(value: unknown, levels = DEEPEST): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (levels === 0) return '[deeper levels were cut off]';
  if (Array.isArray(value)) return value.map((member) => storable(member, levels - 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, storable(member, levels - 1)]),
  );
}

export interface Letters {
  letters: DeadLetter[];
  /** Refused events beyond the budget: counted, not kept. */
  suppressed: number;
}

/**
 * The write key is public, so anybody can send rubbish: of each tenant's, `dead_letters_per_hour`
 * are kept (per replica), the rest is only counted.
 */
export class RejectedEvents {
  private readonly budgets = new Map<string, { perHour: number; spent: RateLimiterMemory }>();

  async letters(
    { grant, tenant }: KeyHolder,
    refused: readonly Refused[],
    receivedMs: number,
  ): Promise<Letters> {
    const letters: DeadLetter[] = [];
    for (const { code, path, message, event, session_id } of refused) {
      const copy = storable(event);
      const json = JSON.stringify(copy);
      if (!(await this.spend(tenant, Math.ceil(json.length / UNIT_BYTES)))) continue;
      letters.push({
        v: 1,
        tenant_hash: grant.tenant_hash,
        reason: code,
        error: message,
        path,
        event:
          json.length > LONGEST_JSON
            ? { cut_json: json.slice(0, UNIT_BYTES).toWellFormed(), length: json.length }
            : copy,
        session_id: session_id?.toWellFormed() ?? null,
        origin: grant.origin,
        attempts: 1,
        first_ms: receivedMs,
        last_ms: receivedMs,
        stream_seq: null,
      });
    }
    return { letters, suppressed: refused.length - letters.length };
  }

  private async spend(
    { tenant_hash, dead_letters_per_hour: perHour }: KeyHolder['tenant'],
    units: number,
  ): Promise<boolean> {
    let budget = this.budgets.get(tenant_hash);
    if (budget?.perHour !== perHour) {
      budget = { perHour, spent: new RateLimiterMemory({ points: perHour, duration: HOUR_S }) };
      this.budgets.set(tenant_hash, budget);
    }
    return budget.spent.consume(tenant_hash, Math.max(1, units)).then(
      () => true,
      () => false,
    );
  }
}
