import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { KEYS } from '@picasso/contracts';
import type { Tables } from './tables.ts';

export interface ItemClicks {
  /** `{type}#{id}` */
  item: string;
  click_count: number;
  /** Local day `yyyy-mm-dd` → clicks. */
  days: Record<string, number>;
}

const DAY_ATTRIBUTE = /^d(\d{4})(\d{2})(\d{2})$/;

export function itemClicksOf(row: Record<string, unknown>): ItemClicks {
  const days: Record<string, number> = {};
  for (const [name, value] of Object.entries(row)) {
    const date = DAY_ATTRIBUTE.exec(name);
    if (date) days[`${date[1]}-${date[2]}-${date[3]}`] = value as number;
  }
  return {
    item: String(row['sk']).slice('ITEM#'.length),
    click_count: row['click_count'] as number,
    days,
  };
}

/** Reads item-clicks: every counter of a tenant, all pages. */
export class ItemClicksReader {
  constructor(private readonly tables: Tables) {}

  async all(tenantHash: string): Promise<ItemClicks[]> {
    const found: ItemClicks[] = [];
    let start: Record<string, unknown> | undefined;
    do {
      const page = await this.tables.doc.send(
        new QueryCommand({
          TableName: this.tables.names.itemClicks,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :item)',
          ExpressionAttributeValues: { ':pk': KEYS.tenant(tenantHash), ':item': 'ITEM#' },
          ConsistentRead: true,
          ExclusiveStartKey: start,
        }),
      );
      found.push(...(page.Items ?? []).map(itemClicksOf));
      start = page.LastEvaluatedKey;
    } while (start);
    return found;
  }
}
