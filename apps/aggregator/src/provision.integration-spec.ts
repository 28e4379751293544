import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  ListTablesCommand,
} from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { DailyReader, SessionFinder, TABLES_VERSION, tablesReady } from '@picasso/storage';
import { useEngines } from '@picasso/testing';
import { type Bench, DAY_MS, openBench } from './aggregator.fixture.ts';

const NEW_INDEX = 'tenant-date-outcome-index';
const NOW = Date.UTC(2026, 10, 22, 10);

describe('provision', () => {
  const engines = useEngines({ tables: true, objects: true });
  let bench: Bench;

  beforeAll(async () => {
    bench = await openBench({ tables: engines().tables.url, objects: engines().objects.url });
  }, 60_000);
  afterAll(() => bench?.close());

  const tableNames = async () =>
    (await bench.tables.client.send(new ListTablesCommand())).TableNames ?? [];

  /** The layout of version 1, with what a tenant had then: no jobs, no site-traffic. */
  async function goBackToVersion1(): Promise<void> {
    const { client, doc, names } = bench.tables;
    for (const TableName of [names.jobs, names.siteTraffic]) {
      await client.send(new DeleteTableCommand({ TableName }));
    }
    const Item = { pk: 'LAYOUT', sk: 'VERSION', version: 1 };
    await doc.send(new PutCommand({ TableName: names.tenants, Item }));
  }

  /** The layout of version 3: an index by date that knows no outcomes. */
  async function goBackToVersion3(): Promise<void> {
    const { client, doc, names } = bench.tables;
    const TableName = names.sessionSummaries;
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    await client.send(new DeleteTableCommand({ TableName }));
    const texts = ['pk', 'sk', 'date_pk', 'date_sk', 'outcome_pk', 'open_pk', 'open_sk'];
    await client.send(
      new CreateTableCommand({
        ...{ TableName, KeySchema: Table?.KeySchema, BillingMode: 'PAY_PER_REQUEST' },
        AttributeDefinitions: texts.map((AttributeName) => ({
          ...{ AttributeName, AttributeType: 'S' },
        })),
        GlobalSecondaryIndexes: (Table?.GlobalSecondaryIndexes ?? []).map(
          ({ IndexName, KeySchema }) => ({
            ...{ KeySchema, Projection: { ProjectionType: 'KEYS_ONLY' } },
            IndexName: IndexName === NEW_INDEX ? 'tenant-date-index' : IndexName,
          }),
        ),
      }),
    );
    const Item = { pk: 'LAYOUT', sk: 'VERSION', version: 3, works_from: 3 };
    await doc.send(new PutCommand({ TableName: names.tenants, Item }));
  }

  const layout = async () => {
    const { doc, names } = bench.tables;
    const Key = { pk: 'LAYOUT', sk: 'VERSION' };
    return (await doc.send(new GetCommand({ TableName: names.tenants, Key }))).Item;
  };

  const everyRow = async () => {
    const tables = ['sessionEvents', 'sessionSummaries', 'itemClicks', 'analyticsDaily'] as const;
    return Promise.all([...tables, 'tenants' as const].map((table) => bench.rows(table)));
  };

  it('keeps older software off new tables, which have nothing of former layouts', async () => {
    expect(await layout()).toMatchObject({ version: TABLES_VERSION, works_from: TABLES_VERSION });
  });

  it('brings the tables of version 1 forward, and what is in them stays', async () => {
    await bench.write(await bench.tenant('tn_old'), 's', NOW - DAY_MS);
    await goBackToVersion1();
    const before = await everyRow();
    const { names } = bench.tables;
    expect(await tableNames()).not.toContain(names.jobs);
    // A service of today waits until the deployment has come so far.
    expect(await tablesReady(bench.tables)).toBe(false);

    await bench.run('provision', NOW);

    expect(await tableNames()).toEqual(expect.arrayContaining([names.jobs, names.siteTraffic]));
    expect(await tablesReady(bench.tables)).toBe(true);
    const withoutLayout = (rows: Record<string, unknown>[][]) =>
      rows.map((table) => table.filter(({ pk }) => pk !== 'LAYOUT'));
    expect(withoutLayout(await everyRow())).toEqual(withoutLayout(before));
    expect((await bench.run('daily', NOW)).failed).toEqual([]);
    const range = { from: '2026-11-21', to: '2026-11-21' };
    expect(await new DailyReader(bench.tables).days('tn_old', range, [])).toHaveLength(1);
  });

  it('makes the index that version 3 lacks, of what is there and beside the former one', async () => {
    await goBackToVersion3();
    await bench.write(await bench.tenant('tn_three'), 's', NOW - DAY_MS);
    expect(await tablesReady(bench.tables)).toBe(false);
    // Two deployments at once.
    await Promise.all([bench.run('provision', NOW), bench.run('provision', NOW)]);
    expect(await tablesReady(bench.tables)).toBe(true);
    expect(await layout()).toMatchObject({ version: TABLES_VERSION, works_from: 3 });
    const finder = new SessionFinder(bench.tables, { ownHosts: async () => [] });
    const query = { tenantHash: 'tn_three', timeZone: 'UTC', fromMs: 0, toMs: Date.now() };
    const { items } = await finder.page({ ...query, outcome: 'cta_clicked' }, 10);
    expect(items.map(({ session_id }) => session_id)).toEqual(['s']);
    const { client, names } = bench.tables;
    const describe = new DescribeTableCommand({ TableName: names.sessionSummaries });
    const indexes = (await client.send(describe)).Table?.GlobalSecondaryIndexes ?? [];
    expect(indexes.map(({ IndexName }) => IndexName)).toEqual(
      expect.arrayContaining(['tenant-date-index', NEW_INDEX]),
    );
  });
});
