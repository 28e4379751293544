import type { JsonObject } from '@picasso/contracts';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { stringify } from 'safe-stable-stringify';
import { compareText } from '../ordering/ordering.ts';

/**
 * What keeps a session's row within one table item of 400 KB whatever a client sends: 500 clicks of
 * 256 bytes take 129 KB, and the row of a session that is open again holds them twice, as its last
 * summary has them and as the item counters do by now. All else that is bounded here takes 105 KB,
 * names (`names.ts`) 16 KB, so that 144 KB are left for the summary's `clicks` and `shown` together.
 */
export const BOUNDS = {
  /** Bytes of an item key, a form, field or branch id. */
  keyBytes: 256,
  /** Forms, bottlenecks and topics of one session. */
  listEntries: 64,
  /** Bytes of JSON, for `context` and `attribution` each. */
  objectBytes: 8 * 1024,
  /** Bytes of JSON of `clicks` and `shown` together; `shown` ends where it would take more. */
  itemsBytes: 144 * 1024,
} as const;

/** The first `count` characters (code points, so that no character is cut in half). */
export function firstCharacters(text: string, count: number): string {
  // A code point has at most two units: cutting first spares us walking through a long text.
  return text.length <= count ? text : [...text.slice(0, 2 * count)].slice(0, count).join('');
}

/**
 * Whether the text takes more than so many bytes as JSON, its quotes left out. Summaries are kept as
 * JSON, where a control character takes six bytes; for ordinary ids this is their UTF-8 length.
 */
export function exceedsBytes(text: string, limit: number): boolean {
  return text.length * 6 > limit && jsonBytes(text) - 2 > limit;
}

export function jsonBytes(value: unknown): number {
  return utf8ToBytes(JSON.stringify(value)).length;
}

/** `sha256:` and 64 hex digits. */
export function digest(text: string): string {
  return `sha256:${bytesToHex(sha256(utf8ToBytes(text)))}`;
}

/** An id as summaries keep it: itself, or its digest when it has more than 256 bytes. */
export function boundedId(id: string): string {
  return exceedsBytes(id, BOUNDS.keyBytes) ? digest(id) : id;
}

/**
 * A copy with sorted keys, at every level, of at most 8 KB. Entries that do not fit are left out,
 * longest first: one bloated value must not cost the campaign's name beside it. The full object
 * stays readable on the event that brought it.
 */
export function boundedObject(object: JsonObject): JsonObject {
  const json = stringify(object);
  if (utf8ToBytes(json).length <= BOUNDS.objectBytes) return JSON.parse(json) as JsonObject;

  const entries = Object.entries(object)
    .map(([key, value]) => ({ key, bytes: jsonBytes({ [key]: value }) }))
    .sort((a, b) => a.bytes - b.bytes || compareText(a.key, b.key));
  const kept = new Map<string, unknown>();
  let used = 0;
  for (const { key, bytes } of entries) {
    used += bytes;
    if (used > BOUNDS.objectBytes) break;
    kept.set(key, object[key]);
  }
  return JSON.parse(stringify(Object.fromEntries(kept))) as JsonObject;
}

/** Sorted keys, so that equal contents have equal bytes; safe for keys such as `__proto__`. */
export function sortedRecord<V>(entries: Iterable<readonly [string, V]>): Record<string, V> {
  return Object.fromEntries([...entries].sort(([a], [b]) => compareText(a, b)));
}
