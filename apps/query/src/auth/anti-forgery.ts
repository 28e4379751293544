import { createHmac, timingSafeEqual } from 'node:crypto';
import type { AuthConfig } from '../config.ts';
import { deriveKey } from './keys.ts';

/** Header that carries the anti-forgery token of a cookie session. */
export const CSRF_HEADER = 'x-csrf-token';

/**
 * Guards cookie sessions against other sites' requests. The token is a MAC of the session cookie's
 * value: a page that cannot read our answers cannot know it, and nothing has to be stored.
 */
export class AntiForgery {
  private readonly key: Buffer;

  constructor(private readonly auth: Pick<AuthConfig, 'secret' | 'consoleOrigin'>) {
    this.key = deriveKey(auth.secret, 'anti-forgery');
  }

  token(session: string): string {
    return createHmac('sha256', this.key).update(session).digest('base64url');
  }

  tokenMatches(session: string, token: unknown): boolean {
    if (typeof token !== 'string') return false;
    const expected = Buffer.from(this.token(session));
    const given = Buffer.from(token);
    return expected.length === given.length && timingSafeEqual(expected, given);
  }

  /** Console and service share one origin: the configured one, else the host that was asked for. */
  originMatches(origin: string | undefined, host: string | undefined): boolean {
    if (!origin || !URL.canParse(origin)) return false;
    if (this.auth.consoleOrigin) return origin === this.auth.consoleOrigin;
    return new URL(origin).host === host;
  }
}
