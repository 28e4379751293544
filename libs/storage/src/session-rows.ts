import {
  type JsonObject,
  KEYS,
  LIMITS,
  type SessionSummary,
  type StoredEvent,
} from '@picasso/contracts';
import { type CountedClicks, type SessionState, sortKeyOf } from '@picasso/domain';

export interface SessionKey {
  tenant_hash: string;
  session_id: string;
}

/**
 * The one row per session in session-summaries. Every write raises `version` and is conditional on
 * the one before, so that two writers never build on the same state.
 */
export interface SessionRow extends SessionState {
  version: number;
  /** A tombstone: nothing is left of the session, and nothing more is taken in for it. */
  erased?: Tombstone;
}

export interface Tombstone {
  /** Id of the erasure. */
  erasure: string;
  /** Every copy of the session's events has left the streams by then. Epoch milliseconds. */
  until_ms: number;
}

type Item = Record<string, unknown>;

const pad = (ms: number): string => String(Math.max(0, ms)).padStart(13, '0');
const epochSeconds = (ms: number): number => Math.floor(ms / 1000);
const DAY = 86_400_000;

/** Partitions of the open-sessions index: one would be a hot partition at high rates. */
export const OPEN_SHARDS = 8;

function shardOf(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i += 1) hash = (hash * 31 + text.charCodeAt(i)) >>> 0;
  return hash % OPEN_SHARDS;
}

export const openPartition = (shard: number): string => `OPEN#${shard}`;
export const openRange = (roundedMs: number): string => pad(roundedMs);
export const dateRange = (startedMs: number): string => pad(startedMs);
/** Place in the index by date. */
export const dateKey = (startedMs: number, sessionId: string): string =>
  `${dateRange(startedMs)}#${sessionId}`;

export const sessionRowKey = ({ tenant_hash, session_id }: SessionKey): Item => ({
  pk: KEYS.tenant(tenant_hash),
  sk: KEYS.summary(session_id),
});

/** Reads `TENANT#…`/`SESSION#…` back into what they are made of. */
export function sessionKeyOf(item: Item): SessionKey {
  return {
    tenant_hash: String(item['pk']).slice('TENANT#'.length),
    session_id: String(item['sk']).slice('SESSION#'.length),
  };
}

/** Index partition of a tenant's sessions; visits have their own, as they are many and no sessions. */
export const datePartition = (tenantHash: string, kind: SessionSummary['kind']): string =>
  `${kind === 'page_view' ? 'VISITS' : 'TENANT'}#${tenantHash}`;

export const outcomePartition = (tenantHash: string, outcome: string): string =>
  `TENANT#${tenantHash}#${outcome}`;

/**
 * @param roundMs the index position on last activity is rounded down to this, so that a session's
 *   every slice does not move its index entry (two write units a move)
 */
export function sessionItem(key: SessionKey, row: SessionRow, roundMs: number): Item {
  if (row.erased) return tombstoneItem(key, row, row.erased);
  const final = row.status === 'final';
  return {
    ...sessionRowKey(key),
    version: row.version,
    status: row.status,
    started_ms: row.started_ms,
    last_seen_ms: row.last_seen_ms,
    rows: row.rows,
    skew_ms: row.skew_ms ?? undefined,
    revision: row.revision,
    final_day: row.final_day ?? undefined,
    counted: countedText(row),
    summary: row.summary ? JSON.stringify(row.summary) : undefined,
    date_pk: datePartition(key.tenant_hash, row.kind),
    date_sk: dateKey(row.started_ms, key.session_id),
    ...(final && row.summary && row.kind === 'session'
      ? { outcome_pk: outcomePartition(key.tenant_hash, row.summary.outcome) }
      : {}),
    ...(final
      ? {}
      : {
          open_pk: openPartition(shardOf(`${key.tenant_hash}#${key.session_id}`)),
          open_sk: `${openRange(Math.floor(row.last_seen_ms / roundMs) * roundMs)}#${key.tenant_hash}#${key.session_id}`,
        }),
    // Whole days at a time, so that a day's summaries are archived and expire together.
    expires_at: epochSeconds(
      Math.floor(row.started_ms / DAY) * DAY + (LIMITS.summaryDays + 1) * DAY,
    ),
  };
}

/** What a tombstone says in place of a status. It has no index attributes: no list shows it. */
const ERASED = 'erased';

const tombstoneItem = (
  key: SessionKey,
  row: SessionRow,
  { erasure, until_ms }: Tombstone,
): Item => ({
  ...sessionRowKey(key),
  version: row.version,
  status: ERASED,
  started_ms: row.started_ms,
  erasure,
  until_ms,
  expires_at: epochSeconds(until_ms),
});

export function sessionRowOf(item: Item): SessionRow {
  if (item['status'] === ERASED) return tombstoneOf(item);
  const finalDay = (item['final_day'] as string | undefined) ?? null;
  const summary = item['summary']
    ? (JSON.parse(item['summary'] as string) as SessionSummary)
    : null;
  return {
    version: item['version'] as number,
    status: item['status'] as SessionRow['status'],
    kind: String(item['date_pk']).startsWith('VISITS#') ? 'page_view' : 'session',
    started_ms: item['started_ms'] as number,
    last_seen_ms: item['last_seen_ms'] as number,
    rows: item['rows'] as number,
    skew_ms: (item['skew_ms'] as number | undefined) ?? null,
    revision: item['revision'] as number,
    final_day: finalDay,
    counted: countedOf(item['counted'] as string | undefined, summary, finalDay),
    summary,
  };
}

/** What of a row says how a session is summarised at the moment. */
export type CurrentRow = Pick<
  SessionRow,
  'status' | 'skew_ms' | 'revision' | 'final_day' | 'summary'
>;

/** Attributes of a {@link CurrentRow}, half of a row's bytes and a fourth of what is taken apart. */
export const CURRENT_ATTRIBUTES = [
  ...['pk', 'sk', 'status', 'skew_ms', 'revision', 'final_day', 'summary', 'expires_at'],
] as const;

/** undefined for a tombstone. */
export function currentRowOf(item: Item): CurrentRow | undefined {
  if (item['status'] === ERASED) return undefined;
  const { status, skew_ms, revision, final_day, summary } = item as Partial<Record<string, never>>;
  return {
    status: status as unknown as SessionRow['status'],
    skew_ms: skew_ms ?? null,
    revision: revision as unknown as number,
    final_day: final_day ?? null,
    summary: summary ? (JSON.parse(summary) as SessionSummary) : null,
  };
}

const tombstoneOf = (item: Item): SessionRow => ({
  version: item['version'] as number,
  erased: { erasure: item['erasure'] as string, until_ms: item['until_ms'] as number },
  status: 'final',
  kind: 'session',
  started_ms: item['started_ms'] as number,
  last_seen_ms: 0,
  rows: 0,
  skew_ms: null,
  revision: 0,
  final_day: null,
  counted: null,
  summary: null,
});

/** Once final, a session's counted clicks are its summary's: said, not stored a second time. */
const AS_SUMMARISED = 'summary';

function countedText({ counted, summary, final_day }: SessionRow): string | undefined {
  if (!counted) return undefined;
  const summarised = summary && final_day ? { day: final_day, clicks: summary.clicks } : null;
  const text = JSON.stringify(counted);
  return text === JSON.stringify(summarised) ? AS_SUMMARISED : text;
}

function countedOf(
  text: string | undefined,
  summary: SessionSummary | null,
  finalDay: string | null,
): CountedClicks | null {
  if (text === undefined) return null;
  if (text !== AS_SUMMARISED) return JSON.parse(text) as CountedClicks;
  if (!summary || !finalDay) throw new Error('a session row names a summary that it does not have');
  return { day: finalDay, clicks: summary.clicks };
}

const json = (value: JsonObject | undefined): string | undefined =>
  value && Object.keys(value).length > 0 ? JSON.stringify(value) : undefined;

/** @param startedMs the session's start: all rows of a session expire together, 8 days after it */
export function eventItem(key: SessionKey, event: StoredEvent, startedMs: number): Item {
  return {
    pk: KEYS.session(key.tenant_hash, key.session_id),
    sk: sortKeyOf(event),
    type: event.event_type,
    seq: event.sequence_number ?? undefined,
    schema: event.schema_version,
    payload: JSON.stringify(event.payload),
    context: json(event.context),
    attribution: json(event.attribution),
    ga_client_id: event.ga_client_id,
    clock: event.clock,
    received_ms: event.received_ms,
    origin: event.origin === 'browser' ? undefined : event.origin,
    traffic: event.traffic === 'visitor' ? undefined : event.traffic,
    stream_seq: event.stream_seq,
    expires_at: epochSeconds(startedMs + LIMITS.sessionRowsMs),
  };
}

const SORT_KEY = /^STEP#(\d+)#(\d+)#(.*)$/s;

export function storedEventOf(item: Item): StoredEvent {
  const parts = SORT_KEY.exec(String(item['sk']));
  if (!parts) throw new Error(`not an event's sort key: ${String(item['sk'])}`);
  const optional = (name: string): JsonObject | undefined =>
    item[name] ? (JSON.parse(item[name] as string) as JsonObject) : undefined;
  const context = optional('context');
  const attribution = optional('attribution');
  return {
    schema_version: item['schema'] as string,
    event_id: parts[3] as string,
    event_type: item['type'] as string,
    step_number: Number(parts[1]),
    sequence_number: (item['seq'] as number | undefined) ?? null,
    timestamp_ms: Number(parts[2]),
    payload: JSON.parse(item['payload'] as string) as JsonObject,
    ...(context ? { context } : {}),
    ...(attribution ? { attribution } : {}),
    ...(item['ga_client_id'] ? { ga_client_id: item['ga_client_id'] as string } : {}),
    ...(item['clock'] ? { clock: 'replaced' as const } : {}),
    received_ms: item['received_ms'] as number,
    origin: (item['origin'] as StoredEvent['origin'] | undefined) ?? 'browser',
    traffic: (item['traffic'] as StoredEvent['traffic'] | undefined) ?? 'visitor',
    stream_seq: item['stream_seq'] as number,
  };
}
