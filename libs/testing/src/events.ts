/**
 * Builders of events as senders make them and as they travel inside. Everything is derived from
 * the arguments: no clock, no chance. Specs that run against real services, where old sessions are
 * too late, pass `startMs`.
 */
import type { EventSlice, JourneyEvent, JsonObject, StoredEvent } from '@picasso/contracts';

/** 22 November 2026, 14:30 UTC: when every session starts that is not told otherwise. */
export const START_MS = Date.UTC(2026, 10, 22, 14, 30);
export const TENANT = 'fo85e6a06dcdf4';

/** One event in the flat shape, as browsers and the chat backend post it. */
export interface FlatEvent {
  schema_version: string;
  event_id: string;
  timestamp: string;
  session_id: string;
  tenant_hash: string;
  step_number: number;
  sequence_number?: number;
  event_type: string;
  payload: JsonObject;
  context?: JsonObject;
  attribution?: JsonObject;
  ga_client_id?: string;
}

/** A believable payload per type: valid under the 1.0 schemas. */
const PAYLOADS: Record<string, JsonObject> = {
  PAGE_VIEW: { path: '/', referrer_host: 'example.org', device_class: 'desktop' },
  WIDGET_OPENED: { trigger: 'button' },
  CONVERSATION_STARTED: {},
  MESSAGE_SENT: { content: 'When are you open?', content_length: 18 },
  MESSAGE_RECEIVED: { content: 'From nine.', content_length: 10, response_time_ms: 800 },
  QA_COMPLETE: {
    question: 'When are you open?',
    answer: 'From nine.',
    routing_tier: 'explicit',
    response_time_ms: 800,
    items_in_response: { ctas_shown: [], links_included: [] },
    in_response_to_step: 1,
  },
  ACTION_CHIP_CLICKED: { chip_id: 'hours', chip_label: 'Opening hours' },
  CTA_CLICKED: {
    cta_id: 'apply',
    cta_label: 'Apply',
    cta_action: 'start_form',
    triggers_form: true,
  },
  LINK_CLICKED: { url: 'https://example.org/apply', link_text: 'Apply here' },
  HELP_MENU_CLICKED: { prompt_index: 0, prompt_text: 'What can you do?' },
  SHOWCASE_CTA_CLICKED: { showcase_id: 'tour', cta_type: 'primary' },
  ITEMS_SHOWN: { items: [{ item_type: 'cta', item_id: 'apply' }] },
  FORM_VIEWED: { form_id: 'apply', form_label: 'Apply', trigger_source: 'cta' },
  FORM_STARTED: { form_id: 'apply', field_count: 2 },
  FORM_FIELD_SUBMITTED: {
    form_id: 'apply',
    field_id: 'email',
    field_label: 'Email',
    field_index: 0,
  },
  FORM_FIELD_REJECTED: { form_id: 'apply', field_id: 'email', error: 'not an address' },
  FORM_COMPLETED: { form_id: 'apply', duration_seconds: 30, fields_completed: 2 },
  FORM_ABANDONED: {
    form_id: 'apply',
    form_label: 'Apply',
    last_field_id: 'email',
    last_field_label: 'Email',
    last_field_index: 0,
    fields_completed: 1,
    total_fields: 2,
    duration_seconds: 30,
    reason: 'closed',
  },
  WIDGET_CLOSED: { dwell_time_seconds: 60 },
  SESSION_ENDED: { reason: 'page_unload' },
};

/** A payload that is valid for the type; `{}` for types without one here. */
export const payloadFor = (eventType: string): JsonObject =>
  structuredClone(PAYLOADS[eventType] ?? {});

/** One event. Without overrides: the first step, WIDGET_OPENED, of session `sess_a`. */
export function flatEvent(overrides: Partial<FlatEvent> = {}): FlatEvent {
  const session = overrides.session_id ?? 'sess_a';
  const step = overrides.step_number ?? 1;
  const type = overrides.event_type ?? 'WIDGET_OPENED';
  return {
    schema_version: '1.0',
    event_id: `evt_${session}_${step}`,
    timestamp: new Date(START_MS + (step - 1) * 1_000).toISOString(),
    session_id: session,
    tenant_hash: TENANT,
    step_number: step,
    sequence_number: step,
    event_type: type,
    payload: payloadFor(type),
    ...overrides,
  };
}

/** What happens in a session: a type with its usual payload, or with fields of its own. */
export type StepSpec = string | { type: string; payload?: JsonObject; afterMs?: number };

export interface SessionOptions {
  sessionId?: string;
  tenantHash?: string;
  /** Client time of the first event. Default: `START_MS`. */
  startMs?: number;
  /** Time between two steps that do not say `afterMs`. Default: 1 second. */
  stepMs?: number;
  /** Travels on the first event. */
  attribution?: JsonObject;
  /** Travels on the first event. */
  context?: JsonObject;
}

/** The events of one session in their order, steps and sequence numbers counted from 1. */
export function sessionOf(steps: readonly StepSpec[], options: SessionOptions = {}): FlatEvent[] {
  const { sessionId = 'sess_a', tenantHash = TENANT, startMs = START_MS, stepMs = 1_000 } = options;
  let at = startMs;
  return steps.map((spec, index) => {
    const { type, payload, afterMs } = typeof spec === 'string' ? { type: spec } : spec;
    if (index > 0) at += afterMs ?? stepMs;
    return flatEvent({
      session_id: sessionId,
      tenant_hash: tenantHash,
      step_number: index + 1,
      event_type: type,
      timestamp: new Date(at).toISOString(),
      payload: { ...payloadFor(type), ...payload },
      ...(index === 0 && options.attribution && { attribution: options.attribution }),
      ...(index === 0 && options.context && { context: options.context }),
    });
  });
}

/** A request body as the SDK sends it; `sentAtMs` is the sender's clock at this attempt. */
export interface Batch {
  events: FlatEvent[];
  sent_at?: string;
  sdk: { name: string; version: string };
}

export const batch = (events: FlatEvent[], sentAtMs?: number): Batch => ({
  events,
  ...(sentAtMs !== undefined && { sent_at: new Date(sentAtMs).toISOString() }),
  sdk: { name: 'spec', version: '0.0.0' },
});

/** The same events as the deployed widget sends them: no ids, no sequence numbers. */
export const widgetEnvelope = (events: FlatEvent[]): JsonObject => ({
  action: 'analytics',
  batch: true,
  events: events.map(
    ({ session_id, tenant_hash, timestamp, step_number, event_type, payload, ga_client_id }) => ({
      schema_version: '1.0.0',
      session_id,
      tenant_id: tenant_hash,
      timestamp,
      step_number,
      event: { type: event_type, payload },
      ...(ga_client_id !== undefined && { ga_client_id }),
    }),
  ),
});

/** The event as ingest normalises it. */
export const journeyEvent = (flat: FlatEvent): JourneyEvent => {
  const { timestamp, session_id: _session, tenant_hash: _tenant, ...rest } = flat;
  return {
    ...rest,
    sequence_number: flat.sequence_number ?? null,
    timestamp_ms: Date.parse(timestamp),
  };
};

/**
 * The message that ingest publishes for these events of one session. Received one second after
 * the last of them, unless told otherwise.
 * @throws Error when the events are none or of several sessions
 */
export function eventSlice(events: FlatEvent[], overrides: Partial<EventSlice> = {}): EventSlice {
  const [first] = events;
  if (!first) throw new Error('a slice has at least one event');
  if (events.some((event) => event.session_id !== first.session_id)) {
    throw new Error('a slice holds the events of one session');
  }
  const journeyEvents = events.map(journeyEvent);
  return {
    v: 1,
    tenant_hash: first.tenant_hash,
    session_id: first.session_id,
    received_ms: Math.max(...journeyEvents.map((event) => event.timestamp_ms)) + 1_000,
    skew_ms: 0,
    origin: 'browser',
    traffic: 'visitor',
    events: journeyEvents,
    ...overrides,
  };
}

/** The events of a slice as they lie in the session-events table. */
export const storedEvents = (slice: EventSlice, streamSeq = 1): StoredEvent[] =>
  slice.events.map((event) => ({
    ...event,
    received_ms: slice.received_ms,
    origin: slice.origin,
    traffic: slice.traffic,
    stream_seq: streamSeq,
  }));
