import { Inject, Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Principal } from '../auth/principal.ts';
import type { QueryConfig } from '../config.ts';
import { CONFIG } from '../tokens.ts';
import { Problem } from './problem.ts';

/** Requests a minute per token subject, counted in this replica. */
@Injectable()
export class RateLimits {
  private readonly limiter: RateLimiterMemory;

  constructor(@Inject(CONFIG) { requestsPerMinute }: QueryConfig) {
    this.limiter = new RateLimiterMemory({ points: requestsPerMinute, duration: 60 });
  }

  /** @throws Problem `rate_limited` with `Retry-After` */
  async take({ sub, tenantHash }: Pick<Principal, 'sub' | 'tenantHash'>): Promise<void> {
    try {
      await this.limiter.consume(JSON.stringify([tenantHash, sub]));
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      throw new Problem('rate_limited', { retryAfter: refusal.msBeforeNext / 1000 });
    }
  }
}

/** Runs after the auth guard; public routes have no subject and are not limited here. */
@Injectable()
export class RateLimitGuard implements CanActivate {
  constructor(@Inject(RateLimits) private readonly limits: RateLimits) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { principal } = context.switchToHttp().getRequest<FastifyRequest>();
    if (principal) await this.limits.take(principal);
    return true;
  }
}
