/** Reading many session rows at once: by start, or all of a tenant. */
import { QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { KEYS } from '@picasso/contracts';
import { deleteAll, getAll } from '../batches.ts';
import { INDEXES } from '../provision.ts';
import {
  type SessionKey,
  type SessionRow,
  datePartition,
  dateRange,
  sessionKeyOf,
  sessionRowOf,
} from '../session-rows.ts';
import type { Tables } from '../tables.ts';

export interface ScannedSession {
  key: SessionKey;
  row: SessionRow;
}

/** Calls of 100 keys that run at once. */
const PARALLEL_READS = 4;

/**
 * Rows of the sessions and visits that started within [fromMs, toMs), in no particular order. Keys
 * come from an index, which may lag; rows are read consistently. Tombstones are left out.
 */
export async function sessionsStarted(
  tables: Tables,
  tenantHash: string,
  fromMs: number,
  toMs: number,
): Promise<ScannedSession[]> {
  const kinds = ['session', 'page_view'] as const;
  const partitions = await Promise.all(
    kinds.map((kind) =>
      collect(tables, {
        TableName: tables.names.sessionSummaries,
        IndexName: INDEXES.tenantDate,
        KeyConditionExpression: 'date_pk = :pk AND date_sk BETWEEN :from AND :to',
        ProjectionExpression: 'pk, sk',
        ExpressionAttributeValues: {
          ':pk': datePartition(tenantHash, kind),
          ':from': dateRange(fromMs),
          // '#' follows the time in every key: `{toMs}` itself is below all of that moment's keys.
          ':to': dateRange(toMs),
        },
      }),
    ),
  );
  return readRows(tables, partitions.flat());
}

async function readRows(
  tables: Tables,
  items: readonly Record<string, unknown>[],
): Promise<ScannedSession[]> {
  // A session that moves between partitions right now can be seen in both.
  const keys = [...new Map(items.map(({ pk, sk }) => [sk, { pk, sk }])).values()];
  const chunks: (typeof keys)[] = [];
  for (let i = 0; i < keys.length; i += 100) chunks.push(keys.slice(i, i + 100));
  const found: ScannedSession[] = [];
  const worker = async (): Promise<void> => {
    for (let chunk = chunks.pop(); chunk; chunk = chunks.pop()) {
      for (const item of await getAll(tables, tables.names.sessionSummaries, chunk)) {
        const row = sessionRowOf(item);
        if (!row.erased) found.push({ key: sessionKeyOf(item), row });
      }
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_READS }, worker));
  return found;
}

/**
 * Every session row of a tenant, page by page, from the base table: complete and consistent, at
 * the price of reading all 90 days. Tombstones are left out.
 */
export async function* allSessions(
  tables: Tables,
  tenantHash: string,
): AsyncGenerator<ScannedSession[]> {
  for await (const items of pages(tables, {
    TableName: tables.names.sessionSummaries,
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :session)',
    ExpressionAttributeValues: { ':pk': KEYS.tenant(tenantHash), ':session': KEYS.summary('') },
    ConsistentRead: true,
  })) {
    yield items
      .map((item) => ({ key: sessionKeyOf(item), row: sessionRowOf(item) }))
      .filter(({ row }) => !row.erased);
  }
}

/** Every page of a query. */
export async function* pages(
  tables: Tables,
  query: QueryCommandInput,
): AsyncGenerator<Record<string, unknown>[]> {
  let start: Record<string, unknown> | undefined;
  do {
    const page = await tables.doc.send(new QueryCommand({ ...query, ExclusiveStartKey: start }));
    if (page.Items?.length) yield page.Items;
    start = page.LastEvaluatedKey;
  } while (start);
}

/** All pages of a query in one list. */
export async function collect(
  tables: Tables,
  query: QueryCommandInput,
): Promise<Record<string, unknown>[]> {
  const found: Record<string, unknown>[] = [];
  for await (const page of pages(tables, query)) found.push(...page);
  return found;
}

/** Ids and starts of the sessions that an erasure has buried; consistent, from the base table. */
export async function buriedSessions(
  tables: Tables,
  tenantHash: string,
  erasure: string,
): Promise<{ session_id: string; started_ms: number }[]> {
  const items = await collect(tables, {
    TableName: tables.names.sessionSummaries,
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :session)',
    FilterExpression: 'erasure = :erasure',
    ExpressionAttributeValues: {
      ':pk': KEYS.tenant(tenantHash),
      ':session': KEYS.summary(''),
      ':erasure': erasure,
    },
    ConsistentRead: true,
  });
  return items.map((item) => ({
    session_id: sessionKeyOf(item).session_id,
    started_ms: item['started_ms'] as number,
  }));
}

/** Removes a partition's rows whose sort key begins with `prefix`; answers how many. */
export async function removeRows(
  tables: Tables,
  table: string,
  pk: string,
  prefix: string,
): Promise<number> {
  let removed = 0;
  for await (const page of pages(tables, {
    TableName: table,
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
    ExpressionAttributeValues: { ':pk': pk, ':prefix': prefix },
    ProjectionExpression: 'pk, sk',
    ConsistentRead: true,
  })) {
    await deleteAll(tables, table, page);
    removed += page.length;
  }
  return removed;
}
