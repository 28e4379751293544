import { type EventOrigin, LIMITS, type Tenant } from '@picasso/contracts';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

interface Limiter {
  eventsPerSecond: number;
  limiter: RateLimiterMemory;
}

/**
 * Events per second and tenant, in this replica: n replicas let through up to n times as much.
 *
 * The chat backend has a limit of its own, so that a flood with the public key does not hold up
 * form completions.
 */
export class RateLimits {
  private readonly limiters = new Map<string, Limiter>();

  /** @returns 0 when the events may pass, else the whole seconds to wait; nothing is spent then */
  async spend(tenant: Tenant, origin: EventOrigin, events: number): Promise<number> {
    if (events === 0) return 0;
    const key = `${origin}#${tenant.tenant_hash}`;
    const limiter = this.limiterFor(key, tenant.events_per_second);
    try {
      await limiter.consume(key, events);
      return 0;
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      // A large request that does not fit must not use up what smaller ones need.
      await limiter.reward(key, events);
      return Math.max(1, Math.ceil(refusal.msBeforeNext / 1_000));
    }
  }

  private limiterFor(key: string, eventsPerSecond: number): RateLimiterMemory {
    const known = this.limiters.get(key);
    if (known?.eventsPerSecond === eventsPerSecond) return known.limiter;
    // The window is as long as it takes to earn one full request: that always fits into a fresh one.
    const rate = Math.max(1, eventsPerSecond);
    const duration = Math.max(1, Math.ceil(LIMITS.requestEvents / rate));
    const limiter = new RateLimiterMemory({ points: rate * duration, duration });
    this.limiters.set(key, { eventsPerSecond, limiter });
    return limiter;
  }
}
