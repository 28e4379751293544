import {
  CreateTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type GlobalSecondaryIndex,
  ResourceNotFoundException,
  ResourceInUseException,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { TableNames } from '@picasso/contracts';
import type { Tables } from './tables.ts';

/**
 * The layout's version. Raise it together with a migration: a service refuses to run on a layout
 * newer than itself, and provisioning brings an older one forward.
 */
export const TABLES_VERSION = 1;

interface TableSpec {
  key: 'pk' | 'pk+sk';
  /** Index name → its hash and range attributes. All project keys only: the base row is read. */
  indexes: Record<string, [hash: string, range: string]>;
  ttl: boolean;
}

/** Names of the secondary indexes of session-summaries. */
export const INDEXES = {
  tenantDate: 'tenant-date-index',
  outcome: 'outcome-index',
  open: 'open-sessions',
} as const;

const SPECS: Record<keyof TableNames, TableSpec> = {
  sessionEvents: { key: 'pk+sk', indexes: {}, ttl: true },
  sessionSummaries: {
    key: 'pk+sk',
    indexes: {
      [INDEXES.tenantDate]: ['date_pk', 'date_sk'],
      [INDEXES.outcome]: ['outcome_pk', 'date_sk'],
      [INDEXES.open]: ['open_pk', 'open_sk'],
    },
    ttl: true,
  },
  itemClicks: { key: 'pk+sk', indexes: {}, ttl: true },
  analyticsDaily: { key: 'pk+sk', indexes: {}, ttl: true },
  tenants: { key: 'pk+sk', indexes: {}, ttl: false },
  jobs: { key: 'pk+sk', indexes: {}, ttl: true },
  siteTraffic: { key: 'pk+sk', indexes: {}, ttl: true },
};

const LAYOUT_KEY = { pk: 'LAYOUT', sk: 'VERSION' };

function indexesOf(spec: TableSpec): GlobalSecondaryIndex[] {
  return Object.entries(spec.indexes).map(([IndexName, [hash, range]]) => ({
    IndexName,
    KeySchema: [
      { AttributeName: hash, KeyType: 'HASH' },
      { AttributeName: range, KeyType: 'RANGE' },
    ],
    Projection: { ProjectionType: 'KEYS_ONLY' },
  }));
}

function attributesOf(spec: TableSpec): { AttributeName: string; AttributeType: 'S' }[] {
  const names = new Set(['pk', ...(spec.key === 'pk+sk' ? ['sk'] : [])]);
  for (const pair of Object.values(spec.indexes)) pair.forEach((name) => names.add(name));
  return [...names].map((AttributeName) => ({ AttributeName, AttributeType: 'S' }));
}

async function ensureTable({ client }: Tables, name: string, spec: TableSpec): Promise<void> {
  const describe = async () => {
    try {
      return (await client.send(new DescribeTableCommand({ TableName: name }))).Table;
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  };
  const existing = await describe();
  if (existing) {
    const present = new Set(existing.GlobalSecondaryIndexes?.map((index) => index.IndexName));
    const missing = indexesOf(spec).filter((index) => !present.has(index.IndexName));
    // DynamoDB adds one index per update; the table stays readable and writable meanwhile.
    for (const Create of missing) {
      await client.send(
        new UpdateTableCommand({
          TableName: name,
          AttributeDefinitions: attributesOf(spec),
          GlobalSecondaryIndexUpdates: [{ Create }],
        }),
      );
      await waitUntilTableExists({ client, maxWaitTime: 600, minDelay: 1 }, { TableName: name });
    }
  } else {
    const indexes = indexesOf(spec);
    try {
      await client.send(
        new CreateTableCommand({
          TableName: name,
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: attributesOf(spec),
          KeySchema: [
            { AttributeName: 'pk', KeyType: 'HASH' },
            ...(spec.key === 'pk+sk' ? [{ AttributeName: 'sk', KeyType: 'RANGE' } as const] : []),
          ],
          ...(indexes.length > 0 ? { GlobalSecondaryIndexes: indexes } : {}),
        }),
      );
    } catch (error) {
      // Another replica was faster: same table, same spec.
      if (!(error instanceof ResourceInUseException)) throw error;
    }
    await waitUntilTableExists({ client, maxWaitTime: 120, minDelay: 1 }, { TableName: name });
  }
  if (!spec.ttl) return;
  const { TimeToLiveDescription } = await client.send(
    new DescribeTimeToLiveCommand({ TableName: name }),
  );
  if (/^ENABL/.test(TimeToLiveDescription?.TimeToLiveStatus ?? '')) return;
  await client.send(
    new UpdateTimeToLiveCommand({
      TableName: name,
      TimeToLiveSpecification: { AttributeName: 'expires_at', Enabled: true },
    }),
  );
}

/** Version of the layout that lies in the tables; 0 before the first provisioning. */
async function storedVersion({ doc, names }: Tables): Promise<number> {
  const { Item } = await doc.send(new GetCommand({ TableName: names.tenants, Key: LAYOUT_KEY }));
  return (Item?.['version'] as number | undefined) ?? 0;
}

/**
 * Creates what is missing and leaves what is there: tables, indexes, TTL. Safe to run from several
 * places at once and at every deployment.
 *
 * @throws Error when the tables were laid out by a newer version of this software.
 */
export async function provisionTables(tables: Tables): Promise<void> {
  const names = Object.keys(SPECS) as (keyof TableNames)[];
  for (const name of names) await ensureTable(tables, tables.names[name], SPECS[name]);
  const version = await storedVersion(tables);
  if (version > TABLES_VERSION) {
    throw new Error(
      `the tables have layout version ${version}, this software knows ${TABLES_VERSION}: deploy the newer version`,
    );
  }
  if (version < TABLES_VERSION) {
    await tables.doc.send(
      new PutCommand({
        TableName: tables.names.tenants,
        Item: { ...LAYOUT_KEY, version: TABLES_VERSION },
      }),
    );
  }
}

/** For readiness: the layout is there and not newer than this software. */
export async function tablesReady(tables: Tables): Promise<boolean> {
  const version = await storedVersion(tables);
  return version > 0 && version <= TABLES_VERSION;
}
