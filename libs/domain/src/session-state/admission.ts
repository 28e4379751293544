import {
  type EventSlice,
  type JourneyEvent,
  LIMITS,
  type RejectionCode,
  type StoredEvent,
} from '@picasso/contracts';
import { sortKeyOf } from '../ordering/ordering.ts';

/**
 * Rows of one session. Only a sender that goes on repeating an id with ever lower keys has more rows
 * than events, and could go on without end.
 */
const MOST_ROWS = 2 * LIMITS.sessionEvents;

/** Sort keys have 13 digits for it. */
const LATEST_KEY_MS = 9_999_999_999_999;

export interface AdmissionInput {
  slice: EventSlice;
  /** Sequence of the slice's message. */
  stream_seq: number;
  /** Every stored event row of the session. */
  stored: readonly StoredEvent[];
  /** Start of the session so far; undefined for a new one. */
  started_ms: number | undefined;
  /** The session was erased on request: nothing of it is taken in again (pipeline rule 15). */
  erased?: boolean;
}

export interface Refused {
  /** As it travelled; with the code `poison` it may be anything. */
  event: JourneyEvent | null;
  code: Extract<RejectionCode, 'too_late' | 'session_full' | 'erased' | 'poison'>;
  error: string;
}

export interface Admission {
  /** To be stored. */
  fresh: StoredEvent[];
  duplicates: number;
  refused: Refused[];
}

/**
 * Which of a slice's events are new to their session, which were there, and which cannot be merged
 * any more (pipeline rules 3 and 5). Deterministic in what is stored: lateness is judged by the
 * time ingest took the slice, so a redelivery is judged as the first delivery was. Two replicas that
 * write slices of one session at the same moment may pass the limits by those slices.
 */
export function admit({
  slice,
  stream_seq,
  stored,
  started_ms,
  erased = false,
}: AdmissionInput): Admission {
  if (erased) {
    const error = 'the session was erased on request';
    const refused = slice.events.map((event) => ({ event, code: 'erased' as const, error }));
    return { fresh: [], duplicates: 0, refused };
  }
  const keys = new Map<string, string>();
  let first = Infinity;
  let last = -Infinity;
  const span = (ms: number): void => {
    first = Math.min(first, ms);
    last = Math.max(last, ms);
  };
  for (const event of stored) {
    const key = sortKeyOf(event);
    const known = keys.get(event.event_id);
    if (known === undefined || key < known) keys.set(event.event_id, key);
    if (event.origin === 'browser') span(event.timestamp_ms);
  }
  const admission: Admission = { fresh: [], duplicates: 0, refused: [] };
  const skew = slice.skew_ms ?? 0;
  for (const event of slice.events) {
    if (!isSound(event)) {
      const error = 'the event has not the form in which events travel';
      admission.refused.push({ event, code: 'poison', error });
      continue;
    }
    const key = sortKeyOf(event);
    const known = keys.get(event.event_id);
    // Of rows that share an id the lowest key counts, so only a lower one adds anything.
    if (known !== undefined && known <= key) {
      admission.duplicates += 1;
      continue;
    }
    const sessionStart = started_ms ?? Math.min(first, event.timestamp_ms) + skew;
    if (slice.received_ms - sessionStart > LIMITS.tooLateMs) {
      const error = 'the session started more than 6 days before this event arrived';
      admission.refused.push({ event, code: 'too_late', error });
      continue;
    }
    const length =
      slice.origin === 'browser' && first !== Infinity
        ? Math.max(last, event.timestamp_ms) - Math.min(first, event.timestamp_ms)
        : 0;
    const rows = stored.length + admission.fresh.length;
    const full = keys.size >= LIMITS.sessionEvents || rows >= MOST_ROWS;
    if (full || length > LIMITS.sessionMs) {
      const error =
        length > LIMITS.sessionMs
          ? 'a session lasts at most 24 hours'
          : `a session holds at most ${LIMITS.sessionEvents} events`;
      admission.refused.push({ event, code: 'session_full', error });
      continue;
    }
    keys.set(event.event_id, key);
    if (slice.origin === 'browser') span(event.timestamp_ms);
    admission.fresh.push({
      ...event,
      received_ms: slice.received_ms,
      origin: slice.origin,
      traffic: slice.traffic,
      stream_seq,
    });
  }
  return admission;
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;
const isCount = (value: unknown, most: number): boolean =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most;

/**
 * Whether an event can be stored and read again. Ingest lets nothing else through, but a bug or
 * another release might: one such row, and its session could never be summarised.
 */
function isSound(event: JourneyEvent | null): boolean {
  return (
    event !== null &&
    typeof event.event_id === 'string' &&
    typeof event.event_type === 'string' &&
    isCount(event.step_number, LIMITS.stepNumber) &&
    isCount(event.timestamp_ms, LATEST_KEY_MS) &&
    (event.sequence_number === null || isCount(event.sequence_number, LIMITS.number)) &&
    isObject(event.payload) &&
    (event.context === undefined || isObject(event.context)) &&
    (event.attribution === undefined || isObject(event.attribution))
  );
}
