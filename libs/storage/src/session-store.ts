import {
  ConditionalCheckFailedException,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import {
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { KEYS, LIMITS, type StoredEvent } from '@picasso/contracts';
import type { DayMark, ItemDelta } from '@picasso/domain';
import { deleteAll, getAll, putAll } from './batches.ts';
import { INDEXES } from './provision.ts';
import {
  OPEN_SHARDS,
  type SessionKey,
  type SessionRow,
  eventItem,
  openPartition,
  openRange,
  sessionItem,
  sessionKeyOf,
  sessionRowKey,
  sessionRowOf,
  storedEventOf,
} from './session-rows.ts';
import { SharedBatches } from './shared-batches.ts';
import type { Tables } from './tables.ts';

/** Somebody else wrote the session's row since it was read. Read again and decide anew. */
export class VersionConflictError extends Error {
  override readonly name = 'VersionConflictError';
}

export interface SessionCommit {
  key: SessionKey;
  /** The version that was read; 0 when there was no row. */
  expected: number;
  row: SessionRow;
  deltas: readonly ItemDelta[];
  marks: readonly DayMark[];
}

/**
 * Item changes that fit into one commit: DynamoDB takes 100 actions in a transaction, of which the
 * session's row and two day marks need three.
 */
export const MAX_DELTAS = 97;

type Action = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/**
 * The sessionizer's side of session-events, session-summaries and item-clicks.
 *
 * Concurrency: `writeEvents` is idempotent by key and may be repeated or raced at will; `commit` is
 * a compare-and-set on the session's version that carries the item counters in one transaction, so
 * of two racing commits exactly one takes effect, entirely.
 */
export class SessionStore {
  private readonly eventBatches: SharedBatches;

  /** @param roundMs see {@link sessionItem} */
  constructor(
    private readonly tables: Tables,
    private readonly roundMs: number,
  ) {
    this.eventBatches = new SharedBatches((rows) =>
      putAll(tables, tables.names.sessionEvents, rows),
    );
  }

  /** The session's state; consistent. */
  async row(key: SessionKey): Promise<SessionRow | undefined> {
    const { Item } = await this.tables.doc.send(
      new GetCommand({
        TableName: this.tables.names.sessionSummaries,
        Key: sessionRowKey(key),
        ConsistentRead: true,
      }),
    );
    return Item && sessionRowOf(Item);
  }

  /** Many sessions' states by session id; consistent. Those that are not there have none. */
  async rows(tenantHash: string, sessionIds: readonly string[]): Promise<Map<string, SessionRow>> {
    const keys = sessionIds.map((session_id) =>
      sessionRowKey({ tenant_hash: tenantHash, session_id }),
    );
    const items = await getAll(this.tables, this.tables.names.sessionSummaries, keys);
    return new Map(items.map((item) => [sessionKeyOf(item).session_id, sessionRowOf(item)]));
  }

  /** Every stored event of the session in key order; consistent, all pages. */
  async events(key: SessionKey): Promise<StoredEvent[]> {
    return readEvents(this.tables, key);
  }

  async writeEvents(
    key: SessionKey,
    events: readonly StoredEvent[],
    startedMs: number,
  ): Promise<void> {
    await this.eventBatches.put(events.map((event) => eventItem(key, event, startedMs)));
  }

  /** Removes every row that is stored under the session; answers how many. */
  async removeEvents(key: SessionKey): Promise<number> {
    const { names } = this.tables;
    const pk = KEYS.session(key.tenant_hash, key.session_id);
    let removed = 0;
    let start: Record<string, unknown> | undefined;
    do {
      const page = await this.tables.doc.send(
        new QueryCommand({
          TableName: names.sessionEvents,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': pk },
          ProjectionExpression: 'pk, sk',
          ConsistentRead: true,
          ExclusiveStartKey: start,
        }),
      );
      await deleteAll(this.tables, names.sessionEvents, page.Items ?? []);
      removed += page.Items?.length ?? 0;
      start = page.LastEvaluatedKey;
    } while (start);
    return removed;
  }

  /**
   * Replaces the session's row and applies item counters and day marks with it, all or nothing.
   *
   * @throws VersionConflictError when the row is not at `expected` any more
   */
  async commit({ key, expected, row, deltas, marks }: SessionCommit): Promise<void> {
    const { names, doc } = this.tables;
    const put = {
      TableName: names.sessionSummaries,
      Item: sessionItem(key, row, this.roundMs),
      ...(expected === 0
        ? { ConditionExpression: 'attribute_not_exists(pk)' }
        : {
            ConditionExpression: 'version = :expected',
            ExpressionAttributeValues: { ':expected': expected },
          }),
    };
    try {
      if (deltas.length === 0 && marks.length === 0) {
        await doc.send(new PutCommand(put));
        return;
      }
      const actions: Action[] = [
        { Put: put },
        ...mergeByItem(deltas).map((delta) => this.counterUpdate(key.tenant_hash, delta)),
        ...marks.map((mark) => this.dayUpdate(key.tenant_hash, mark)),
      ];
      await doc.send(new TransactWriteCommand({ TransactItems: actions }));
    } catch (error) {
      if (
        error instanceof ConditionalCheckFailedException ||
        (error instanceof TransactionCanceledException &&
          error.CancellationReasons?.[0]?.Code === 'ConditionalCheckFailed')
      ) {
        throw new VersionConflictError(`session ${key.session_id} moved past version ${expected}`);
      }
      throw error;
    }
  }

  private counterUpdate(tenantHash: string, { item, days, total }: ItemChange): Action {
    const latest = [...days.keys()].sort().at(-1) as string;
    const names: Record<string, string> = {};
    // `writes` lets a recount see that a counter moved, also when it moved back.
    const values: Record<string, unknown> = { ':total': total, ':one': 1 };
    const adds = [...days].map(([day, clicks], i) => {
      names[`#d${i}`] = dayAttribute(day);
      values[`:d${i}`] = clicks;
      return `#d${i} :d${i}`;
    });
    const split = item.indexOf('#');
    return {
      Update: {
        TableName: this.tables.names.itemClicks,
        Key: { pk: KEYS.tenant(tenantHash), sk: KEYS.item(item) },
        UpdateExpression: `SET item_type = :type, item_id = :id, expires_at = :expires ADD click_count :total, writes :one, ${adds.join(', ')}`,
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: {
          ...values,
          ':type': item.slice(0, split),
          ':id': item.slice(split + 1),
          ':expires': counterExpiry(latest, Date.now()),
        },
      },
    };
  }

  private dayUpdate(tenantHash: string, { day, sessions }: DayMark): Action {
    return {
      Update: {
        TableName: this.tables.names.analyticsDaily,
        Key: { pk: KEYS.tenant(tenantHash), sk: KEYS.dirtyDay(day) },
        UpdateExpression: 'SET expires_at = :expires ADD version :one, sessions :sessions',
        ExpressionAttributeValues: {
          ':one': 1,
          ':sessions': sessions,
          ':expires': markExpiry(day),
        },
      },
    };
  }

  /**
   * Open sessions of one index partition whose rounded last activity is before `cutoffMs`. The
   * index lags and rounds: read the row before acting on a key.
   */
  async *openBefore(shard: number, cutoffMs: number): AsyncGenerator<SessionKey[]> {
    let start: Record<string, unknown> | undefined;
    do {
      const page = await this.tables.doc.send(
        new QueryCommand({
          TableName: this.tables.names.sessionSummaries,
          IndexName: INDEXES.open,
          KeyConditionExpression: 'open_pk = :shard AND open_sk < :cutoff',
          ExpressionAttributeValues: {
            ':shard': openPartition(shard),
            ':cutoff': openRange(cutoffMs),
          },
          Limit: 200,
          ExclusiveStartKey: start,
        }),
      );
      if (page.Items?.length) yield page.Items.map(sessionKeyOf);
      start = page.LastEvaluatedKey;
    } while (start);
  }

  readonly shards: number = OPEN_SHARDS;
}

/**
 * 90 days after the last click. A session of an earlier day may come after a later one (imported
 * history does), so counting itself is what extends a counter's life. Epoch seconds, whole days.
 */
const counterExpiry = (day: string, nowMs: number): number =>
  Math.floor(Math.max(Date.parse(day), nowMs) / 86_400_000) * 86_400 + (90 + 7) * 86_400;

/** A day's mark stays a week longer than its summaries. Epoch seconds. */
export const markExpiry = (day: string): number =>
  Math.floor(Date.parse(day) / 1000) + (LIMITS.summaryDays + 8) * 86_400;

/** Attribute of item-clicks that holds one local day's clicks. */
export const dayAttribute = (day: string): string => `d${day.replaceAll('-', '')}`;

interface ItemChange {
  item: string;
  days: Map<string, number>;
  total: number;
}

/** A transaction may touch an item once: changes of one item on two days become one update. */
function mergeByItem(deltas: readonly ItemDelta[]): ItemChange[] {
  const merged = new Map<string, ItemChange>();
  for (const { item, day, clicks } of deltas) {
    const change = merged.get(item) ?? { item, days: new Map<string, number>(), total: 0 };
    change.days.set(day, (change.days.get(day) ?? 0) + clicks);
    change.total += clicks;
    merged.set(item, change);
  }
  return [...merged.values()];
}

/** Every stored event of a session in key order; consistent, following every page. */
export async function readEvents(tables: Tables, key: SessionKey): Promise<StoredEvent[]> {
  const events: StoredEvent[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const page = await tables.doc.send(
      new QueryCommand({
        TableName: tables.names.sessionEvents,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :step)',
        ExpressionAttributeValues: {
          ':pk': KEYS.session(key.tenant_hash, key.session_id),
          ':step': 'STEP#',
        },
        ConsistentRead: true,
        ExclusiveStartKey: start,
      }),
    );
    for (const item of page.Items ?? []) events.push(storedEventOf(item));
    start = page.LastEvaluatedKey;
  } while (start);
  return events;
}
