import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { SessionSummary, StoredEvent } from '@picasso/contracts';
import { orderEvents, summarise } from '@picasso/domain';
import { type SessionKey, type SessionRow, sessionRowKey, sessionRowOf } from './session-rows.ts';
import { readEvents } from './session-store.ts';
import type { Tables } from './tables.ts';

export interface SessionView {
  summary: SessionSummary;
  /** In the session's order, each event once. */
  steps: StoredEvent[];
  /** Rises with every change. */
  version: number;
}

export interface SessionReaderSettings {
  /** A tenant's own hosts, which are no traffic source. */
  ownHosts: (tenantHash: string) => Promise<readonly string[]>;
}

/** Journeys. Open sessions are summarised as they are read. */
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
