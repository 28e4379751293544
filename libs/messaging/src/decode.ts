import { createHash } from 'node:crypto';

const utf8 = new TextDecoder('utf-8', { fatal: true });

export type Decoded = { ok: true; data: unknown } | { ok: false; error: string };

/** A body as JSON. The error says what is wrong and never quotes the body, as parsers' messages do. */
export function decodeJson(body: Uint8Array): Decoded {
  let text: string;
  try {
    text = utf8.decode(body);
  } catch {
    return { ok: false, error: 'the body is not UTF-8' };
  }
  try {
    return { ok: true, data: JSON.parse(text) as unknown };
  } catch {
    return { ok: false, error: 'the body is not JSON' };
  }
}

/** Base64 of this many bytes leaves room for the rest of a letter in a payload of 1 MiB. */
const RAW_BYTES = 700 * 1024;

/** What the DLQ keeps of a body that cannot be read. Only far too large ones are cut, and say so. */
export function rawBody(body: Uint8Array): Record<string, unknown> {
  const base64 = Buffer.from(body.subarray(0, RAW_BYTES)).toString('base64');
  if (body.length <= RAW_BYTES) return { base64 };
  const sha256 = createHash('sha256').update(body).digest('hex');
  return { base64, truncated: true, bytes: body.length, sha256 };
}
