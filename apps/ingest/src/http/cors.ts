import type { FastifyInstance } from 'fastify';

/**
 * CORS for every answer, errors included: a page has to be able to read why. Whose origin it is
 * decides the tenant's record later, so a preflight knows no tenant and no origin is special here.
 * No credentials, hence the star.
 */
export const EVERY_ANSWER = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'retry-after',
} as const;

const PREFLIGHT = {
  'access-control-allow-methods': 'POST, OPTIONS',
  'access-control-allow-headers':
    'content-type, content-encoding, x-write-key, traceparent, tracestate',
  'access-control-max-age': '86400',
} as const;

export function allowEveryOrigin(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.headers(EVERY_ANSWER);
    if (request.method !== 'OPTIONS') return done();
    reply.headers(PREFLIGHT).code(204).send();
  });
}
