import { SpanKind } from '@opentelemetry/api';
import { extractTrace, withSpan } from '@picasso/telemetry';
import type { FastifyRequest } from 'fastify';

/** A sender's "sampled" flag is honoured this often a second; beyond, our own sampling decides. */
const FOREIGN_PER_SECOND = 50;

/** One span a request. Off without a receiver: then it costs nothing. */
export class RequestTraces {
  private second = 0;
  private foreign = 0;

  constructor(private readonly enabled: boolean) {}

  around<T>(request: FastifyRequest, answer: () => Promise<T>): Promise<T> {
    if (!this.enabled) return answer();
    const route = request.routeOptions.url ?? 'unknown';
    return withSpan(
      `${request.method} ${route}`,
      {
        kind: SpanKind.SERVER,
        attributes: { 'http.request.method': request.method, 'http.route': route },
        parent: extractTrace(this.mayContinue(request) ? request.headers : undefined),
      },
      answer,
    );
  }

  private mayContinue({ headers }: FastifyRequest): boolean {
    if (headers.traceparent === undefined) return false;
    const second = Math.floor(performance.now() / 1_000);
    if (second !== this.second) {
      this.second = second;
      this.foreign = 0;
    }
    this.foreign += 1;
    return this.foreign <= FOREIGN_PER_SECOND;
  }
}
