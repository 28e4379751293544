/** Small things that the browser is asked for. */
import type { Reply } from './answer.ts';
import { attempt } from './store.ts';

/** 128 random bits as digits. Works without a secure context, unlike `crypto.randomUUID`. */
export const newId = (prefix: string): string =>
  prefix + crypto.getRandomValues(new Uint32Array(4)).join('');

const utf8 = new TextEncoder();
export const byteLength = (text: string): number => utf8.encode(text).length;

/** Browsers let a page have 64 KB of requests under way that may outlive it. */
export const BUDGET_BYTES = 63_000;

/** A request that hangs must not hold up the others. */
const ANSWER_MS = 30_000;

/**
 * A plain-text body to an address with the key in it: browsers send that without asking the
 * server first, also from a page that is being closed.
 *
 * @returns undefined when no answer came; never rejects
 */
export async function post(
  url: string,
  body: string,
  leaving: boolean,
): Promise<Reply | undefined> {
  try {
    // Firefox before 133 would give the request up together with the page.
    if (leaving && !('keepalive' in Request.prototype)) throw new Error();
    const answer = await fetch(url, {
      method: 'POST',
      body,
      // Browsers refuse larger ones, and an event that is too large has to be told so by the server:
      // it would hold up all others for good.
      keepalive: byteLength(body) < BUDGET_BYTES,
      credentials: 'omit',
      signal: (AbortSignal as Partial<typeof AbortSignal>).timeout?.(ANSWER_MS),
    });
    return {
      status: answer.status,
      retryAfter: answer.headers.get('retry-after'),
      body: await answer.json().catch(() => undefined),
    };
  } catch {
    // Nobody reads a beacon's answer: the events stay in the buffer and are sent again.
    if (leaving) attempt(() => navigator.sendBeacon(url, body));
    return undefined;
  }
}
