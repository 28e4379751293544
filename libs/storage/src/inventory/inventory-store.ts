import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { GetCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { KEYS } from '@picasso/contracts';
import {
  type Inventory,
  type InventoryTimeline,
  NO_INVENTORY,
  recordSnapshot,
} from '@picasso/domain';
import { stringify } from 'safe-stable-stringify';
import { collect } from '../daily/session-scan.ts';
import type { Tables } from '../tables.ts';

/** What a tenant has configured now, and since when. */
export interface CurrentInventory {
  inventory: Inventory;
  timeline: InventoryTimeline;
}

export interface InventorySnapshot {
  /** From this day on, `yyyy-mm-dd`. */
  day: string;
  inventory: Inventory;
}

/** Follows every day in the order of keys. */
const CURRENT = KEYS.inventory('CURRENT');
/** An item holds 400 KB with its keys. */
const MAX_BYTES = 390 * 1024;

const pack = (value: unknown): Buffer => {
  const body = gzipSync(stringify(value) ?? 'null', { level: 9 });
  if (body.length > MAX_BYTES)
    throw new RangeError(`an inventory of ${body.length} bytes is too large`);
  return body;
};
const unpack = <T>(body: unknown): T =>
  JSON.parse(gunzipSync(body as Uint8Array).toString('utf8')) as T;

/** Dated snapshots of what tenants have configured, in analytics-daily; kept without end. */
export class InventoryStore {
  constructor(private readonly tables: Tables) {}

  /** undefined before the first snapshot. */
  async current(tenantHash: string): Promise<CurrentInventory | undefined> {
    const row = await this.row(tenantHash);
    return row && { inventory: unpack(row['inventory']), timeline: unpack(row['timeline']) };
  }

  /** Every snapshot in order. */
  async snapshots(tenantHash: string): Promise<InventorySnapshot[]> {
    const rows = await collect(this.tables, {
      TableName: this.tables.names.analyticsDaily,
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
      ExpressionAttributeValues: {
        ':pk': KEYS.tenant(tenantHash),
        ':first': KEYS.inventory('0000-00-00'),
        ':last': KEYS.inventory('9999-99-99'),
      },
    });
    return rows.map((row) => ({
      day: String(row['sk']).slice(KEYS.inventory('').length),
      inventory: unpack(row['inventory']),
    }));
  }

  /**
   * Keeps what is configured from `day` on, if it differs from what was. Of two runs at once one
   * wins; the other fails and finds nothing to do the next time.
   */
  async record(tenantHash: string, day: string, inventory: Inventory): Promise<boolean> {
    const before = await this.row(tenantHash);
    const sha256 = createHash('sha256')
      .update(stringify(inventory) ?? '')
      .digest('hex');
    if (before?.['sha256'] === sha256) return false;
    const known = before ? unpack<InventoryTimeline>(before['timeline']) : NO_INVENTORY;
    const timeline = recordSnapshot(known, day, inventory.items);
    const TableName = this.tables.names.analyticsDaily;
    const pk = KEYS.tenant(tenantHash);
    const body = pack(inventory);
    await this.tables.doc.send(
      new TransactWriteCommand({
        TransactItems: [
          {
            Put: {
              TableName,
              Item: { pk, sk: CURRENT, sha256, inventory: body, timeline: pack(timeline) },
              ...(before
                ? {
                    ConditionExpression: 'sha256 = :before',
                    ExpressionAttributeValues: { ':before': before['sha256'] },
                  }
                : { ConditionExpression: 'attribute_not_exists(pk)' }),
            },
          },
          { Put: { TableName, Item: { pk, sk: KEYS.inventory(day), sha256, inventory: body } } },
        ],
      }),
    );
    return true;
  }

  private async row(tenantHash: string): Promise<Record<string, unknown> | undefined> {
    const { Item } = await this.tables.doc.send(
      new GetCommand({
        TableName: this.tables.names.analyticsDaily,
        Key: { pk: KEYS.tenant(tenantHash), sk: CURRENT },
        ConsistentRead: true,
      }),
    );
    return Item;
  }
}
