/// <reference lib="es2024.string" />
/** What no schema says well: depth, poisonous keys, numbers that JSON cannot say, broken text. */
import { LIMITS } from './events.ts';
import type { RejectionCode } from './rejections.ts';

/** Why an event is refused. `path` is a JSON pointer into the event as it was sent. */
export interface Finding {
  code: RejectionCode;
  path: string;
  message: string;
}

/** What one pass over an event finds out besides. */
export interface Inspection {
  /** Upper bound of its size as compact JSON in bytes. */
  bytes: number;
  /** A string holds half a surrogate pair (text that was cut inside an emoji). */
  illFormed: boolean;
}

/** Longest form of a number in JSON, with its comma. */
const NUMBER_BYTES = 26;
/** JSON may write one UTF-16 unit as `\u0000`. */
const UNIT_BYTES = 6;

const pointer = (key: string): string => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;

const below = (key: string, finding: Finding): Finding => ({
  ...finding,
  path: pointer(key) + finding.path,
});

/**
 * Looks at every value once; never deeper than `levels`, so a hostile depth costs nothing.
 *
 * @param levels how many levels of objects and lists are allowed, this one included
 * @returns the first thing that is wrong, or undefined
 */
export function inspect(value: unknown, levels: number, seen: Inspection): Finding | undefined {
  if (typeof value === 'string') {
    seen.bytes += value.length * UNIT_BYTES + 3;
    if (!seen.illFormed && !value.isWellFormed()) seen.illFormed = true;
    return undefined;
  }
  if (typeof value === 'number') {
    seen.bytes += NUMBER_BYTES;
    // 1e999 is valid JSON that JavaScript reads as Infinity and would write as null.
    if (Number.isFinite(value)) return undefined;
    return { code: 'invalid', path: '', message: 'must be a finite number' };
  }
  if (typeof value !== 'object' || value === null) {
    seen.bytes += 6;
    return undefined;
  }
  if (levels <= 0) {
    const message = `must not nest deeper than ${LIMITS.nesting} levels`;
    return { code: 'too_deep', path: '', message };
  }
  seen.bytes += 3;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i += 1) {
      const finding = inspect(value[i], levels - 1, seen);
      if (finding) return below(String(i), finding);
    }
    return undefined;
  }
  for (const key of Object.keys(value)) {
    if (key === '__proto__' || key === 'constructor' || key === 'prototype') {
      return { code: 'invalid', path: pointer(key), message: 'must not be used as a name' };
    }
    seen.bytes += key.length * UNIT_BYTES + 4;
    if (!seen.illFormed && !key.isWellFormed()) seen.illFormed = true;
    const finding = inspect((value as Record<string, unknown>)[key], levels - 1, seen);
    if (finding) return below(key, finding);
  }
  return undefined;
}

/**
 * A copy in which halves of surrogate pairs are replaced by U+FFFD: strict readers of JSON further
 * on would refuse the whole message. Only for values that `inspect` has bounded.
 */
export function wellFormed(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  if (Array.isArray(value)) return value.map(wellFormed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key.toWellFormed(), wellFormed(member)]),
  );
}
