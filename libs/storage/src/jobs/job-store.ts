import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { JsonObject } from '@picasso/contracts';
import type { Tables } from '../tables.ts';
import { newest } from './newest.ts';

/** The right to run one command for one tenant, until it expires or somebody else takes over. */
export interface Lease {
  readonly command: string;
  /** What is leased: commands that write the same things share a lease. */
  readonly scope: string;
  readonly tenant_hash: string;
  readonly owner: string;
  /** Rises with every holder: what an earlier one still tries to write is refused. */
  readonly fence: number;
  /** How far the command came for this tenant; null where it never said. */
  readonly checkpoint: JsonObject | null;
}

/** The lease expired and another run took over, or released it: stop, without writing anything. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
}

/** A tenant whose turn failed; the dead letter of a command. */
export interface JobFailure {
  command: string;
  tenant_hash: string;
  error: string;
  /** Failures in a row. */
  attempts: number;
  first_ms: number;
  last_ms: number;
}

/** What is written down about a tenant and stays. */
export interface TenantRecord {
  id: string;
  record: JsonObject;
}

const recordOf = (item: Record<string, unknown>): TenantRecord => ({
  id: String(item['sk']),
  record: JSON.parse(item['record'] as string) as JsonObject,
});

const FAILURES = 'FAILURES';
const leaseKey = (scope: string, tenantHash: string) => ({
  pk: `LEASE#${scope}`,
  sk: `TENANT#${tenantHash}`,
});
/** Of the lease's row: each command that shares it has a checkpoint of its own. */
const checkpointOf = (command: string): string => `checkpoint_${command.replaceAll('-', '_')}`;
const failureKey = (command: string, tenantHash: string) => ({
  pk: FAILURES,
  sk: `${command}#${tenantHash}`,
});

/**
 * Leases, checkpoints and failures of run-to-completion commands, in the jobs table.
 *
 * Concurrency: of any number of runs one holds the lease of a command and tenant. Checkpoints lie
 * in the lease's row and are written under its fence, so that a run which was asleep longer than
 * its lease cannot move another run's checkpoint.
 */
export class JobStore {
  constructor(private readonly tables: Tables) {}

  /** undefined while another run holds it. */
  async acquire(
    { command, scope }: Pick<Lease, 'command' | 'scope'>,
    tenantHash: string,
    owner: string,
    nowMs: number,
    ttlMs: number,
  ): Promise<Lease | undefined> {
    try {
      const { Attributes } = await this.tables.doc.send(
        new UpdateCommand({
          TableName: this.tables.names.jobs,
          Key: leaseKey(scope, tenantHash),
          UpdateExpression: 'SET #owner = :owner, until_ms = :until ADD fence :one',
          // Ours already: a write whose answer was lost is repeated by the client.
          ConditionExpression:
            'attribute_not_exists(until_ms) OR until_ms < :now OR #owner = :owner',
          ExpressionAttributeNames: { '#owner': 'owner' },
          ExpressionAttributeValues: {
            ':owner': owner,
            ':until': nowMs + ttlMs,
            ':now': nowMs,
            ':one': 1,
          },
          ReturnValues: 'ALL_NEW',
        }),
      );
      return {
        command,
        scope,
        tenant_hash: tenantHash,
        owner,
        fence: Attributes?.['fence'] as number,
        checkpoint: (Attributes?.[checkpointOf(command)] as JsonObject | undefined) ?? null,
      };
    } catch (error) {
      // The client repeats a write whose answer was lost: then the lease is ours already.
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  }

  /** @throws LeaseLostError */
  async renew(lease: Lease, nowMs: number, ttlMs: number): Promise<void> {
    await this.update(lease, 'SET until_ms = :value', nowMs + ttlMs);
  }

  /** @throws LeaseLostError */
  async saveCheckpoint(lease: Lease, checkpoint: JsonObject): Promise<void> {
    await this.update(lease, `SET ${checkpointOf(lease.command)} = :value`, checkpoint);
  }

  /** Lets the next run start at once. Harmless when the lease is lost. */
  async release(lease: Lease): Promise<void> {
    await this.update(lease, 'SET until_ms = :value', 0).catch((error: unknown) => {
      if (!(error instanceof LeaseLostError)) throw error;
    });
  }

  private async update(lease: Lease, expression: string, value: unknown): Promise<void> {
    try {
      await this.tables.doc.send(
        new UpdateCommand({
          TableName: this.tables.names.jobs,
          Key: leaseKey(lease.scope, lease.tenant_hash),
          UpdateExpression: expression,
          ConditionExpression: 'fence = :fence',
          ExpressionAttributeValues: { ':fence': lease.fence, ':value': value },
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      throw new LeaseLostError(`${lease.scope} of ${lease.tenant_hash} has another holder`);
    }
  }

  /** @param error for people; never message text */
  async recordFailure(
    command: string,
    tenantHash: string,
    error: string,
    nowMs: number,
  ): Promise<void> {
    await this.tables.doc.send(
      new UpdateCommand({
        TableName: this.tables.names.jobs,
        Key: failureKey(command, tenantHash),
        UpdateExpression:
          'SET #error = :error, last_ms = :now, first_ms = if_not_exists(first_ms, :now) ADD attempts :one',
        ExpressionAttributeNames: { '#error': 'error' },
        ExpressionAttributeValues: { ':error': error.slice(0, 2_000), ':now': nowMs, ':one': 1 },
      }),
    );
  }

  async clearFailure(command: string, tenantHash: string): Promise<void> {
    await this.tables.doc.send(
      new DeleteCommand({
        TableName: this.tables.names.jobs,
        Key: failureKey(command, tenantHash),
      }),
    );
  }

  /** Every tenant whose last turn of a command failed. */
  async failures(): Promise<JobFailure[]> {
    return (await this.query(FAILURES)).map((item) => {
      const sk = String(item['sk']);
      const split = sk.indexOf('#');
      return {
        command: sk.slice(0, split),
        tenant_hash: sk.slice(split + 1),
        error: item['error'] as string,
        attempts: item['attempts'] as number,
        first_ms: item['first_ms'] as number,
        last_ms: item['last_ms'] as number,
      };
    });
  }

  /** Keeps a record for ever (an audit entry, a receipt); the same id replaces it. */
  async saveRecord(tenantHash: string, id: string, record: JsonObject): Promise<void> {
    await this.tables.doc.send(
      new PutCommand({
        TableName: this.tables.names.jobs,
        Item: { pk: `RECORDS#${tenantHash}`, sk: id, record: JSON.stringify(record) },
      }),
    );
  }

  /** A page of a tenant's records whose ids begin with `prefix` and go on with a time, newest first. */
  async newestRecords(
    tenantHash: string,
    wanted: { prefix: string; after?: string | undefined; limit: number },
  ): Promise<{ items: TenantRecord[]; after: string | undefined }> {
    const page = await newest(this.tables, { pk: `RECORDS#${tenantHash}`, ...wanted });
    return { ...page, items: page.items.map(recordOf) };
  }

  private async query(partition: string): Promise<Record<string, unknown>[]> {
    const found: Record<string, unknown>[] = [];
    let start: Record<string, unknown> | undefined;
    do {
      const page = await this.tables.doc.send(
        new QueryCommand({
          TableName: this.tables.names.jobs,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': partition },
          ConsistentRead: true,
          ExclusiveStartKey: start,
        }),
      );
      found.push(...(page.Items ?? []));
      start = page.LastEvaluatedKey;
    } while (start);
    return found;
  }
}
