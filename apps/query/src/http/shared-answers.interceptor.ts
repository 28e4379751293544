import { Inject, Injectable, SetMetadata } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { defaultIfEmpty, firstValueFrom, from, type Observable } from 'rxjs';
import type { QueryConfig } from '../config.ts';
import { CONFIG } from '../tokens.ts';
import { matchesEtag } from './conditional.ts';

const SHARED = Symbol('shared');

/** An answer that depends on URL, tenant and role alone, and may be some moments old. */
export const Shared = () => SetMetadata(SHARED, true);

/** As it is sent; undefined for what cannot be sent twice (downloads, 304). */
type SharedAnswer = { body: string; headers: [name: string, value: string][] } | undefined;

/** Of the time that today's figures may be old anyway. */
const SHARE_OF_FRESHNESS = 1 / 4;
const KEPT_HEADERS = ['etag', 'cache-control'];

/**
 * Lets everybody who asks the same within a moment have the same answer: many people look at one
 * dashboard, and most of an answer's cost is putting it together and into JSON.
 *
 * Keyed by the token's tenant, its role and the whole URL, after all guards. Operators are left
 * out, as what they read is written down each time.
 */
@Injectable()
export class SharedAnswers implements NestInterceptor {
  private readonly answers: LRUCache<string, Promise<SharedAnswer>> | undefined;

  constructor(
    @Inject(CONFIG) { freshMs }: Pick<QueryConfig, 'freshMs'>,
    @Inject(Reflector) private readonly reflector: Reflector,
  ) {
    const ttl = Math.floor(freshMs * SHARE_OF_FRESHNESS);
    if (ttl > 0) this.answers = new LRUCache({ max: 10_000, ttl });
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const { principal } = request;
    const shared = this.reflector.get<boolean | undefined>(SHARED, context.getHandler());
    if (!this.answers || !shared || !principal?.tenantHash || principal.role === 'ops') {
      return next.handle();
    }
    const key = JSON.stringify([principal.tenantHash, principal.role, request.url]);
    return from(this.answer(this.answers, key, request, http.getResponse<FastifyReply>(), next));
  }

  private async answer(
    answers: LRUCache<string, Promise<SharedAnswer>>,
    key: string,
    request: FastifyRequest,
    reply: FastifyReply,
    next: CallHandler,
  ): Promise<unknown> {
    const waiting = answers.get(key);
    const known = waiting && (await waiting.catch(() => undefined));
    if (known) return send(known, request, reply);
    const making = firstValueFrom(next.handle().pipe(defaultIfEmpty(undefined)));
    const shareable = making.then((made) => toShared(made, reply));
    // For as long as it takes: the moment begins when it is there.
    answers.set(key, shareable, { ttl: 0 });
    const answer = await shareable.catch(() => undefined);
    if (answer) {
      answers.set(key, shareable);
      return send(answer, request, reply);
    }
    // Only what can be sent again stays; whoever waited for anything else asks anew.
    if (answers.peek(key) === shareable) answers.delete(key);
    return making;
  }
}

function toShared(made: unknown, reply: FastifyReply): SharedAnswer {
  if (typeof made !== 'object' || made === null || 'getStream' in made) return undefined;
  const headers = KEPT_HEADERS.flatMap((name): [string, string][] => {
    const value = reply.getHeader(name);
    return value === undefined ? [] : [[name, String(value)]];
  });
  return { body: JSON.stringify(made), headers };
}

function send(
  { body, headers }: NonNullable<SharedAnswer>,
  request: FastifyRequest,
  reply: FastifyReply,
): string | undefined {
  for (const [name, value] of headers) reply.header(name, value);
  const etag = headers.find(([name]) => name === 'etag')?.[1];
  if (etag !== undefined && matchesEtag(request.headers['if-none-match'], etag)) {
    reply.code(304);
    return undefined;
  }
  reply.header('content-type', 'application/json; charset=utf-8');
  return body;
}
