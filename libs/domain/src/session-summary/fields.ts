import type { JourneyEvent } from '@picasso/contracts';

/** A payload's field as text: a string that is not empty, or a number; else null. */
export function textField(event: Pick<JourneyEvent, 'payload'>, name: string): string | null {
  return asText(ownField(event.payload, name));
}

/** A payload's field as a finite number, else null. */
export function numberField(event: Pick<JourneyEvent, 'payload'>, name: string): number | null {
  const value = ownField(event.payload, name);
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** A list's members; empty where the field is no list. */
export function listField(object: unknown, name: string): readonly unknown[] {
  const value = ownField(object, name);
  return Array.isArray(value) ? value : [];
}

/** An own property of something that may be no object at all. */
export function ownField(object: unknown, name: string): unknown {
  if (typeof object !== 'object' || object === null || !Object.hasOwn(object, name))
    return undefined;
  return (object as Record<string, unknown>)[name];
}

/** Text of a value that senders write as a string or as a number. */
export function asText(value: unknown): string | null {
  if (typeof value === 'string') return value === '' ? null : value;
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : null;
}
