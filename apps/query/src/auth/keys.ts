import { hkdfSync } from 'node:crypto';

/**
 * A 32-byte key for one purpose, derived from the service's secret (RFC 5869), so that a cursor's
 * signature can never be taken for a token's.
 */
export const deriveKey = (secret: Uint8Array, purpose: 'cursors' | 'anti-forgery'): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, '', `picasso query ${purpose}`, 32));
