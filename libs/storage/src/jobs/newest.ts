import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Tables } from '../tables.ts';

export interface NewestQuery {
  pk: string;
  /** Of the sort keys, in a partition that holds other things, too. */
  prefix?: string;
  /** Sort key of the last row that was seen already; undefined for the first page. */
  after?: string | undefined;
  limit: number;
  /** Attributes that have to have these values. */
  equal?: Record<string, string | undefined>;
}

export interface NewestPage {
  /** In falling order of their sort keys. */
  items: Record<string, unknown>[];
  /** undefined on the last page. */
  after: string | undefined;
}

/** Sort keys that fall into the order of time: 12 hex digits of milliseconds and random ones. */
export const timeOrderedId = (nowMs: number, random: Uint8Array): string =>
  nowMs.toString(16).padStart(12, '0') + Buffer.from(random).toString('hex');

/**
 * One page of a partition of the jobs table whose sort keys fall into the order of time, newest
 * first; full unless it is the last. What a filter leaves out is read all the same.
 */
export async function newest(
  { doc, names }: Tables,
  { pk, prefix, after, limit, equal = {} }: NewestQuery,
): Promise<NewestPage> {
  const filters = Object.entries(equal).filter(([, value]) => value !== undefined);
  const found: Record<string, unknown>[] = [];
  let start: Record<string, unknown> | undefined =
    after === undefined ? undefined : { pk, sk: after };
  do {
    const page = await doc.send(
      new QueryCommand({
        TableName: names.jobs,
        KeyConditionExpression: prefix ? 'pk = :pk AND begins_with(sk, :prefix)' : 'pk = :pk',
        ...(filters.length > 0 && {
          FilterExpression: filters.map((_, i) => `#f${i} = :f${i}`).join(' AND '),
          ExpressionAttributeNames: Object.fromEntries(
            filters.map(([name], i) => [`#f${i}`, name]),
          ),
        }),
        ExpressionAttributeValues: {
          ':pk': pk,
          ...(prefix && { ':prefix': prefix }),
          ...Object.fromEntries(filters.map(([, value], i) => [`:f${i}`, value])),
        },
        ScanIndexForward: false,
        ConsistentRead: true,
        Limit: filters.length > 0 ? 1_000 : limit + 1,
        ExclusiveStartKey: start,
      }),
    );
    found.push(...(page.Items ?? []));
    start = page.LastEvaluatedKey;
  } while (start && found.length <= limit);
  const items = found.slice(0, limit);
  const last = items.at(-1)?.['sk'] as string | undefined;
  return { items, after: found.length > limit ? last : undefined };
}
