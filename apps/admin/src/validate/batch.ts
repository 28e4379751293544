/** A pasted request, event by event, with what ingest says of each. Pure. */
import type { CheckDto } from '../api/generated/index.ts';
import { lineOfPath, pointerSteps, type LineMark } from '../ui/json-text.ts';

export interface PastedEvent {
  /** Where it lies in what was pasted. */
  path: (string | number)[];
  /** '' where it does not say. */
  type: string;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function typeOf(event: unknown): string {
  if (!isObject(event)) return '';
  const inner = event['event'];
  return text(event['event_type']) || (isObject(inner) ? text(inner['type']) : '');
}

/** The events of any of the three shapes, as ingest numbers them. */
export function eventsOf(body: unknown): PastedEvent[] {
  const list = isObject(body) && Array.isArray(body['events']) ? body['events'] : body;
  const around = list === body ? [] : ['events'];
  return Array.isArray(list)
    ? list.map((event: unknown, i) => ({ path: [...around, i], type: typeOf(event) }))
    : [{ path: [], type: typeOf(body) }];
}

export interface EventVerdict {
  index: number;
  type: string;
  line: number;
  /** null where it would be taken. */
  refusal: { code: string; path: string; message: string } | null;
}

export function verdicts(
  pasted: string,
  body: unknown,
  rejected: NonNullable<CheckDto['verdict']>['rejected'],
): EventVerdict[] {
  const byIndex = new Map(rejected.map((rejection) => [rejection.index, rejection]));
  return eventsOf(body).map(({ path, type }, index) => {
    const refusal = byIndex.get(index) ?? null;
    const where = refusal ? [...path, ...pointerSteps(refusal.path)] : path;
    return { index, type, line: lineOfPath(pasted, where), refusal };
  });
}

export const marksOf = (found: readonly EventVerdict[]): LineMark[] =>
  found.flatMap(({ line, refusal }) =>
    refusal ? [{ line, message: `${refusal.path || 'The event'}: ${refusal.message}` }] : [],
  );
