import { createSecretKey } from 'node:crypto';
import { TENANT_HASH } from '@picasso/contracts';
import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyResult } from 'jose';
import { LRUCache } from 'lru-cache';
import type { AuthConfig } from '../config.ts';
import { Problem } from '../http/problem.ts';
import { ROLES, type Principal } from './principal.ts';

export type VerifyToken = (token: string) => Promise<Omit<Principal, 'via'>>;

/** Clocks of portal and service may differ by this much. */
const CLOCK_TOLERANCE_SECONDS = 5;
const MAX_SUBJECT = 256;
/** How long a token is taken for the one that was verified, and how many are known at a time. */
const VERIFIED = { ttl: 60_000, max: 500 };

/**
 * Verifies the portal's JWTs. The algorithm is pinned by configuration and never taken from the
 * token: HS256 with the shared secret, or asymmetric ones where a JWKS URL is set (an HMAC made
 * with a public key must not count).
 *
 * The returned function rejects with `invalid_token`, or with `unavailable` when the identity
 * provider's keys cannot be fetched.
 */
export function createTokenVerifier(auth: AuthConfig): VerifyToken {
  const claims = {
    issuer: auth.issuer,
    audience: auth.audience,
    requiredClaims: ['exp', 'sub'],
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
  };
  // Made once: of bytes, a key is made again for every token.
  const secret = createSecretKey(auth.secret);
  const keys = auth.jwksUrl && createRemoteJWKSet(auth.jwksUrl);
  const verify = (token: string): Promise<JWTVerifyResult> =>
    keys
      ? jwtVerify(token, keys, { ...claims, algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'] })
      : jwtVerify(token, secret, { ...claims, algorithms: ['HS256'] });

  // A dashboard asks twenty questions with one token.
  const verified = new LRUCache<string, Omit<Principal, 'via'>>(VERIFIED);
  return async (token) => {
    const known = verified.get(token);
    if (known && known.expiresAt * 1_000 > Date.now()) return known;
    const { payload } = await verify(token).catch((cause: unknown) => {
      throw isTokenFault(cause)
        ? new Problem('invalid_token', { cause })
        : new Problem('unavailable', { detail: 'tokens cannot be verified', retryAfter: 5, cause });
    });
    const principal = toPrincipal(payload);
    verified.set(token, principal);
    return principal;
  };
}

/** Fetching a JWKS fails with these two, or with an error that is not jose's (refused connection). */
const isTokenFault = (error: unknown): boolean =>
  error instanceof errors.JOSEError &&
  !(error instanceof errors.JWKSTimeout) &&
  !(error instanceof errors.JWKSInvalid) &&
  error.code !== 'ERR_JOSE_GENERIC';

/** Types promise a text; a token holds what its issuer wrote. */
const isSubject = (sub: unknown): sub is string =>
  typeof sub === 'string' && sub !== '' && sub.length <= MAX_SUBJECT;

function toPrincipal({ sub, exp, role, tenant_hash }: JWTPayload): Omit<Principal, 'via'> {
  const known = ROLES.find((name) => name === role);
  const tenantHash =
    typeof tenant_hash === 'string' && TENANT_HASH.test(tenant_hash) ? tenant_hash : undefined;
  const tenantFits = tenantHash !== undefined || (known === 'ops' && tenant_hash === undefined);
  if (!isSubject(sub) || exp === undefined || !known || !tenantFits)
    throw new Problem('invalid_token');
  return { sub, role: known, tenantHash, expiresAt: exp };
}
