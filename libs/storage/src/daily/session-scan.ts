/** Reading many session rows at once: by start, or all of a tenant. */
import { QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { KEYS, type SessionSummary } from '@picasso/contracts';
import { deleteAll, getAll } from '../batches.ts';
import { INDEXES } from '../provision.ts';
import {
  CURRENT_ATTRIBUTES,
  type CurrentRow,
  type SessionKey,
  type SessionRow,
  currentRowOf,
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

export interface CurrentSession {
  key: SessionKey;
  row: CurrentRow;
}

/** Calls of 100 keys that run at once. */
const PARALLEL_READS = 4;

type Item = Record<string, unknown>;

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
  const keys = await listStarted(tables, tenantHash, fromMs, toMs);
  const items = await readRows(tables, keys);
  return items
    .map((item) => ({ key: sessionKeyOf(item), row: sessionRowOf(item) }))
    .filter(({ row }) => !row.erased);
}

/** The same with what a summary is made of alone. */
export async function currentSessionsStarted(
  tables: Tables,
  tenantHash: string,
  fromMs: number,
  toMs: number,
): Promise<CurrentSession[]> {
  return readCurrent(tables, await listStarted(tables, tenantHash, fromMs, toMs));
}

/** A summary that is final, and the local day that it is tallied for. */
export interface FinalSummary {
  final_day: string;
  summary: SessionSummary;
}

/**
 * The same for final summaries alone: of a row's twenty attributes the client then takes two apart,
 * which is most of what reading a day costs.
 */
export async function finalSummariesStarted(
  tables: Tables,
  tenantHash: string,
  fromMs: number,
  toMs: number,
): Promise<FinalSummary[]> {
  const keys = await listStarted(tables, tenantHash, fromMs, toMs);
  const items = await readRows(tables, keys, ['final_day', 'summary']);
  return items.flatMap(({ final_day, summary }) =>
    typeof final_day === 'string' && typeof summary === 'string'
      ? { final_day, summary: JSON.parse(summary) as SessionSummary }
      : [],
  );
}

/** What the index by date says of a session or visit. It may lag. */
export type ListedSession = {
  pk: string;
  sk: string;
  /** A session that is not final. Of visits the index does not know it. */
  isOpen: boolean;
};

/** The sessions and visits that started within [fromMs, toMs), in no particular order. */
export async function listStarted(
  tables: Tables,
  tenantHash: string,
  fromMs: number,
  toMs: number,
): Promise<ListedSession[]> {
  const listed = await Promise.all(
    (['page_view', 'session'] as const).map(async (kind) => {
      const items = await collect(tables, {
        TableName: tables.names.sessionSummaries,
        IndexName: INDEXES.tenantDate,
        KeyConditionExpression: 'date_pk = :pk AND date_sk BETWEEN :from AND :to',
        ProjectionExpression: 'pk, sk, outcome_pk',
        ExpressionAttributeValues: {
          ':pk': datePartition(tenantHash, kind),
          ':from': dateRange(fromMs),
          // '#' follows the time in every key: `{toMs}` itself is below all of that moment's keys.
          ':to': dateRange(toMs),
        },
      });
      return items.map(({ pk, sk, outcome_pk }) => ({
        ...{ pk: pk as string, sk: sk as string },
        isOpen: kind === 'session' && outcome_pk === undefined,
      }));
    }),
  );
  // A visit that becomes a session right now can be seen in both partitions.
  return [...new Map(listed.flat().map((session) => [session.sk, session])).values()];
}

/** What a summary is made of; tombstones are left out. */
export async function readCurrent(
  tables: Tables,
  keys: readonly ListedSession[],
): Promise<CurrentSession[]> {
  const items = await readRows(tables, keys, CURRENT_ATTRIBUTES);
  return items.flatMap((item) => {
    const row = currentRowOf(item);
    return row ? [{ key: sessionKeyOf(item), row }] : [];
  });
}

async function readRows(
  tables: Tables,
  keys: readonly ListedSession[],
  attributes?: readonly string[],
): Promise<Item[]> {
  const plain = keys.map(({ pk, sk }) => ({ pk, sk }));
  const chunks: (typeof plain)[] = [];
  for (let i = 0; i < plain.length; i += 100) chunks.push(plain.slice(i, i + 100));
  const found: Item[] = [];
  const worker = async (): Promise<void> => {
    for (let chunk = chunks.pop(); chunk; chunk = chunks.pop()) {
      found.push(...(await getAll(tables, tables.names.sessionSummaries, chunk, attributes)));
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
