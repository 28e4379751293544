/** From the bytes of a request to parsed JSON, within the limits of the wire contract. */
import { isUtf8 } from 'node:buffer';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { LIMITS } from '@picasso/contracts';
import { Problem } from './problem.ts';

const inflate = promisify(gunzip);

/** `navigator.sendBeacon` and `fetch` without a header send text/plain, or no type at all. */
const MEDIA_TYPE = /^(?:application\/(?:[\w.+-]+\+)?json|text\/plain)?$/;

export interface RawRequest {
  /** Bytes as they came; undefined where there were none. */
  body: unknown;
  headers: Record<string, string | string[] | undefined>;
}

/**
 * @throws Problem unreadable_body, too_large, unsupported_media_type
 */
export async function readBody({ body, headers }: RawRequest): Promise<unknown> {
  checkMediaType(headers['content-type']);
  const bytes = await decompress(body, headers['content-encoding']);
  // JSON.parse would take U+FFFD for whatever was broken.
  if (!isUtf8(bytes)) throw new Problem('unreadable_body', 'the body is not UTF-8');
  const text = bytes.toString('utf8');
  try {
    return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text) as unknown;
  } catch {
    // The parser's message quotes what visitors wrote.
    throw new Problem('unreadable_body', 'the body is not JSON');
  }
}

function checkMediaType(header: string | string[] | undefined = ''): void {
  const [type = '', ...parameters] = String(header).toLowerCase().split(';');
  const charset = parameters.find((parameter) => parameter.trim().startsWith('charset='));
  const known = MEDIA_TYPE.test(type.trim());
  if (known && (!charset || /=\s*"?utf-?8"?\s*$/.test(charset))) return;
  throw new Problem('unsupported_media_type', 'send UTF-8 JSON as application/json or text/plain');
}

async function decompress(
  body: unknown,
  encoding: string | string[] | undefined = 'identity',
): Promise<Buffer> {
  if (!Buffer.isBuffer(body)) throw new Problem('unreadable_body', 'there is no body');
  switch (String(encoding).toLowerCase()) {
    case 'identity':
      return body;
    case 'gzip':
    case 'x-gzip':
      break;
    default:
      throw new Problem('unsupported_media_type', 'the only content encoding is gzip');
  }
  try {
    // Stops at the limit: a bomb costs what an honest request costs.
    return await inflate(body, { maxOutputLength: LIMITS.requestBytes });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new Problem('too_large', 'a request has at most 512 KB after decompression');
    }
    throw new Problem('unreadable_body', 'the body is not valid gzip');
  }
}
