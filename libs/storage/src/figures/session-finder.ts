import { QueryCommand, type QueryCommandOutput } from '@aws-sdk/lib-dynamodb';
import { LIMITS, type Outcome, type SessionSummary } from '@picasso/contracts';
import { dayBounds, daysOf, lastDays, localDay } from '@picasso/domain';
import { getAll } from '../batches.ts';
import { INDEXES } from '../provision.ts';
import {
  CURRENT_ATTRIBUTES,
  currentRowOf,
  dateKey,
  datePartition,
  dateRange,
  outcomePartition,
  sessionKeyOf,
  sessionRowKey,
} from '../session-rows.ts';
import type { Tables } from '../tables.ts';
import type { FiguresSettings } from './figures-reader.ts';
import { currentSummary } from './live-day.ts';

export interface FindQuery {
  tenantHash: string;
  /** The tenant's, for days that lie in the archive. */
  timeZone: string;
  /** Of `started_at`, epoch milliseconds [from, to). */
  fromMs: number;
  toMs: number;
  kind?: SessionSummary['kind'] | undefined;
  outcome?: Outcome | undefined;
  /** Besides the above. */
  matches?: ((summary: SessionSummary) => boolean) | undefined;
}

export interface FoundPage {
  items: SessionSummary[];
  /** Position after the last item; absent at the end. A page may be short although it is there. */
  after?: string;
}

/** A session and where a reading goes on behind it; null for one that does not match. */
interface Found {
  summary: SessionSummary | null;
  position: string;
}

type Key = Record<string, unknown>;
type Segment = { index: 'date' | 'outcome'; fromMs: number; toMs: number };

/**
 * A session's events are taken in for 6 days and it lasts at most one: what started before that is
 * closed for good.
 */
const OPEN_MS = LIMITS.tooLateMs + LIMITS.sessionMs;
/** Sessions looked at for one page: then it ends, full or not. */
const PAGE_SCAN = 2_000;
const CHUNK = 100;
/** Keys that the engine looks at for one answer, when most are filtered away. */
const FILTERED_CHUNK = 500;

/**
 * Sessions newest first, over tables and archive, filtered.
 *
 * The outcome index holds final sessions only. Within the last 7 days, where sessions can be open,
 * outcomes are therefore filtered from all sessions by date; older ones come from the outcome index.
 */
export class SessionFinder {
  constructor(
    private readonly tables: Tables,
    private readonly settings: Pick<FiguresSettings, 'archive' | 'ownHosts' | 'now'>,
  ) {}

  async page(query: FindQuery, limit: number, after?: string): Promise<FoundPage> {
    const items: SessionSummary[] = [];
    let seen = 0;
    let last: string | undefined;
    // One more tells whether there is another page.
    const chunk = query.matches || query.outcome ? CHUNK : limit + 1;
    for await (const { summary, position } of this.scan(query, after, chunk)) {
      if (items.length === limit || seen === PAGE_SCAN) return { items, after: last as string };
      seen += 1;
      last = position;
      if (summary) items.push(summary);
    }
    return { items };
  }

  /** Every matching session, for exports: no more than a chunk of them is in memory. */
  async *all(query: FindQuery): AsyncGenerator<SessionSummary> {
    for await (const { summary } of this.scan(query, undefined, CHUNK)) if (summary) yield summary;
  }

  private async *scan(
    query: FindQuery,
    after: string | undefined,
    chunk: number,
  ): AsyncGenerator<Found> {
    const start = after === undefined ? undefined : (JSON.parse(after) as Position);
    const nowMs = this.settings.now?.() ?? Date.now();
    const keptMs = dayBounds(
      lastDays(LIMITS.summaryDays, localDay(nowMs, query.timeZone)).from,
      query.timeZone,
    )[0];
    // A cursor says what it was made with: segments move with the clock.
    const openMs = start?.open ?? nowMs - OPEN_MS;
    const segments = segmentsOf(query, keptMs, openMs);
    if (start?.day === undefined) {
      for (const [number, segment] of segments.entries()) {
        if (number < (start?.segment ?? 0)) continue;
        const from = number === start?.segment ? start.key : undefined;
        for await (const { key, summary } of this.rows(query, segment, from, chunk))
          yield { summary, position: JSON.stringify({ open: openMs, segment: number, key }) };
      }
    }
    for await (const { day, id, summary } of this.archived(query, keptMs, start))
      yield { summary, position: JSON.stringify({ open: openMs, day, id }) };
  }

  private async *rows(
    query: FindQuery,
    segment: Segment,
    from: Key | undefined,
    chunk: number,
  ): AsyncGenerator<{ key: Key; summary: SessionSummary | null }> {
    if (segment.fromMs >= segment.toMs) return;
    // Midnight has moved the range's beginning past the position: the engine refuses to go on there.
    if (from && String(from['date_sk']) < dateRange(segment.fromMs)) return;
    const ownHosts = await this.settings.ownHosts(query.tenantHash);
    let next: Promise<QueryCommandOutput> | undefined = this.keys(query, segment, from, chunk);
    while (next) {
      const page: QueryCommandOutput = await next;
      const { Items: keys = [], LastEvaluatedKey: last } = page;
      // Asked for while the rows of this page are read, where it is likely to be needed.
      const ahead: Promise<QueryCommandOutput> | undefined =
        last && chunk === CHUNK ? this.keys(query, segment, last, chunk) : undefined;
      // Whoever has enough never looks at it; whoever goes on gets its error.
      ahead?.catch(() => undefined);
      for (let i = 0; i < keys.length; i += CHUNK)
        yield* this.block(query, keys.slice(i, i + CHUNK), ownHosts);
      next = ahead ?? (last && this.keys(query, segment, last, chunk));
    }
  }

  private async *block(
    query: FindQuery,
    keys: readonly Key[],
    ownHosts: readonly string[],
  ): AsyncGenerator<{ key: Key; summary: SessionSummary | null }> {
    const rows = await getAll(
      this.tables,
      this.tables.names.sessionSummaries,
      keys.map((item) => sessionRowKey(sessionKeyOf(item))),
      CURRENT_ATTRIBUTES,
    );
    const bySk = new Map(rows.map((row) => [String(row['sk']), row]));
    const nowSeconds = (this.settings.now?.() ?? Date.now()) / 1000;
    const summaries = await Promise.all(
      keys.map(async ({ sk }) => {
        const item = bySk.get(String(sk));
        if (!item || (item['expires_at'] as number) < nowSeconds) return undefined;
        const row = currentRowOf(item);
        return row && currentSummary(this.tables, { key: sessionKeyOf(item), row }, ownHosts);
      }),
    );
    for (const [number, key] of keys.entries()) {
      const summary = summaries[number];
      yield { key, summary: summary && isWanted(query, summary) ? summary : null };
    }
  }

  /** A page of an index: keys, newest first. */
  private keys(
    { tenantHash, outcome, kind = 'session' }: FindQuery,
    { index, fromMs, toMs }: Segment,
    start: Key | undefined,
    chunk: number,
  ): Promise<QueryCommandOutput> {
    const byOutcome = index === 'outcome' && outcome !== undefined;
    const hash = byOutcome ? 'outcome_pk' : 'date_pk';
    const partition = outcome !== undefined && outcomePartition(tenantHash, outcome);
    // A final session's outcome is in the index by date, too; open ones are known by their rows.
    const filtered = partition && !byOutcome;
    return this.tables.doc.send(
      new QueryCommand({
        TableName: this.tables.names.sessionSummaries,
        IndexName: byOutcome ? INDEXES.outcome : INDEXES.tenantDate,
        KeyConditionExpression: `${hash} = :pk AND date_sk BETWEEN :from AND :to`,
        ...(filtered && {
          FilterExpression: 'attribute_not_exists(outcome_pk) OR outcome_pk = :outcome',
        }),
        // No more than a position is made of.
        ProjectionExpression: `pk, sk, ${hash}, date_sk`,
        ExpressionAttributeValues: {
          ':pk': byOutcome ? partition : datePartition(tenantHash, kind),
          ':from': dateRange(fromMs),
          // '#' follows the time in every key: `{toMs}` itself is below all of that moment's keys.
          ':to': dateRange(toMs),
          ...(filtered && { ':outcome': partition }),
        },
        ScanIndexForward: false,
        Limit: filtered ? FILTERED_CHUNK : chunk,
        ExclusiveStartKey: start,
      }),
    );
  }

  private async *archived(
    query: FindQuery,
    keptMs: number,
    start: Position | undefined,
  ): AsyncGenerator<{ day: string; id: string; summary: SessionSummary | null }> {
    const { archive } = this.settings;
    const { tenantHash, timeZone, fromMs } = query;
    const toMs = Math.min(query.toMs, keptMs);
    if (!archive || fromMs >= toMs) return;
    const last = start?.day ?? localDay(toMs - 1, timeZone);
    // What was in the tables a page ago is in the archive now, if midnight came in between.
    const passed = start?.key && String(start.key['date_sk']);
    for (const day of daysOf({ from: localDay(fromMs, timeZone), to: last }).reverse()) {
      const summaries = await archive.archivedSummaries(tenantHash, day, timeZone);
      const keyed = summaries
        .map((summary) => ({ id: `${summary.started_at}#${summary.session_id}`, summary }))
        .sort((a, b) => (a.id < b.id ? 1 : -1));
      for (const { id, summary } of keyed) {
        if (day === start?.day && start.id !== undefined && id >= start.id) continue;
        const startedMs = Date.parse(summary.started_at);
        if (passed && dateKey(startedMs, summary.session_id) >= passed) continue;
        const inRange = startedMs >= fromMs && startedMs < toMs;
        yield { day, id, summary: inRange && isWanted(query, summary) ? summary : null };
      }
    }
  }
}

/** What a cursor holds. */
interface Position {
  open: number;
  segment?: number;
  key?: Key;
  day?: string;
  id?: string;
}

/** Newest first; a position names its segment by number, so that empty ones stay. */
function segmentsOf({ fromMs, toMs, outcome }: FindQuery, keptMs: number, openMs: number) {
  const first = Math.max(fromMs, keptMs);
  const segments: Segment[] =
    outcome === undefined
      ? [{ index: 'date', fromMs: first, toMs }]
      : [
          { index: 'date', fromMs: Math.max(first, openMs), toMs },
          { index: 'outcome', fromMs: first, toMs: Math.min(toMs, openMs) },
        ];
  return segments;
}

const isWanted = (
  { outcome, kind = 'session', matches }: FindQuery,
  summary: SessionSummary,
): boolean =>
  summary.kind === kind &&
  (outcome === undefined || summary.outcome === outcome) &&
  (matches?.(summary) ?? true);
