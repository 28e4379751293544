import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DeleteTableCommand, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { DailyReader, tablesReady } from '@picasso/storage';
import { useEngines } from '@picasso/testing';
import { type Bench, DAY_MS, openBench } from './aggregator.fixture.ts';

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

  const everyRow = async () => {
    const tables = ['sessionEvents', 'sessionSummaries', 'itemClicks', 'analyticsDaily'] as const;
    return Promise.all([...tables, 'tenants' as const].map((table) => bench.rows(table)));
  };

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
});
