import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { KEYS } from '@picasso/contracts';
import { type ItemClicks, itemClicksOf } from '../item-clicks.ts';
import { dayAttribute } from '../session-store.ts';
import type { Tables } from '../tables.ts';
import { collect } from './session-scan.ts';

/** An item's counter with what says whether it has moved since. */
export interface CounterRow extends ItemClicks {
  /** Rises with every change; 0 where nothing was ever counted. */
  writes: number;
}

export interface CounterChange {
  /** Local day → what its bucket is to hold. */
  set: ReadonlyMap<string, number>;
  /** Days whose buckets go. The total stays. */
  drop: readonly string[];
  /** What the total changes by. */
  total: number;
}

/** The recount's side of item-clicks. */
export class ItemCounters {
  constructor(private readonly tables: Tables) {}

  /** Every counter of a tenant; consistent. */
  async all(tenantHash: string): Promise<CounterRow[]> {
    const items = await collect(this.tables, {
      TableName: this.tables.names.itemClicks,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :item)',
      ExpressionAttributeValues: { ':pk': KEYS.tenant(tenantHash), ':item': KEYS.item('') },
      ConsistentRead: true,
    });
    return items.map((item) => ({
      ...itemClicksOf(item),
      writes: (item['writes'] as number | undefined) ?? 0,
    }));
  }

  /** Compare-and-set: false, and nothing changed, when a click was counted since `row` was read. */
  async correct(tenantHash: string, row: CounterRow, change: CounterChange): Promise<boolean> {
    const names: Record<string, string> = {};
    const values: Record<string, unknown> = { ':total': change.total, ':one': 1 };
    const split = row.item.indexOf('#');
    const set = ['item_type = :type', 'item_id = :id'];
    values[':type'] = row.item.slice(0, split);
    values[':id'] = row.item.slice(split + 1);
    [...change.set].forEach(([day, clicks], i) => {
      names[`#s${i}`] = dayAttribute(day);
      values[`:s${i}`] = clicks;
      set.push(`#s${i} = :s${i}`);
    });
    const drop = change.drop.map((day, i) => {
      names[`#r${i}`] = dayAttribute(day);
      return `#r${i}`;
    });
    const remove = drop.length > 0 ? ` REMOVE ${drop.join(', ')}` : '';
    try {
      await this.tables.doc.send(
        new UpdateCommand({
          TableName: this.tables.names.itemClicks,
          Key: { pk: KEYS.tenant(tenantHash), sk: KEYS.item(row.item) },
          UpdateExpression: `SET ${set.join(', ')}${remove} ADD click_count :total, writes :one`,
          ConditionExpression:
            row.writes === 0 ? 'attribute_not_exists(writes)' : 'writes = :writes',
          ...(Object.keys(names).length > 0 ? { ExpressionAttributeNames: names } : {}),
          ExpressionAttributeValues: {
            ...values,
            ...(row.writes === 0 ? {} : { ':writes': row.writes }),
          },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }
}
