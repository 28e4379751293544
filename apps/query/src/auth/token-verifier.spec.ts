import { afterEach, expect, it, jest } from '@jest/globals';
import { SignJWT } from 'jose';
import type { AuthConfig } from '../config.ts';
import { createTokenVerifier } from './token-verifier.ts';

const SECRET = new TextEncoder().encode('a-secret-of-at-least-thirty-two-bytes');
const NOW = Date.UTC(2026, 10, 22, 10);

afterEach(() => void jest.useRealTimers());

const token = (secret: Uint8Array): Promise<string> =>
  new SignJWT({ tenant_hash: 'tn_a', role: 'viewer' })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject('someone')
    .setExpirationTime(NOW / 1_000 + 30)
    .sign(secret);

it('refuses a token that it has verified before, once it has expired', async () => {
  jest.useFakeTimers({ now: NOW, doNotFake: ['nextTick', 'queueMicrotask', 'performance'] });
  const verify = createTokenVerifier({ secret: SECRET } as AuthConfig);
  const known = await token(SECRET);
  await expect(verify(known)).resolves.toMatchObject({ tenantHash: 'tn_a', role: 'viewer' });
  jest.setSystemTime(NOW + 29_000);
  await expect(verify(known)).resolves.toMatchObject({ tenantHash: 'tn_a' });
  // Clocks may differ by five seconds.
  jest.setSystemTime(NOW + 36_000);
  await expect(verify(known)).rejects.toMatchObject({ code: 'invalid_token' });
});
