import { createHash, randomBytes } from 'node:crypto';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { GetCommand, ScanCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { type KeyGrant, KEYS, TENANT_HASH, type Tenant, type TenantKey } from '@picasso/contracts';
import type { Tables } from './tables.ts';

/** SHA-256 in hex: keys are 192 random bits, so a fast hash is enough. */
export const hashKey = (key: string): string => createHash('sha256').update(key).digest('hex');

const PROFILE = 'PROFILE';
const grantKey = (sha256: string) => ({ pk: `KEY#${sha256}`, sk: 'GRANT' });

function issue(prefix: 'wk' | 'sk', createdAt: string): { key: string; record: TenantKey } {
  const key = `${prefix}_${randomBytes(24).toString('base64url')}`;
  return {
    key,
    record: { sha256: hashKey(key), hint: key.slice(0, 7), created_at: createdAt },
  };
}

export type TenantProfile = Omit<Tenant, 'write_keys' | 'server_key'>;

/** What a tenant starts with where nothing else is said. */
export const TENANT_DEFAULTS = {
  allowed_origins: [],
  own_hosts: [],
  excluded_addresses: [],
  events_per_second: 500,
  dead_letters_per_hour: 1_000,
  time_zone: 'UTC',
} as const satisfies Partial<TenantProfile>;

export class TenantExistsError extends Error {
  override readonly name = 'TenantExistsError';
}

/** Somebody else wrote the tenant's record since it was read. Read again and decide anew. */
export class TenantChangedError extends Error {
  override readonly name = 'TenantChangedError';
}

/**
 * The tenants table: profiles, and a row per active key that says whose it is.
 *
 * Concurrency: `put` is a compare-and-set on the whole record, so that no change undoes another: a
 * key that was revoked meanwhile does not come back with settings that were read before.
 */
export class TenantStore {
  constructor(private readonly tables: Tables) {}

  async get(tenantHash: string, { consistent = false } = {}): Promise<Tenant | undefined> {
    const { Item } = await this.tables.doc.send(
      new GetCommand({
        TableName: this.tables.names.tenants,
        Key: { pk: KEYS.tenant(tenantHash), sk: PROFILE },
        ConsistentRead: consistent,
      }),
    );
    return Item?.['tenant'] as Tenant | undefined;
  }

  /** Every tenant, in no particular order. Reads the whole (small) table. */
  async list(): Promise<Tenant[]> {
    const found: Tenant[] = [];
    let start: Record<string, unknown> | undefined;
    do {
      const page = await this.tables.doc.send(
        new ScanCommand({
          TableName: this.tables.names.tenants,
          FilterExpression: 'sk = :profile',
          ExpressionAttributeValues: { ':profile': PROFILE },
          ExclusiveStartKey: start,
        }),
      );
      for (const item of page.Items ?? []) found.push(item['tenant'] as Tenant);
      start = page.LastEvaluatedKey;
    } while (start);
    return found;
  }

  /** Whose key this is; undefined for an unknown or revoked one. Reads consistently. */
  async grant(keySha256: string): Promise<KeyGrant | undefined> {
    const { Item } = await this.tables.doc.send(
      new GetCommand({
        TableName: this.tables.names.tenants,
        Key: grantKey(keySha256),
        ConsistentRead: true,
      }),
    );
    return Item?.['grant'] as KeyGrant | undefined;
  }

  /**
   * Adds a tenant and issues its first keys. They are returned here and nowhere else.
   *
   * @throws TenantExistsError
   */
  async create(
    profile: Partial<TenantProfile> & Pick<TenantProfile, 'tenant_hash'>,
    now = new Date(),
  ): Promise<{ tenant: Tenant; write_key: string; server_key: string }> {
    if (!TENANT_HASH.test(profile.tenant_hash)) {
      throw new RangeError('a tenant hash is 1 to 64 of A–Z, a–z, 0–9, "_" and "-"');
    }
    const write = issue('wk', now.toISOString());
    const server = issue('sk', now.toISOString());
    const tenant: Tenant = {
      name: profile.tenant_hash,
      ...TENANT_DEFAULTS,
      allowed_origins: [],
      own_hosts: [],
      excluded_addresses: [],
      ...profile,
      write_keys: [write.record],
      server_key: server.record,
    };
    try {
      await this.save(tenant, undefined);
    } catch (error) {
      if (!isRefused(error)) throw error;
      throw new TenantExistsError(`tenant ${tenant.tenant_hash} exists already`);
    }
    return { tenant, write_key: write.key, server_key: server.key };
  }

  /**
   * Replaces a tenant's record; keys that are no longer in it stop working, new ones start.
   *
   * @param before the record as it was read
   * @throws TenantChangedError when it is another by now
   */
  async put(tenant: Tenant, before: Tenant): Promise<void> {
    try {
      await this.save(tenant, before);
    } catch (error) {
      if (!isRefused(error)) throw error;
      throw new TenantChangedError(`tenant ${tenant.tenant_hash} was changed meanwhile`);
    }
  }

  private async save(tenant: Tenant, before: Tenant | undefined): Promise<void> {
    const TableName = this.tables.names.tenants;
    const key = { pk: KEYS.tenant(tenant.tenant_hash), sk: PROFILE };
    const active = keysOf(tenant);
    const revoked = before
      ? [...keysOf(before).keys()].filter((sha256) => !active.has(sha256))
      : [];
    await this.tables.doc.send(
      new TransactWriteCommand({
        TransactItems: [
          {
            Put: {
              TableName,
              Item: { ...key, tenant },
              ...(before
                ? {
                    ConditionExpression: 'tenant = :before',
                    ExpressionAttributeValues: { ':before': before },
                  }
                : { ConditionExpression: 'attribute_not_exists(pk)' }),
            },
          },
          ...[...active].map(([sha256, grant]) => ({
            Put: { TableName, Item: { ...grantKey(sha256), grant } },
          })),
          ...revoked.map((sha256) => ({ Delete: { TableName, Key: grantKey(sha256) } })),
        ],
      }),
    );
  }
}

/** The profile's condition did not hold; anything else may be tried again as it is. */
const isRefused = (error: unknown): boolean =>
  error instanceof TransactionCanceledException &&
  error.CancellationReasons?.[0]?.Code === 'ConditionalCheckFailed';

function keysOf(tenant: Tenant): Map<string, KeyGrant> {
  const { tenant_hash } = tenant;
  const grants = new Map<string, KeyGrant>();
  for (const key of tenant.write_keys) grants.set(key.sha256, { tenant_hash, origin: 'browser' });
  if (tenant.server_key) {
    grants.set(tenant.server_key.sha256, { tenant_hash, origin: 'server' });
  }
  return grants;
}
