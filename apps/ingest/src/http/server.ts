/** The HTTP server and how long it lets anybody keep it waiting. */
import { LIMITS } from '@picasso/contracts';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { IngestConfig } from '../config.ts';
import type { IngestMetrics } from '../ingest-metrics.ts';
import { allowEveryOrigin, EVERY_ANSWER } from './cors.ts';
import { problemOf } from './problem.ts';
import { sendProblem } from './problem.filter.ts';

/** A page that is being left has a few seconds; 512 KB over a slow phone line take twenty. */
const REQUEST_MS = 20_000;
const HEADERS_MS = 10_000;
/** Longer than load balancers keep idle connections (60 s), so that they close first. */
const KEEP_ALIVE_MS = 65_000;
const CHECK_CONNECTIONS_MS = 1_000;

export function createAdapter({ trustProxy }: IngestConfig): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: LIMITS.requestBytes,
    requestTimeout: REQUEST_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    http: { headersTimeout: HEADERS_MS, connectionsCheckingInterval: CHECK_CONNECTIONS_MS },
    routerOptions: { maxParamLength: 4 * LIMITS.idLength },
    trustProxy,
    skipMiddie: true,
    // Addresses that the router cannot read never reach a hook or a filter.
    frameworkErrors: (error: Error, _request: unknown, reply: unknown) =>
      sendProblem((reply as FastifyReply).headers(EVERY_ANSWER), problemOf(error)),
  });
}

export function prepareServer(
  fastify: FastifyInstance,
  { maxConnections }: IngestConfig,
  metrics: IngestMetrics,
): void {
  fastify.server.maxConnections = maxConnections;
  allowEveryOrigin(fastify);
  // Bodies stay bytes: decompression, UTF-8 and JSON are request-body.ts's.
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body);
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none';
    metrics.request(route, reply.statusCode, reply.elapsedTime / 1_000);
    done();
  });
}
