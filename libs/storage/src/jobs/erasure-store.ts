import { createHash, randomBytes } from 'node:crypto';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  GetCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { stableJson } from '../archive/packs.ts';
import type { Tables } from '../tables.ts';
import { type NewestPage, newest, timeOrderedId } from './newest.ts';

/** What an erasure is about. Days are the tenant's own, `yyyy-mm-dd`, inclusive. */
export type ErasureScope =
  | { session_id: string }
  | { ga_client_id: string }
  | { from: string; to: string }
  | { tenant: true };

export const ERASURE_STATES = ['requested', 'running', 'done', 'failed'] as const;
/** `failed` is tried again by whoever carries requests out next. */
export type ErasureState = (typeof ERASURE_STATES)[number];

export interface Erasure {
  erasure_id: string;
  tenant_hash: string;
  /** Once done, a session's or visitor's id is replaced by `sha256:` and its hash. */
  scope: ErasureScope;
  reason: string | null;
  state: ErasureState;
  /** Subject of the token, or what started the command. */
  requested_by: string;
  requested_ms: number;
  finished_ms: number | null;
  /** Store → rows, objects' entries or messages that went; null until it is done. */
  receipt: Record<string, number> | null;
  error: string | null;
}

export type ErasureRequest = Pick<Erasure, 'tenant_hash' | 'scope' | 'reason' | 'requested_by'>;

const PARTITION = 'ERASURES';
/** A row for each that is not done, so that finding them costs nothing when there are none. */
const OPEN = 'ERASURES#OPEN';

/**
 * Requests to erase and what became of them, in the jobs table; kept for ever.
 *
 * Concurrency: `finish` takes effect once, together with the audit record. Who may carry an erasure
 * out is decided by the lease of its tenant, not here.
 */
export class ErasureStore {
  constructor(private readonly tables: Tables) {}

  async request(request: ErasureRequest, nowMs: number): Promise<Erasure> {
    const erasure: Erasure = {
      ...request,
      erasure_id: timeOrderedId(nowMs, randomBytes(6)),
      state: 'requested',
      requested_ms: nowMs,
      finished_ms: null,
      receipt: null,
      error: null,
    };
    const { jobs: TableName } = this.tables.names;
    const { erasure_id: sk, scope, ...rest } = erasure;
    await this.tables.doc.send(
      new TransactWriteCommand({
        TransactItems: [
          { Put: { TableName, Item: { pk: PARTITION, sk, ...rest, scope: stableJson(scope) } } },
          { Put: { TableName, Item: { pk: OPEN, sk } } },
        ],
      }),
    );
    return erasure;
  }

  async get(erasureId: string): Promise<Erasure | undefined> {
    const { Item } = await this.tables.doc.send(
      new GetCommand({
        TableName: this.tables.names.jobs,
        Key: { pk: PARTITION, sk: erasureId },
        ConsistentRead: true,
      }),
    );
    return Item && erasureOf(Item);
  }

  /** All that are not done, oldest first. */
  async open(): Promise<Erasure[]> {
    const { Items = [] } = await this.tables.doc.send(
      // Ids alone: a page of 1 MB holds thousands, and what is left over is found the next time.
      new QueryCommand({
        TableName: this.tables.names.jobs,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': OPEN },
        ConsistentRead: true,
      }),
    );
    const found = await Promise.all(Items.map(({ sk }) => this.get(String(sk))));
    return found.filter((erasure) => erasure !== undefined);
  }

  /** Newest first. */
  async list(query: {
    tenant?: string | undefined;
    after?: string | undefined;
    limit: number;
  }): Promise<{ items: Erasure[]; after: string | undefined }> {
    const { tenant, after, limit } = query;
    const equal = { tenant_hash: tenant };
    const page: NewestPage = await newest(this.tables, { pk: PARTITION, after, limit, equal });
    return { items: page.items.map(erasureOf), after: page.after };
  }

  async start(erasureId: string): Promise<void> {
    await this.change(erasureId, 'running', null);
  }

  /** @param error for people; never an id or text of a visitor */
  async fail(erasureId: string, error: string): Promise<void> {
    await this.change(erasureId, 'failed', error.slice(0, 2_000));
  }

  /** Done: the receipt is kept and audited, the visitor's or session's own id forgotten. */
  async finish(erasure: Erasure, receipt: Record<string, number>, nowMs: number): Promise<void> {
    const { erasure_id, tenant_hash, requested_by } = erasure;
    const { jobs: TableName } = this.tables.names;
    const scope = withoutIds(erasure.scope);
    const at = new Date(nowMs).toISOString();
    const audited = { at, action: 'erased', sub: requested_by, erasure_id, scope, receipt };
    try {
      await this.tables.doc.send(
        new TransactWriteCommand({
          TransactItems: [
            {
              Update: {
                TableName,
                Key: { pk: PARTITION, sk: erasure_id },
                UpdateExpression:
                  'SET #state = :done, finished_ms = :now, receipt = :receipt, #scope = :scope, #error = :null',
                ConditionExpression: '#state <> :done',
                ExpressionAttributeNames: {
                  ...{ '#state': 'state', '#scope': 'scope', '#error': 'error' },
                },
                ExpressionAttributeValues: {
                  ...{ ':done': 'done', ':now': nowMs, ':null': null },
                  ':scope': stableJson(scope),
                  ':receipt': JSON.stringify(receipt),
                },
              },
            },
            { Delete: { TableName, Key: { pk: OPEN, sk: erasure_id } } },
            {
              Put: {
                TableName,
                Item: {
                  pk: `RECORDS#${tenant_hash}`,
                  sk: `AUDIT#${at}#${erasure_id}`,
                  record: JSON.stringify(audited),
                },
              },
            },
          ],
        }),
      );
    } catch (error) {
      // An answer that was lost is asked for again: then it is done already.
      if ((await this.get(erasure_id))?.state !== 'done') throw error;
    }
  }

  private async change(erasureId: string, state: ErasureState, error: string | null) {
    try {
      await this.tables.doc.send(
        new UpdateCommand({
          TableName: this.tables.names.jobs,
          Key: { pk: PARTITION, sk: erasureId },
          UpdateExpression: 'SET #state = :state, #error = :error',
          ConditionExpression: 'attribute_exists(pk) AND #state <> :done',
          ExpressionAttributeNames: { '#state': 'state', '#error': 'error' },
          ExpressionAttributeValues: { ':state': state, ':error': error, ':done': 'done' },
        }),
      );
    } catch (cause) {
      if (!(cause instanceof ConditionalCheckFailedException)) throw cause;
    }
  }
}

/** The scope as it may be kept for ever. */
export function withoutIds(scope: ErasureScope): ErasureScope {
  const digest = (id: string): string => `sha256:${createHash('sha256').update(id).digest('hex')}`;
  if ('session_id' in scope) return { session_id: digest(scope.session_id) };
  if ('ga_client_id' in scope) return { ga_client_id: digest(scope.ga_client_id) };
  return scope;
}

function erasureOf(item: Record<string, unknown>): Erasure {
  const { sk, scope, receipt } = item as { sk: string; scope: string; receipt: string | null };
  const rest = item as unknown as Erasure;
  return {
    erasure_id: sk,
    tenant_hash: rest.tenant_hash,
    scope: JSON.parse(scope) as ErasureScope,
    reason: rest.reason,
    state: rest.state,
    requested_by: rest.requested_by,
    requested_ms: rest.requested_ms,
    finished_ms: rest.finished_ms,
    receipt: receipt === null ? null : (JSON.parse(receipt) as Record<string, number>),
    error: rest.error,
  };
}
