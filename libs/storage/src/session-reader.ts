import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Outcome, SessionSummary, StoredEvent } from '@picasso/contracts';
import { orderEvents, summarise } from '@picasso/domain';
import { getAll } from './batches.ts';
import { INDEXES } from './provision.ts';
import {
  type SessionKey,
  type SessionRow,
  datePartition,
  dateRange,
  outcomePartition,
  sessionKeyOf,
  sessionRowKey,
  sessionRowOf,
} from './session-rows.ts';
import { readEvents } from './session-store.ts';
import type { Tables } from './tables.ts';

export interface SessionView {
  summary: SessionSummary;
  /** In the session's order, each event once. */
  steps: StoredEvent[];
  /** Rises with every change. */
  version: number;
}

export interface SessionQuery {
  tenantHash: string;
  /** Of `started_at`, inclusive. */
  fromMs: number;
  /** Of `started_at`, exclusive. */
  toMs: number;
  outcome?: Outcome | undefined;
  kind?: SessionSummary['kind'] | undefined;
  limit: number;
  /** Opaque position from the page before. */
  after?: string | undefined;
}

export interface SessionPage {
  items: SessionSummary[];
  /** Position after the last item; absent at the end. */
  after?: string;
}

export interface SessionReaderSettings {
  /** A tenant's own hosts, which are no traffic source. */
  ownHosts: (tenantHash: string) => Promise<readonly string[]>;
}

/** The reading side: journeys and session lists. Open sessions are summarised as they are read. */
export class SessionReader {
  constructor(
    private readonly tables: Tables,
    private readonly settings: SessionReaderSettings,
  ) {}

  /** One session with its steps; undefined when the tenant has no such session. */
  async session(tenantHash: string, sessionId: string): Promise<SessionView | undefined> {
    const key = { tenant_hash: tenantHash, session_id: sessionId };
    const [row, events] = await Promise.all([this.row(key), readEvents(this.tables, key)]);
    const summary = await this.summaryOf(key, row, events);
    if (!summary) return undefined;
    return { summary, steps: orderEvents(events), version: row?.version ?? 0 };
  }

  /** Newest first. Open sessions are listed with their running summary. */
  async sessions(query: SessionQuery): Promise<SessionPage> {
    const { tenantHash, outcome, kind = 'session' } = query;
    const page = await this.tables.doc.send(
      new QueryCommand({
        TableName: this.tables.names.sessionSummaries,
        IndexName: outcome ? INDEXES.outcome : INDEXES.tenantDate,
        KeyConditionExpression: `${outcome ? 'outcome_pk' : 'date_pk'} = :pk AND date_sk BETWEEN :from AND :to`,
        ExpressionAttributeValues: {
          ':pk': outcome ? outcomePartition(tenantHash, outcome) : datePartition(tenantHash, kind),
          ':from': dateRange(query.fromMs),
          // '#' follows the time in every key, so `{toMs}` itself is below all of that moment's keys.
          ':to': dateRange(query.toMs),
        },
        ScanIndexForward: false,
        Limit: query.limit,
        ...(query.after ? { ExclusiveStartKey: parsePosition(query.after) } : {}),
      }),
    );
    const keys = (page.Items ?? []).map((item) => sessionRowKey(sessionKeyOf(item)));
    const rows = new Map(
      (await getAll(this.tables, this.tables.names.sessionSummaries, keys)).map((item) => [
        String(item['sk']),
        item,
      ]),
    );
    const now = Date.now() / 1000;
    const items = await Promise.all(
      keys.map(async ({ sk }) => {
        const item = rows.get(String(sk));
        if (!item || (item['expires_at'] as number) < now) return undefined;
        const key = sessionKeyOf(item);
        const row = sessionRowOf(item);
        const summary = row.status === 'final' && row.summary;
        return summary || this.summaryOf(key, row, await readEvents(this.tables, key));
      }),
    );
    return {
      items: items.filter((item): item is SessionSummary => !!item),
      ...(page.LastEvaluatedKey ? { after: JSON.stringify(page.LastEvaluatedKey) } : {}),
    };
  }

  private async row(key: SessionKey): Promise<SessionRow | undefined> {
    const { Item } = await this.tables.doc.send(
      new GetCommand({
        TableName: this.tables.names.sessionSummaries,
        Key: sessionRowKey(key),
        ConsistentRead: true,
      }),
    );
    return Item && sessionRowOf(Item);
  }

  private async summaryOf(
    key: SessionKey,
    row: SessionRow | undefined,
    events: readonly StoredEvent[],
  ): Promise<SessionSummary | undefined> {
    if (row?.erased) return undefined;
    const settled = row?.status === 'final' && row.summary;
    // More rows than the state has taken in: a slice is being written right now.
    if (settled && events.length <= row.rows) return row.summary ?? undefined;
    if (events.length === 0) return undefined;
    return summarise({
      ...key,
      events,
      skew_ms: row?.skew_ms ?? 0,
      own_hosts: await this.settings.ownHosts(key.tenant_hash),
      timed_out: false,
      revision: row?.revision ?? 0,
    });
  }
}

function parsePosition(after: string): Record<string, unknown> {
  return JSON.parse(after) as Record<string, unknown>;
}
