import { Inject, Injectable } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { SpanKind } from '@opentelemetry/api';
import { withSpan } from '@picasso/telemetry';
import type { FastifyRequest } from 'fastify';
import { defaultIfEmpty, firstValueFrom, from, timeout, type Observable } from 'rxjs';
import type { QueryConfig } from '../config.ts';
import { CONFIG } from '../tokens.ts';

/** One span a request, named by its route, and an end to requests that the tables keep waiting. */
@Injectable()
export class RequestSpanInterceptor implements NestInterceptor {
  constructor(@Inject(CONFIG) private readonly config: QueryConfig) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { method, routeOptions } = context.switchToHttp().getRequest<FastifyRequest>();
    const route = routeOptions.url ?? 'unknown';
    const answer = next
      .handle()
      .pipe(timeout(this.config.requestTimeoutMs), defaultIfEmpty(undefined));
    return from(
      withSpan(
        `${method} ${route}`,
        {
          kind: SpanKind.SERVER,
          attributes: { 'http.request.method': method, 'http.route': route },
        },
        () => firstValueFrom(answer),
      ),
    );
  }
}
