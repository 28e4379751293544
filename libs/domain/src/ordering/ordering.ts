import { KEYS, type JourneyEvent, type StoredEvent } from '@picasso/contracts';
import { stringify } from 'safe-stable-stringify';

export interface SequenceGap {
  /** The last number that arrived before the gap; 0 when the first ones are missing. */
  after_sequence: number;
  /** How many numbers are missing there; at least 1. */
  missing: number;
}

/** The event's sort key in session-events: step, raw client time, event id. */
export function sortKeyOf(event: JourneyEvent): string {
  return KEYS.step(event.step_number, event.timestamp_ms, event.event_id);
}

/**
 * The total order of a session's events: step, sequence number (last where there is none), raw
 * client time, event id. The chat backend keeps no numbers, so its answer follows the step that it
 * answers, whatever its clock says.
 *
 * Two events compare as equal only if all four are equal; within one session that means that they
 * are copies of one event.
 */
export function compareEvents(a: JourneyEvent, b: JourneyEvent): number {
  return (
    a.step_number - b.step_number ||
    compareSequence(a.sequence_number, b.sequence_number) ||
    a.timestamp_ms - b.timestamp_ms ||
    compareText(a.event_id, b.event_id)
  );
}

/**
 * The events of one session, each event id once, in their total order. The input is left alone.
 *
 * Of copies that share an id the one with the lowest sort key counts. Copies with the same sort key
 * but other content (a sender reused an id) are told apart by their content, never by arrival:
 * otherwise a resend could change what a session says.
 */
export function orderEvents<T extends JourneyEvent>(events: readonly T[]): T[] {
  const byId = new Map<string, T>();
  for (const event of events) {
    const known = byId.get(event.event_id);
    if (known === undefined || compareCopies(event, known) < 0) byId.set(event.event_id, event);
  }
  return [...byId.values()].sort(compareEvents);
}

/**
 * Events that were sent but never arrived, as far as the numbers tell: the holes between the lowest
 * and the highest number seen, in ascending order.
 *
 * Clients start at 1 or at 0, so a lowest number above 1 leaves a gap from 1 on, while a lowest
 * number of 1 does not prove that a 0 is missing. What was lost after the highest number leaves no
 * trace. Events without a number (deployed widget, chat backend) take no part.
 */
export function sequenceGaps(
  events: readonly Pick<JourneyEvent, 'sequence_number'>[],
): SequenceGap[] {
  const numbers = new Set<number>();
  for (const { sequence_number } of events) {
    if (sequence_number !== null) numbers.add(sequence_number);
  }
  const gaps: SequenceGap[] = [];
  let previous = 0;
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const missing = number - previous - 1;
    if (missing > 0) gaps.push({ after_sequence: previous, missing });
    previous = number;
  }
  return gaps;
}

function compareCopies(a: Partial<StoredEvent> & JourneyEvent, b: typeof a): number {
  return (
    compareText(sortKeyOf(a), sortKeyOf(b)) ||
    compareSequence(a.sequence_number, b.sequence_number) ||
    compareText(contentOf(a), contentOf(b)) ||
    (a.received_ms ?? 0) - (b.received_ms ?? 0) ||
    (a.stream_seq ?? 0) - (b.stream_seq ?? 0)
  );
}

/** All but how and when the copy came in; keys sorted, since a table returns them in any order. */
function contentOf(event: Partial<StoredEvent>): string {
  return stringify({ ...event, received_ms: 0, stream_seq: 0 }) ?? '';
}

function compareSequence(a: number | null, b: number | null): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return a - b;
}

/** By UTF-16 units, the same everywhere: no locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
