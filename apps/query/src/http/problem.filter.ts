import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { Catch, HttpException, Inject } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { BrokerUnavailableError } from '@picasso/messaging';
import { UnprocessedError } from '@picasso/storage';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { TimeoutError } from 'rxjs';
import { LOGGER } from '../tokens.ts';
import { Problem, type ProblemCode } from './problem.ts';

const BY_STATUS: Record<number, ProblemCode> = {
  404: 'not_found',
  405: 'not_found',
  413: 'too_large',
  415: 'unsupported_media_type',
  429: 'rate_limited',
  503: 'unavailable',
};
const OUTAGE_RETRY_SECONDS = 5;

/** Everything that a handler, guard or pipe throws leaves as a problem. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const problem = toProblem(error);
    if (problem.status >= 500) {
      const route = request.routeOptions?.url;
      this.logger.error({ err: problem.options.cause ?? error, route }, problem.code);
    }
    sendProblem(http.getResponse<FastifyReply>(), problem);
  }
}

export function sendProblem(reply: FastifyReply, problem: Problem): void {
  const { retryAfter } = problem.options;
  if (retryAfter !== undefined) reply.header('retry-after', String(Math.ceil(retryAfter)));
  if (problem.status === 401) reply.header('www-authenticate', challenge(problem.code));
  reply
    .code(problem.status)
    .header('cache-control', 'no-store')
    .type('application/problem+json; charset=utf-8')
    .send(JSON.stringify(problem.body()));
}

/** What Node's parser refuses never becomes a request: the answer is written by hand. */
export function refuseUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (socket.writable && error.code !== 'ECONNRESET') {
    const overflow = error.code === 'HPE_HEADER_OVERFLOW';
    const problem = new Problem(overflow ? 'headers_too_large' : 'invalid_request');
    const body = JSON.stringify(problem.body());
    const lines = [
      `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
      ...['connection: close', 'cache-control: no-store'],
      'content-type: application/problem+json; charset=utf-8',
      `content-length: ${Buffer.byteLength(body)}`,
    ];
    socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`);
  }
  socket.destroy();
}

export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof TimeoutError || isOutage(error))
    return new Problem('unavailable', { retryAfter: OUTAGE_RETRY_SECONDS, cause: error });
  const status = httpStatus(error);
  if (status === undefined || status === 500) return new Problem('internal', { cause: error });
  return new Problem(BY_STATUS[status] ?? (status < 500 ? 'invalid_request' : 'internal'));
}

/** What the broker's client throws when nobody answers, or JetStream does not. */
const BROKER_ERRORS = new Set([
  ...['TimeoutError', 'NoRespondersError', 'RequestError', 'ConnectionError'],
  ...['ClosedConnectionError', 'DrainingConnectionError', 'JetStreamApiError'],
  ...['JetStreamNotEnabled', 'StreamNotFoundError', 'ConsumerNotFoundError'],
]);

/**
 * Whatever the AWS SDK gives up on (refused connection, timeout, throttling, a missing table)
 * carries `$metadata`. A request that the engine calls malformed is our bug, not an outage.
 */
function isOutage(error: unknown): boolean {
  if (error instanceof UnprocessedError || error instanceof BrokerUnavailableError) return true;
  if (error instanceof Error && BROKER_ERRORS.has(error.name)) return true;
  return error instanceof Error && '$metadata' in error && error.name !== 'ValidationException';
}

/** Nest's exceptions and Fastify's own errors (unreadable body, too large…). */
function httpStatus(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  const { statusCode } = (error ?? {}) as { statusCode?: unknown };
  return typeof statusCode === 'number' ? statusCode : undefined;
}

/** RFC 6750, 3: without credentials the challenge says nothing about an error. */
const challenge = (code: ProblemCode): string =>
  code === 'invalid_token' ? 'Bearer error="invalid_token"' : 'Bearer';
