import { setTimeout as sleep } from 'node:timers/promises';
import { BatchGetCommand, BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { Tables } from './tables.ts';

type Row = Record<string, unknown>;
type WriteRequests = NonNullable<
  ConstructorParameters<typeof BatchWriteCommand>[0]['RequestItems']
>[string];

/** The engine kept refusing part of a batch: an outage or throttling, to be tried again later. */
export class UnprocessedError extends Error {
  override readonly name = 'UnprocessedError';
}

const ATTEMPTS = 6;
const backoff = (attempt: number): Promise<unknown> => sleep(Math.random() * 25 * 2 ** attempt);

/**
 * Writes rows 25 at a time. DynamoDB may take a part and hand the rest back as unprocessed: that
 * rest is sent again, and the call ends only when every row is stored.
 *
 * @throws UnprocessedError after six attempts
 */
export async function putAll(tables: Tables, table: string, rows: readonly Row[]): Promise<void> {
  await writeAll(
    tables,
    table,
    rows.map((Item) => ({ PutRequest: { Item } })),
  );
}

/** Removes rows by key in the same way; absent ones are no error. */
export async function deleteAll(
  tables: Tables,
  table: string,
  keys: readonly Row[],
): Promise<void> {
  await writeAll(
    tables,
    table,
    keys.map((Key) => ({ DeleteRequest: { Key } })),
  );
}

async function writeAll(tables: Tables, table: string, requests: WriteRequests): Promise<void> {
  const chunks: WriteRequests[] = [];
  for (let i = 0; i < requests.length; i += 25) chunks.push(requests.slice(i, i + 25));
  await Promise.all(
    chunks.map(async (chunk) => {
      let rest = chunk;
      for (let attempt = 0; rest.length > 0; attempt += 1) {
        if (attempt === ATTEMPTS) {
          throw new UnprocessedError(`${rest.length} writes to ${table} were not taken`);
        }
        if (attempt > 0) await backoff(attempt);
        const { UnprocessedItems } = await tables.doc.send(
          new BatchWriteCommand({ RequestItems: { [table]: rest } }),
        );
        rest = UnprocessedItems?.[table] ?? [];
      }
    }),
  );
}

/**
 * Reads rows by key, 100 at a time, consistently; missing ones are left out, order is not kept.
 *
 * @param attributes names of the ones wanted; all without it
 */
export async function getAll(
  tables: Tables,
  table: string,
  keys: readonly Row[],
  attributes?: readonly string[],
): Promise<Row[]> {
  const wanted = attributes && projectionOf(attributes);
  const found: Row[] = [];
  for (let i = 0; i < keys.length; i += 100) {
    let rest: Row[] = keys.slice(i, i + 100);
    for (let attempt = 0; rest.length > 0; attempt += 1) {
      if (attempt === ATTEMPTS)
        throw new UnprocessedError(`${rest.length} keys of ${table} unread`);
      if (attempt > 0) await backoff(attempt);
      const { Responses, UnprocessedKeys } = await tables.doc.send(
        new BatchGetCommand({
          RequestItems: { [table]: { Keys: rest, ConsistentRead: true, ...wanted } },
        }),
      );
      found.push(...(Responses?.[table] ?? []));
      rest = UnprocessedKeys?.[table]?.Keys ?? [];
    }
  }
  return found;
}

/** Some attributes have names that expressions reserve. */
export const projectionOf = (attributes: readonly string[]) => ({
  ProjectionExpression: attributes.map((_, i) => `#a${i}`).join(),
  ExpressionAttributeNames: Object.fromEntries(attributes.map((name, i) => [`#a${i}`, name])),
});
