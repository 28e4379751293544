/**
 * What travels from ingest to the sessionizer.
 *
 * Three shapes come in over HTTP; this is the one that goes on. All times are epoch milliseconds.
 */

/** Who sent an event: the visitor's browser (write key) or the chat backend (server key). */
export type EventOrigin = 'browser' | 'server';

/** Traffic that figures leave out by default is marked when it comes in. */
export type TrafficClass = 'visitor' | 'bot' | 'own';

/** JSON as it comes from the wire. */
export type JsonObject = { [key: string]: unknown };

/** One event after normalisation: the same for every incoming shape. */
export interface JourneyEvent {
  schema_version: string;
  /** At most 128 characters; derived from the content where the sender gave none. */
  event_id: string;
  event_type: string;
  /** 0 to 999 999. For an answer of the chat backend: the step that it answers. */
  step_number: number;
  /** Dense per session; null where the sender keeps none (deployed widget, chat backend). */
  sequence_number: number | null;
  /** The client's clock as sent, unless `clock` is `replaced`. Never corrected for skew. */
  timestamp_ms: number;
  /**
   * `replaced`: the client's time was more than 24 h ahead of the batch's `sent_at`, which stands in
   * for it; of our own clock where the batch had none.
   */
  clock?: 'replaced';
  payload: JsonObject;
  context?: JsonObject;
  attribution?: JsonObject;
  ga_client_id?: string;
}

/**
 * The events of one session from one request: the body of one message on the EVENTS stream.
 */
export interface EventSlice {
  v: 1;
  tenant_hash: string;
  session_id: string;
  /** When ingest took the request (`timestamp_server`). */
  received_ms: number;
  /** ingest's clock minus the batch's `sent_at`; null where the batch had none. */
  skew_ms: number | null;
  origin: EventOrigin;
  traffic: TrafficClass;
  events: JourneyEvent[];
}

/** An event as it lies in the session-events table. */
export interface StoredEvent extends JourneyEvent {
  /** When ingest took the request that first brought this event. */
  received_ms: number;
  origin: EventOrigin;
  traffic: TrafficClass;
  /** Sequence of the message in the EVENTS stream that brought it; 0 for imported history. */
  stream_seq: number;
}

/** Known event types (1.0). Others of the same major version are stored, too. */
export const EVENT_TYPES = [
  'PAGE_VIEW',
  'WIDGET_OPENED',
  'CONVERSATION_STARTED',
  'MESSAGE_SENT',
  'MESSAGE_RECEIVED',
  'QA_COMPLETE',
  'ACTION_CHIP_CLICKED',
  'CTA_CLICKED',
  'LINK_CLICKED',
  'HELP_MENU_CLICKED',
  'SHOWCASE_CTA_CLICKED',
  'ITEMS_SHOWN',
  'FORM_VIEWED',
  'FORM_STARTED',
  'FORM_FIELD_SUBMITTED',
  'FORM_FIELD_REJECTED',
  'FORM_COMPLETED',
  'FORM_ABANDONED',
  'SCHEDULING_CHIP_CLICKED',
  'SCHEDULING_DAY_STRIP_ENGAGED',
  'SCHEDULING_TYPED_REFINEMENT',
  'SCHEDULING_TIME_TO_BOOKED',
  'WIDGET_CLOSED',
  'SESSION_ENDED',
] as const;

export type EventType = (typeof EVENT_TYPES)[number];

/** Types that only the chat backend may send (with the server key). */
export const SERVER_ONLY_TYPES: readonly string[] = ['QA_COMPLETE'];

/** Limits of the wire contract; ingest enforces them, the SDK splits by them. */
export const LIMITS = {
  requestBytes: 512 * 1024,
  requestEvents: 500,
  eventBytes: 32 * 1024,
  nesting: 8,
  stepNumber: 999_999,
  idLength: 128,
  /** Counts and measurements: sums of a session's 5,000 stay exact. */
  number: 1e12,
  sessionEvents: 5_000,
  sessionMs: 24 * 3_600_000,
  tooLateMs: 6 * 24 * 3_600_000,
  sessionRowsMs: 8 * 24 * 3_600_000,
  summaryDays: 90,
  aheadMs: 24 * 3_600_000,
  minSkewMs: 5_000,
  summaryKeys: 500,
  pathSteps: 200,
  questionLength: 500,
} as const;
