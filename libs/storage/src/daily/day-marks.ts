import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { KEYS } from '@picasso/contracts';
import { markExpiry } from '../session-store.ts';
import type { Tables } from '../tables.ts';
import { collect } from './session-scan.ts';

/** What summary writes say of a tenant's day. */
export interface DayMarkRow {
  day: string;
  /** Rises with every summary that was written for the day. */
  version: number;
  /** The version that the day's aggregate was computed from; 0 before the first. */
  done_version: number;
  /** Sessions and visits that have a final summary for the day. */
  sessions: number;
}

export const isDirty = ({ version, done_version }: DayMarkRow): boolean => version > done_version;

const PREFIX = KEYS.dirtyDay('');

const markOf = (item: Record<string, unknown>): DayMarkRow => ({
  day: String(item['sk']).slice(PREFIX.length),
  version: (item['version'] as number | undefined) ?? 0,
  done_version: (item['done_version'] as number | undefined) ?? 0,
  sessions: (item['sessions'] as number | undefined) ?? 0,
});

/** The marks that the sessionizer's transactions leave and the aggregator clears. */
export class DayMarks {
  constructor(private readonly tables: Tables) {}

  /** Every mark of a tenant by day; consistent. */
  async all(tenantHash: string): Promise<DayMarkRow[]> {
    const items = await collect(this.tables, {
      TableName: this.tables.names.analyticsDaily,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :mark)',
      ExpressionAttributeValues: { ':pk': KEYS.tenant(tenantHash), ':mark': PREFIX },
      ConsistentRead: true,
    });
    return items.map(markOf);
  }

  /** One day's mark; consistent. A day that no summary was ever written for has version 0. */
  async get(tenantHash: string, day: string): Promise<DayMarkRow> {
    const { Item } = await this.tables.doc.send(
      new GetCommand({
        TableName: this.tables.names.analyticsDaily,
        Key: { pk: KEYS.tenant(tenantHash), sk: KEYS.dirtyDay(day) },
        ConsistentRead: true,
      }),
    );
    return markOf(Item ?? { sk: KEYS.dirtyDay(day) });
  }

  /** Says that the aggregate was computed from `mark`; false when the day has moved on since. */
  async clear(tenantHash: string, mark: DayMarkRow): Promise<boolean> {
    if (mark.version === 0) return false;
    return this.update(tenantHash, mark, 'SET done_version = :version', {});
  }

  /** Sets a tally that does not say what the rows say, and makes the day dirty. */
  async correctTally(tenantHash: string, mark: DayMarkRow, sessions: number): Promise<boolean> {
    return this.update(
      tenantHash,
      mark,
      'SET sessions = :correct, expires_at = :expires ADD version :one',
      {
        ':correct': sessions,
        ':one': 1,
        ':expires': markExpiry(mark.day),
      },
    );
  }

  private async update(
    tenantHash: string,
    { day, version, sessions }: DayMarkRow,
    expression: string,
    values: Record<string, number>,
  ): Promise<boolean> {
    try {
      await this.tables.doc.send(
        new UpdateCommand({
          TableName: this.tables.names.analyticsDaily,
          Key: { pk: KEYS.tenant(tenantHash), sk: KEYS.dirtyDay(day) },
          UpdateExpression: expression,
          ...(version === 0
            ? {
                ConditionExpression: 'attribute_not_exists(version)',
                ExpressionAttributeValues: values,
              }
            : {
                ConditionExpression: 'version = :version AND sessions = :sessions',
                ExpressionAttributeValues: {
                  ...values,
                  ':version': version,
                  ':sessions': sessions,
                },
              }),
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }
}
