import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb';
import { KEYS } from '@picasso/contracts';
import type { Tables } from './tables.ts';

/** What became of a tenant's accepted events, counted from durable state. */
export interface LedgerCounts {
  /** Events in processed messages of the EVENTS stream. */
  accepted: number;
  stored: number;
  duplicates: number;
  dead_lettered: number;
  /** Accepted, processed, and nowhere to be found. Any other number than 0 is a loss. */
  missing: number;
}

export const NO_COUNTS: LedgerCounts = {
  accepted: 0,
  stored: 0,
  duplicates: 0,
  dead_lettered: 0,
  missing: 0,
};

/** Tenants that one advance can carry: one transaction, one action of it for the position. */
export const MAX_LEDGER_TENANTS = 90;

const POSITION = { pk: 'LEDGER', sk: 'POSITION' };
const LEASE = { pk: 'LEDGER', sk: 'LEASE' };
const tenantKey = (tenantHash: string) => ({ pk: KEYS.tenant(tenantHash), sk: 'LEDGER' });

/**
 * The ledger's rows in the tenants table: how far the stream was checked, and each tenant's counts
 * up to there. Both move in one transaction, so a count is never applied twice.
 */
export class LedgerStore {
  constructor(private readonly tables: Tables) {}

  /** Takes or renews the lease; false while another owner holds it. The counts are safe without. */
  async lease(owner: string, nowMs: number, ttlMs: number): Promise<boolean> {
    try {
      await this.tables.doc.send(
        new PutCommand({
          TableName: this.tables.names.tenants,
          Item: { ...LEASE, owner, until_ms: nowMs + ttlMs },
          ConditionExpression: 'attribute_not_exists(pk) OR #owner = :owner OR until_ms < :now',
          ExpressionAttributeNames: { '#owner': 'owner' },
          ExpressionAttributeValues: { ':owner': owner, ':now': nowMs },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  /** Last stream sequence that is in the counts; 0 at the beginning. */
  async position(): Promise<number> {
    const { Item } = await this.tables.doc.send(
      new GetCommand({ TableName: this.tables.names.tenants, Key: POSITION, ConsistentRead: true }),
    );
    return (Item?.['stream_seq'] as number | undefined) ?? 0;
  }

  /**
   * Moves the position and adds the counts found on the way.
   *
   * @throws TransactionCanceledException when the position is not at `from` any more
   */
  async advance(
    from: number,
    to: number,
    counts: ReadonlyMap<string, LedgerCounts>,
  ): Promise<void> {
    const TableName = this.tables.names.tenants;
    const fields = Object.keys(NO_COUNTS) as (keyof LedgerCounts)[];
    await this.tables.doc.send(
      new TransactWriteCommand({
        TransactItems: [
          {
            Put: {
              TableName,
              Item: { ...POSITION, stream_seq: to },
              // At the beginning it may be there, too: a step that found nothing leaves it at 0.
              ConditionExpression:
                from === 0
                  ? 'attribute_not_exists(pk) OR stream_seq = :from'
                  : 'stream_seq = :from',
              ExpressionAttributeValues: { ':from': from },
            },
          },
          ...[...counts].map(([tenantHash, count]) => ({
            Update: {
              TableName,
              Key: tenantKey(tenantHash),
              UpdateExpression: `ADD ${fields.map((field) => `#${field} :${field}`).join(', ')}`,
              ExpressionAttributeNames: Object.fromEntries(fields.map((f) => [`#${f}`, f])),
              ExpressionAttributeValues: Object.fromEntries(fields.map((f) => [`:${f}`, count[f]])),
            },
          })),
        ],
      }),
    );
  }

  /** Counts of every tenant. Reads the whole (small) table. */
  async totals(): Promise<Map<string, LedgerCounts>> {
    const totals = new Map<string, LedgerCounts>();
    let start: Record<string, unknown> | undefined;
    do {
      const page = await this.tables.doc.send(
        new ScanCommand({
          TableName: this.tables.names.tenants,
          FilterExpression: 'sk = :ledger',
          ExpressionAttributeValues: { ':ledger': 'LEDGER' },
          ConsistentRead: true,
          ExclusiveStartKey: start,
        }),
      );
      for (const item of page.Items ?? []) {
        const { accepted, stored, duplicates, dead_lettered, missing } = item as typeof NO_COUNTS;
        totals.set(String(item['pk']).slice('TENANT#'.length), {
          accepted,
          stored,
          duplicates,
          dead_lettered,
          missing,
        });
      }
      start = page.LastEvaluatedKey;
    } while (start);
    return totals;
  }

  /** For each of a session's stored event ids, the stream sequence that brought it first. */
  async storedBy(tenantHash: string, sessionId: string): Promise<Map<string, number>> {
    const owners = new Map<string, number>();
    let start: Record<string, unknown> | undefined;
    do {
      const page = await this.tables.doc.send(
        new QueryCommand({
          TableName: this.tables.names.sessionEvents,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :step)',
          ExpressionAttributeValues: {
            ':pk': KEYS.session(tenantHash, sessionId),
            ':step': 'STEP#',
          },
          ProjectionExpression: 'sk, stream_seq',
          ConsistentRead: true,
          ExclusiveStartKey: start,
        }),
      );
      for (const item of page.Items ?? []) {
        const id = String(item['sk']).split('#').slice(3).join('#');
        const seq = item['stream_seq'] as number;
        owners.set(id, Math.min(owners.get(id) ?? Infinity, seq));
      }
      start = page.LastEvaluatedKey;
    } while (start);
    return owners;
  }
}
