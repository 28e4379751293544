/**
 * From any of the three incoming shapes to slices: which events are taken, and why others are not.
 *
 * Pure and free of any platform: the hash comes in as a function, the clock as a number.
 */
import { eventClock, parseTime } from './event-time.ts';
import { validateEvent } from './event-validators.ts';
import {
  type EventSlice,
  type JourneyEvent,
  type JsonObject,
  LIMITS,
  SERVER_ONLY_TYPES,
} from './events.ts';
import { type Finding, type Inspection, inspect, wellFormed } from './inspect.ts';
import type { Rejection } from './rejections.ts';
import type { KeyGrant } from './tenant.ts';

export { parseTime } from './event-time.ts';

/** A request's events before they are looked at one by one. */
export interface OpenedBatch {
  /** The deployed widget's envelope is answered differently. */
  shape: 'flat' | 'envelope';
  /** At most 500. */
  events: readonly unknown[];
  /** The sender's clock when it sent this, epoch milliseconds; null where it did not say. */
  sent_ms: number | null;
}

/** A body that is no batch at all. */
export interface UnreadableBody {
  error: 'not_a_batch' | 'too_many_events';
  message: string;
}

export interface BatchContext {
  grant: KeyGrant;
  received_ms: number;
  /** Hex SHA-256 of a text. */
  sha256: (text: string) => string;
}

export interface RejectedEvent extends Rejection {
  /** The event as it came. */
  event: unknown;
  session_id: string | null;
}

export interface ParsedBatch {
  /** One per session, in order of first appearance; `indexes[i]` is where `events[i]` was. */
  slices: { slice: EventSlice; indexes: number[] }[];
  /** In order of their index. */
  rejected: RejectedEvent[];
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isEnveloped = (event: unknown): event is JsonObject & { event: JsonObject } =>
  isObject(event) && isObject(event.event) && event.event_type === undefined;

/**
 * Accepts `{events: […]}`, a bare list and a bare event, each with flat or enveloped events.
 *
 * @param body parsed JSON
 */
export function openBatch(body: unknown): OpenedBatch | UnreadableBody {
  let events: readonly unknown[];
  if (Array.isArray(body)) events = body;
  else if (!isObject(body)) return { error: 'not_a_batch', message: 'expected events as JSON' };
  else if (body.events === undefined) events = [body];
  else if (Array.isArray(body.events)) events = body.events;
  else return { error: 'not_a_batch', message: '"events" must be a list' };
  if (events.length > LIMITS.requestEvents) {
    const message = `at most ${LIMITS.requestEvents} events a request`;
    return { error: 'too_many_events', message };
  }
  const envelope = isObject(body) ? body.action === 'analytics' : false;
  return {
    shape: envelope || events.some(isEnveloped) ? 'envelope' : 'flat',
    events,
    sent_ms: (isObject(body) ? parseTime(body.sent_at) : undefined) ?? null,
  };
}

/** Sorts a request's events into what goes on, by session, and what is refused. */
export function parseBatch(batch: OpenedBatch, context: BatchContext): ParsedBatch {
  const { grant, received_ms } = context;
  const bySession = new Map<string, { slice: EventSlice; indexes: number[] }>();
  const rejected: RejectedEvent[] = [];
  for (const [index, sent] of batch.events.entries()) {
    const read = readEvent(sent, batch.sent_ms, context);
    if ('code' in read) {
      const { code, path, message } = read;
      rejected.push({ index, code, path, message, event: sent, session_id: sessionOf(sent) });
      continue;
    }
    let found = bySession.get(read.session_id);
    if (!found) {
      const slice: EventSlice = {
        v: 1,
        tenant_hash: grant.tenant_hash,
        session_id: read.session_id,
        received_ms,
        skew_ms: batch.sent_ms === null ? null : received_ms - batch.sent_ms,
        origin: grant.origin,
        traffic: 'visitor',
        events: [],
      };
      found = { slice, indexes: [] };
      bySession.set(read.session_id, found);
    }
    found.slice.events.push(read.event);
    found.indexes.push(index);
  }
  return { slices: [...bySession.values()], rejected };
}

const sessionOf = (event: unknown): string | null =>
  isObject(event) && typeof event.session_id === 'string'
    ? event.session_id.slice(0, LIMITS.idLength)
    : null;

/** A flat event whose fields have the types that its schema says. */
interface CheckedEvent {
  schema_version: string;
  event_id?: string | null;
  timestamp?: string | number | null;
  timestamp_client?: string | number | null;
  session_id: string;
  step_number?: number | null;
  sequence_number?: number | null;
  event_type: string;
  payload?: JsonObject | null;
  context?: JsonObject | null;
  attribution?: JsonObject | null;
  ga_client_id?: string | null;
}

interface ReadEvent {
  session_id: string;
  event: JourneyEvent;
}

function readEvent(
  sent: unknown,
  sentMs: number | null,
  { grant, received_ms, sha256 }: BatchContext,
): ReadEvent | Finding {
  if (!isObject(sent)) return { code: 'invalid', path: '', message: 'must be an object' };
  const enveloped = isEnveloped(sent);

  const seen: Inspection = { bytes: 0, illFormed: false };
  const finding = inspect(sent, LIMITS.nesting + (enveloped ? 1 : 0), seen);
  if (finding) return finding;
  if (seen.bytes > LIMITS.eventBytes && jsonBytes(sent) > LIMITS.eventBytes) {
    const message = `must not have more than ${LIMITS.eventBytes / 1024} KB`;
    return { code: 'too_large', path: '', message };
  }

  const source = (seen.illFormed ? wellFormed(sent) : sent) as JsonObject;
  const flat = isEnveloped(source) ? flatten(source) : source;
  const refusal = refuse(flat, grant) ?? validateEvent(flat);
  if (refusal) return enveloped ? { ...refusal, path: envelopedPath(refusal.path) } : refusal;

  const checked = flat as unknown as CheckedEvent;
  const payload = checked.payload ?? {};
  const step =
    checked.event_type === 'QA_COMPLETE'
      ? ((payload.in_response_to_step as number | null | undefined) ?? checked.step_number)
      : checked.step_number;
  if (step === undefined || step === null) {
    const path = `${enveloped ? '/event' : ''}/payload/in_response_to_step`;
    return { code: 'invalid', path, message: 'is required' };
  }
  const timeField = checked.timestamp == null ? 'timestamp_client' : 'timestamp';
  const rawMs = parseTime(checked[timeField]);
  if (rawMs === undefined) {
    const message = 'must be an ISO 8601 time or epoch milliseconds';
    return { code: 'invalid', path: `/${timeField}`, message };
  }
  const sequence = checked.sequence_number ?? null;
  const id =
    checked.event_id ??
    `evt_${sha256(
      JSON.stringify([checked.session_id, step, checked.event_type, rawMs, payload, sequence]),
    ).slice(0, 40)}`;
  return {
    session_id: checked.session_id,
    event: {
      schema_version: checked.schema_version,
      event_id: id,
      event_type: checked.event_type,
      step_number: step,
      sequence_number: sequence,
      ...eventClock(rawMs, sentMs, received_ms),
      ...describe(checked, payload),
      ...(checked.context ? { context: checked.context } : {}),
      ...(checked.ga_client_id ? { ga_client_id: checked.ga_client_id } : {}),
    },
  };
}

/** Payload and attribution; the deployed widget hides the latter in one event's payload. */
function describe(
  { event_type, attribution }: CheckedEvent,
  payload: JsonObject,
): Pick<JourneyEvent, 'payload' | 'attribution'> {
  if (event_type === 'CONVERSATION_STARTED' && isObject(payload.attribution)) {
    const { attribution: hidden, ...rest } = payload;
    return { payload: rest, attribution: attribution ?? hidden };
  }
  return attribution ? { payload, attribution } : { payload };
}

function flatten({ event: { type, payload }, ...rest }: JsonObject & { event: JsonObject }) {
  return { ...rest, event_type: type, payload };
}

const envelopedPath = (path: string): string =>
  path.startsWith('/payload') ? `/event${path}` : path === '/event_type' ? '/event/type' : path;

/** Reasons that have codes of their own. */
function refuse(event: JsonObject, grant: KeyGrant): Finding | undefined {
  const { schema_version, event_type } = event;
  if (typeof schema_version === 'string' && /^\d{1,9}(\.|$)/.test(schema_version)) {
    if (Number.parseInt(schema_version, 10) !== 1) {
      const message = 'this major version is not supported';
      return { code: 'unsupported_schema', path: '/schema_version', message };
    }
  }
  for (const name of ['tenant_hash', 'tenant_id'] as const) {
    const tenant = event[name];
    if (typeof tenant === 'string' && tenant !== grant.tenant_hash) {
      const message = 'the key belongs to another tenant';
      return { code: 'tenant_mismatch', path: `/${name}`, message };
    }
    if (tenant != null && typeof tenant !== 'string') {
      return { code: 'invalid', path: `/${name}`, message: 'must be string' };
    }
  }
  if (
    grant.origin === 'browser' &&
    typeof event_type === 'string' &&
    SERVER_ONLY_TYPES.includes(event_type)
  ) {
    return { code: 'forbidden_type', path: '/event_type', message: 'needs the server key' };
  }
  return undefined;
}

const utf8 = new TextEncoder();
const jsonBytes = (value: unknown): number => utf8.encode(JSON.stringify(value)).length;
