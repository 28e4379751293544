import { createHash } from 'node:crypto';
import { stableJson } from '@picasso/storage';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** RFC 9110, 13.1.2: weak comparison against a list, or `*`. */
export const matchesEtag = (ifNoneMatch: string | undefined, etag: string): boolean =>
  ifNoneMatch?.trim() === '*' ||
  (ifNoneMatch ?? '')
    .split(',')
    .some((tag) => tag.trim().replace(/^W\//, '') === etag.replace(/^W\//, ''));

/**
 * Gives an answer its ETag before it is made. Weak: `as_of` differs between answers that say the
 * same.
 *
 * @param parts all that the answer depends on
 * @returns whether the client has it already; then there is nothing to answer but 304
 */
export function notModified(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: readonly unknown[],
): boolean {
  // Tables answer with a row's attributes in whatever order.
  const digest = createHash('sha256').update(stableJson(parts)).digest('base64url');
  const etag = `W/"${digest}"`;
  // Late events, erasure and backfill may still revise any day: keep it, and ask.
  reply.header('etag', etag).header('cache-control', 'private, no-cache');
  if (!matchesEtag(request.headers['if-none-match'], etag)) return false;
  reply.code(304);
  return true;
}
