/** Slices as messages on EVENTS. */
import { hash } from 'node:crypto';
import { type EventSlice, HEADERS, type JourneyEvent } from '@picasso/contracts';

export interface SliceMessage {
  /** Same content, same id: a resend within the broker's window is stored once. */
  msgId: string;
  headers: Record<string, string>;
  body: string;
  events: number;
}

/** Below NATS' default `max_payload` of 1 MB even if every character takes three bytes. */
const LONGEST_EVENTS = 300_000;

/**
 * Usually one message a slice. Re-encoding can make JSON longer than it came (1e20 has 21 digits),
 * so a slice of a full request may take several.
 */
export function sliceMessages(slice: EventSlice): SliceMessage[] {
  const events = JSON.stringify(slice.events);
  if (events.length > LONGEST_EVENTS && slice.events.length > 1) {
    const half = Math.ceil(slice.events.length / 2);
    return [slice.events.slice(0, half), slice.events.slice(half)].flatMap((part) =>
      sliceMessages({ ...slice, events: part }),
    );
  }
  return [message(slice, slice.events, events)];
}

function message(slice: EventSlice, events: JourneyEvent[], eventsJson: string): SliceMessage {
  const { tenant_hash, session_id } = slice;
  const head = JSON.stringify({ ...slice, events: [] });
  return {
    // Of the whole events, not of their ids alone: an id that is used again for something else is
    // for the sessionizer to judge, by content and not by who came first. Times of arrival are
    // left out, they differ between attempts.
    msgId: hash('sha256', `${tenant_hash}\n${session_id}\n${eventsJson}`, 'base64url'),
    headers: { [HEADERS.events]: String(events.length), [HEADERS.session]: session_id },
    // `events` is the last field of a slice.
    body: `${head.slice(0, -'[]}'.length)}${eventsJson}}`,
    events: events.length,
  };
}
