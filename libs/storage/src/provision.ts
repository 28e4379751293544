import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type GlobalSecondaryIndex,
  type GlobalSecondaryIndexDescription,
  LimitExceededException,
  ResourceNotFoundException,
  ResourceInUseException,
  type TableDescription,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { TableNames } from '@picasso/contracts';
import type { Tables } from './tables.ts';

/**
 * The layout's version. Raise it with every table, index or attribute that software needs, and say
 * here what was new:
 *
 * 1. session-events, session-summaries, item-clicks, analytics-daily, tenants
 * 2. jobs; site-traffic
 * 3. analytics-daily: every section of a day in rows of its own. Days of layout 2 count as not
 *    aggregated, and are computed from their sessions, until `daily --from … --to …` stored them anew
 * 4. session-summaries: an index by date that knows outcomes. The former one, `tenant-date-index`, is
 *    nobody's once all services are of this version
 *
 * A service is not ready on an older layout: provisioning brings it forward, before the service is
 * deployed.
 */
export const TABLES_VERSION = 4;

/**
 * The oldest software, by its own TABLES_VERSION, that works on this layout. What is only added
 * disturbs nobody, so that pods of the version before go on while a deployment replaces them; raise
 * it to TABLES_VERSION where they would not. Tables that are new have nothing of earlier layouts, and
 * take no earlier software.
 */
const WORKS_FROM = 3;

interface TableSpec {
  key: 'pk' | 'pk+sk';
  /**
   * Index name → its hash and range attributes, and what it projects besides keys to filter by. The
   * base row is read for everything else.
   */
  indexes: Record<string, [hash: string, range: string, ...projected: string[]]>;
  ttl: boolean;
}

/** Names of the secondary indexes of session-summaries. */
export const INDEXES = {
  tenantDate: 'tenant-date-outcome-index',
  outcome: 'outcome-index',
  open: 'open-sessions',
} as const;

const SPECS: Record<keyof TableNames, TableSpec> = {
  sessionEvents: { key: 'pk+sk', indexes: {}, ttl: true },
  sessionSummaries: {
    key: 'pk+sk',
    indexes: {
      [INDEXES.tenantDate]: ['date_pk', 'date_sk', 'outcome_pk'],
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
  return Object.entries(spec.indexes).map(([IndexName, [hash, range, ...projected]]) => ({
    IndexName,
    KeySchema: [
      { AttributeName: hash, KeyType: 'HASH' },
      { AttributeName: range, KeyType: 'RANGE' },
    ],
    Projection:
      projected.length > 0
        ? { ProjectionType: 'INCLUDE', NonKeyAttributes: projected }
        : { ProjectionType: 'KEYS_ONLY' },
  }));
}

function attributesOf(spec: TableSpec): { AttributeName: string; AttributeType: 'S' }[] {
  const names = new Set(['pk', ...(spec.key === 'pk+sk' ? ['sk'] : [])]);
  for (const [hash, range] of Object.values(spec.indexes)) names.add(hash).add(range);
  return [...names].map((AttributeName) => ({ AttributeName, AttributeType: 'S' }));
}

const isPending = ({ IndexStatus }: GlobalSecondaryIndexDescription): boolean =>
  IndexStatus !== undefined && IndexStatus !== 'ACTIVE';

/**
 * One after the other, as the engine makes them; the table stays readable and writable meanwhile. An
 * index that is still being filled refuses to answer: it is waited for, also where another run or
 * one that was killed began it.
 */
async function ensureIndexes(
  { client }: Tables,
  name: string,
  spec: TableSpec,
  describe: () => Promise<TableDescription | undefined>,
): Promise<void> {
  const untilMs = Date.now() + INDEX_WAIT_MS;
  for (;;) {
    const present = (await describe())?.GlobalSecondaryIndexes ?? [];
    const names = new Set(present.map(({ IndexName }) => IndexName));
    const [Create] = indexesOf(spec).filter(({ IndexName }) => !names.has(IndexName));
    const pending = present.find(isPending);
    if (!Create && !pending) return;
    if (Date.now() > untilMs) {
      const what = pending?.IndexName ?? Create?.IndexName;
      throw new Error(`${name}: ${what} is still being made: run the command again later`);
    }
    if (pending) await sleep(INDEX_LOOK_MS);
    else if (Create) await createIndex(client, name, spec, Create);
  }
}

async function createIndex(
  client: Tables['client'],
  name: string,
  spec: TableSpec,
  Create: GlobalSecondaryIndex,
): Promise<void> {
  try {
    await client.send(
      new UpdateTableCommand({
        TableName: name,
        AttributeDefinitions: attributesOf(spec),
        GlobalSecondaryIndexUpdates: [{ Create }],
      }),
    );
  } catch (error) {
    const isTaken =
      error instanceof ResourceInUseException ||
      error instanceof LimitExceededException ||
      /already exists/.test((error as Error).message);
    if (!isTaken) throw error;
    // Another run makes it, or one of its indexes: the next look tells.
    await sleep(INDEX_LOOK_MS);
  }
}

/** A new index holds the whole table: a large one takes longer, and the command is repeated. */
const INDEX_WAIT_MS = 10 * 60_000;
const INDEX_LOOK_MS = 1_000;

async function ensureTable(tables: Tables, name: string, spec: TableSpec): Promise<void> {
  const { client } = tables;
  const describe = async () => {
    try {
      return (await client.send(new DescribeTableCommand({ TableName: name }))).Table;
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  };
  if (await describe()) {
    await ensureIndexes(tables, name, spec, describe);
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

interface Layout {
  /** 0 before the first provisioning. */
  version: number;
  /** The oldest software that works on it. */
  works_from: number;
}

async function storedLayout({ doc, names }: Tables): Promise<Layout> {
  const { Item } = await doc.send(new GetCommand({ TableName: names.tenants, Key: LAYOUT_KEY }));
  const { version = 0, works_from = version } = (Item ?? {}) as Partial<Layout>;
  return { version, works_from };
}

/**
 * Creates what is missing and leaves what is there: tables, indexes, TTL; so brings a layout of any
 * earlier version forward. Safe to run from several places at once and at every deployment.
 *
 * @throws Error when the tables were laid out by a newer version that this one does not work with
 */
export async function provisionTables(tables: Tables): Promise<void> {
  const names = Object.keys(SPECS) as (keyof TableNames)[];
  for (const name of names) await ensureTable(tables, tables.names[name], SPECS[name]);
  const { version, works_from } = await storedLayout(tables);
  if (works_from > TABLES_VERSION) {
    throw new Error(
      `the tables have layout version ${version}, this software knows ${TABLES_VERSION}: deploy the newer version`,
    );
  }
  // Never back: an older deployment beside a newer one changes nothing.
  if (version >= TABLES_VERSION) return;
  const layout: Layout = {
    version: TABLES_VERSION,
    works_from: version === 0 ? TABLES_VERSION : WORKS_FROM,
  };
  await tables.doc.send(
    new PutCommand({ TableName: tables.names.tenants, Item: { ...LAYOUT_KEY, ...layout } }),
  );
}

/** For readiness: everything that this software needs is there, and nothing that it cannot take. */
export async function tablesReady(tables: Tables): Promise<boolean> {
  const { version, works_from } = await storedLayout(tables);
  return version >= TABLES_VERSION && works_from <= TABLES_VERSION;
}
