import type { JsonObject, SessionSummary, StoredEvent } from '@picasso/contracts';
import { sequenceGaps, type SequenceGap } from '@picasso/domain';
import type { SessionView } from '@picasso/storage';

import { redactPayload, redactSummary } from './viewer-redaction.ts';

/** One event of a journey as the API answers it. */
export interface JourneyStep {
  event_id: string;
  step_number: number;
  sequence_number: number | null;
  event_type: string;
  /** ISO 8601: the client's clock as sent, not corrected for skew. */
  timestamp: string;
  /** ISO 8601: when ingest took the request. */
  timestamp_server: string;
  /** The client's time was impossible and ours stands in for it. */
  clock?: 'replaced';
  origin: StoredEvent['origin'];
  schema_version: string;
  payload: JsonObject;
  context?: JsonObject;
  attribution?: JsonObject;
}

export interface Journey {
  session: SessionSummary;
  steps: JourneyStep[];
  gaps: SequenceGap[];
}

/** @param withText whether the reader may see what visitors and the assistant wrote */
export function toJourney({ summary, steps }: SessionView, withText: boolean): Journey {
  return {
    session: withText ? summary : redactSummary(summary),
    steps: steps.map((event) => toStep(event, withText)),
    gaps: sequenceGaps(steps),
  };
}

function toStep(event: StoredEvent, withText: boolean): JourneyStep {
  const { clock, context, attribution } = event;
  return {
    event_id: event.event_id,
    step_number: event.step_number,
    sequence_number: event.sequence_number,
    event_type: event.event_type,
    timestamp: new Date(event.timestamp_ms).toISOString(),
    timestamp_server: new Date(event.received_ms).toISOString(),
    ...(clock && { clock }),
    origin: event.origin,
    schema_version: event.schema_version,
    payload: withText ? event.payload : redactPayload(event.payload),
    ...(context && { context }),
    ...(attribution && { attribution }),
  };
}
