/**
 * Why an event was not taken: the published list. `where` says who decides: ingest answers with
 * the code, the sessionizer finds out later; both leave the event in the DLQ under it.
 */
export const REJECTIONS = {
  invalid: {
    where: 'ingest',
    text: 'a field is missing, has the wrong type or an impossible value',
  },
  unsupported_schema: { where: 'ingest', text: 'schema_version has another major version than 1' },
  tenant_mismatch: { where: 'ingest', text: 'the event names another tenant than its key' },
  forbidden_type: { where: 'ingest', text: 'this event type needs the server key' },
  too_large: { where: 'ingest', text: 'the event has more than 32 KB' },
  too_deep: { where: 'ingest', text: 'the event nests deeper than 8 levels' },
  too_late: { where: 'sessionizer', text: 'the session started more than 6 days before' },
  session_full: { where: 'sessionizer', text: 'the session has 5,000 events or lasts 24 h' },
  erased: { where: 'sessionizer', text: 'the session was erased on request' },
  poison: { where: 'sessionizer', text: 'the message cannot be read or stored' },
} as const;

export type RejectionCode = keyof typeof REJECTIONS;

/** One entry of an answer's `rejected` list. */
export interface Rejection {
  index: number;
  code: RejectionCode;
  /** JSON pointer into the event, `''` for the event itself. */
  path: string;
  message: string;
}

/** Body of a message on the DLQ. Nothing is dropped silently: the original event is in it. */
export interface DeadLetter {
  v: 1;
  tenant_hash: string;
  reason: RejectionCode;
  /** What exactly was wrong, for people. Never message text. */
  error: string;
  path: string;
  /** The event as it came (ingest) or as it travelled (sessionizer). */
  event: unknown;
  session_id: string | null;
  origin: 'browser' | 'server' | null;
  attempts: number;
  first_ms: number;
  last_ms: number;
  /** Sequence of its message in EVENTS; null when ingest rejected it. */
  stream_seq: number | null;
}
