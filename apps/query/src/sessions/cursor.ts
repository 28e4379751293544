import { createHmac, timingSafeEqual } from 'node:crypto';
import { deriveKey } from '../auth/keys.ts';
import { Problem } from '../http/problem.ts';

/** What a page belongs to. None of it is in the cursor; all of it is in its signature. */
export interface CursorScope {
  /** Which list. */
  list: string;
  tenantHash: string;
  /** As the client gave them, without cursor and limit. */
  filters: Readonly<Record<string, string | undefined>>;
}

/** Where the next page begins. */
export interface CursorPosition {
  /**
   * The first page's window, epoch milliseconds [from, to): `range=7d` has to mean the same days
   * on every page, past midnight too.
   */
  window: readonly [number, number];
  /** The store's own position. */
  after: string;
}

const MAC_BYTES = 32;

/**
 * Page cursors: `base64url(mac || position)`. A cursor that was changed, or that comes with another
 * tenant, list or filter than it was made for, does not open.
 */
export class CursorCodec {
  private readonly key: Buffer;

  constructor(secret: Uint8Array) {
    this.key = deriveKey(secret, 'cursors');
  }

  seal(scope: CursorScope, position: CursorPosition): string {
    const body = Buffer.from(JSON.stringify([...position.window, position.after]));
    return Buffer.concat([this.mac(scope, body), body]).toString('base64url');
  }

  /** @throws Problem `invalid_cursor` */
  open(scope: CursorScope, cursor: string): CursorPosition {
    const bytes = Buffer.from(cursor, 'base64url');
    const body = bytes.subarray(MAC_BYTES);
    const signed =
      bytes.length > MAC_BYTES &&
      // Base64 decoders overlook stray characters; a cursor has one spelling.
      bytes.toString('base64url') === cursor &&
      timingSafeEqual(bytes.subarray(0, MAC_BYTES), this.mac(scope, body));
    if (!signed) throw new Problem('invalid_cursor', { detail: 'start again without a cursor' });
    const [from, to, after] = JSON.parse(body.toString()) as [number, number, string];
    return { window: [from, to], after };
  }

  private mac({ list, tenantHash, filters }: CursorScope, body: Buffer): Buffer {
    const given = Object.entries(filters)
      .filter(([, value]) => value !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return createHmac('sha256', this.key)
      .update(`${JSON.stringify([list, tenantHash, given])}\n`)
      .update(body)
      .digest();
  }
}
