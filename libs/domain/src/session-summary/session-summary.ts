import {
  LIMITS,
  type JsonObject,
  type Outcome,
  type SessionAttribution,
  type SessionSummary,
  type StoredEvent,
} from '@picasso/contracts';
import { stringify } from 'safe-stable-stringify';
import { normaliseSource } from '../attribution/normalise-source.ts';
import { orderEvents, sequenceGaps } from '../ordering/ordering.ts';
import { boundedId, boundedObject } from './bounds.ts';
import { closedBy, isServerEvent, visitorEvents } from './closing.ts';
import { conversationFigures } from './conversation.ts';
import { formFigures } from './forms.ts';
import { countClicks, countShown } from './items.ts';
import { itemNames } from './names.ts';
import { codedPath } from './path.ts';

/** Sessions of the deployed widget's page counter. */
const PAGE_VIEW_SESSION = /^pv_/;

/** Events that happen without the widget being open; any other implies that it was. */
const WITHOUT_WIDGET: ReadonlySet<string> = new Set(['PAGE_VIEW', 'SESSION_ENDED']);

/** Last millisecond of the year 9999: later years would break the ISO string's sort order. */
const LATEST_MS = 253_402_300_799_999;

export interface SummaryInput {
  tenant_hash: string;
  session_id: string;
  /** In any order and with any repetition; at least one. */
  events: readonly StoredEvent[];
  /** What is added to client times (see `sessionSkew`). */
  skew_ms: number;
  /** Hosts of the tenant: a referrer that names one of them is no source. */
  own_hosts: readonly string[];
  /** Whether the idle time has passed since the last event. */
  timed_out: boolean;
  /** Taken over as it is. */
  revision: number;
}

/**
 * A session's summary: a pure function of its set of events. Order, repetition and slicing of
 * `events` do not matter, and equal sets give equal bytes of JSON.
 *
 * @throws RangeError without events: a session exists by its events only
 */
export function summarise(input: SummaryInput): SessionSummary {
  const ordered = orderEvents(input.events);
  if (ordered.length === 0) throw new RangeError(`session ${input.session_id} has no events`);

  const closed = closedBy(ordered, input.timed_out);
  const { firstMs, lastMs } = timeSpan(visitorEvents(ordered));
  const { forms, bottlenecks, abandons } = formFigures(ordered, closed !== null);
  const clicks = countClicks(ordered);
  const labels = itemNames(ordered, { clicks, forms, bottlenecks });
  const types = new Set(ordered.map((event) => event.event_type));
  const pageViews =
    PAGE_VIEW_SESSION.test(input.session_id) && types.size === 1 && types.has('PAGE_VIEW');

  return {
    session_id: input.session_id,
    tenant_hash: input.tenant_hash,
    kind: pageViews ? 'page_view' : 'session',
    traffic: trafficClass(ordered),
    started_at: isoTime(firstMs + input.skew_ms),
    ended_at: isoTime(lastMs + input.skew_ms),
    duration_ms: lastMs - firstMs,
    event_count: ordered.length,
    ...conversationFigures(ordered),
    clicks,
    shown: countShown(ordered, clicks),
    forms,
    ...(labels && { labels }),
    bottlenecks,
    outcome: outcome(types, abandons),
    opened: [...types].some((type) => !WITHOUT_WIDGET.has(type)),
    path: pageViews ? [] : codedPath(ordered),
    attribution: attribution(ordered, input.own_hosts),
    context: firstObject(ordered, 'context') ?? null,
    ga_client_id: gaClientId(ordered),
    closed_by: closed,
    revision: input.revision,
    missing: missingEvents(ordered),
    skew_ms: input.skew_ms,
  };
}

/**
 * Whether two summaries say the same, leaving `revision` out. The order of object keys does not
 * matter: a summary that comes back from a table has them in any order.
 */
export function sameContent(a: SessionSummary, b: SessionSummary): boolean {
  return stringify({ ...a, revision: 0 }) === stringify({ ...b, revision: 0 });
}

/**
 * The constant, in milliseconds, that a session's client times are shifted by: the skew of the
 * batch that opened the session, or 0 where that is unknown or below 5 s (then it is as likely the
 * network's delay as the clock's error).
 */
export function sessionSkew(batchSkewMs: number | null): number {
  if (batchSkewMs === null || Math.abs(batchSkewMs) < LIMITS.minSkewMs) return 0;
  return batchSkewMs;
}

function timeSpan(events: readonly StoredEvent[]): { firstMs: number; lastMs: number } {
  let firstMs = Infinity;
  let lastMs = -Infinity;
  for (const { timestamp_ms } of events) {
    firstMs = Math.min(firstMs, timestamp_ms);
    lastMs = Math.max(lastMs, timestamp_ms);
  }
  return { firstMs, lastMs };
}

function isoTime(ms: number): string {
  return new Date(Math.min(Math.max(ms, 0), LATEST_MS)).toISOString();
}

/** `bot` before `own` before `visitor`; server events say nothing of who visits. */
function trafficClass(ordered: readonly StoredEvent[]): SessionSummary['traffic'] {
  const marks = new Set(
    ordered.filter((event) => !isServerEvent(event)).map((event) => event.traffic),
  );
  return marks.has('bot') ? 'bot' : marks.has('own') ? 'own' : 'visitor';
}

/** The first that holds. */
function outcome(types: ReadonlySet<string>, abandons: number): Outcome {
  if (types.has('FORM_COMPLETED')) return 'form_completed';
  if (abandons > 0) return 'form_abandoned';
  if (types.has('LINK_CLICKED')) return 'link_clicked';
  if (types.has('CTA_CLICKED')) return 'cta_clicked';
  return types.has('MESSAGE_SENT') ? 'conversation' : 'browsing';
}

function attribution(
  ordered: readonly StoredEvent[],
  ownHosts: readonly string[],
): SessionAttribution {
  const first = firstObject(ordered, 'attribution');
  return { ...first, ...normaliseSource(first, ownHosts) };
}

/** The first that says anything: with a value other than null or an empty text. */
function firstObject(
  ordered: readonly StoredEvent[],
  name: 'attribution' | 'context',
): JsonObject | undefined {
  for (const event of ordered) {
    const object = event[name];
    if (object === undefined) continue;
    const said = Object.values(object).some(
      (value) => value !== null && value !== undefined && value !== '',
    );
    if (said) return boundedObject(object);
  }
  return undefined;
}

function gaClientId(ordered: readonly StoredEvent[]): string | null {
  const id = ordered.find((event) => event.ga_client_id)?.ga_client_id;
  return id === undefined ? null : boundedId(id);
}

/** null where nobody numbers: then nothing can be said about what is missing. */
function missingEvents(ordered: readonly StoredEvent[]): number | null {
  if (ordered.every((event) => event.sequence_number === null)) return null;
  return sequenceGaps(ordered).reduce((sum, gap) => sum + gap.missing, 0);
}
