import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { configuredSince } from '@picasso/domain';
import { InventoryStore, putObject } from '@picasso/storage';
import { useEngines } from '@picasso/testing';
import { type Bench, DAY_MS, openBench } from '../aggregator.fixture.ts';

const NOW = Date.UTC(2026, 10, 22, 10);

describe('inventory', () => {
  const engines = useEngines({ tables: true, objects: true });
  let bench: Bench;
  let store: InventoryStore;

  beforeAll(async () => {
    bench = await openBench({ tables: engines().tables.url, objects: engines().objects.url });
    store = new InventoryStore(bench.tables);
    await bench.tenant('tn_inv');
  }, 60_000);
  afterAll(() => bench.close());

  const put = (key: string, content: unknown) =>
    putObject(bench.objects, {
      key,
      body: Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)),
      contentType: 'application/json',
    });
  const run = (nowMs: number) => bench.run('inventory --tenant tn_inv', nowMs);
  const keys = async (): Promise<string[]> =>
    (await store.current('tn_inv'))?.inventory.items.map(({ key }) => key) ?? [];

  it('leaves a tenant without a configuration alone', async () => {
    expect(await run(NOW)).toMatchObject({ failed: [], figures: { without_mapping: 1 } });
    expect(await store.current('tn_inv')).toBeUndefined();
  });

  it('reads chips without ids, and links of the markdown documents', async () => {
    await put('mappings/tn_inv.json', { tenant_id: 'INV1', tenant_hash: 'tn_inv' });
    await put('tenants/INV1/INV1-config.json', {
      action_chips: { default_chips: [{ label: 'Hours', value: 'When are you open?' }] },
    });
    await put('tenants/INV1/kb/opening.md', 'See [our hours](https://x.example/hours).');
    expect((await run(NOW)).figures).toMatchObject({ snapshots_written: 1, items: 2 });
    expect(await keys()).toEqual(['action_chip#Hours', 'link#https://x.example/hours']);
  });

  it('writes nothing while nothing changes, and keeps since when an item is there', async () => {
    const before = await bench.rows('analyticsDaily');
    expect((await run(NOW + DAY_MS)).figures).toMatchObject({ unchanged: 1 });
    expect(await bench.rows('analyticsDaily')).toEqual(before);
    await put('tenants/INV1/INV1-config.json', {
      action_chips: { default_chips: { hours: { label: 'Hours', value: 'x' } } },
      cta_definitions: { apply: { label: 'Apply', action: 'start_form' } },
    });
    expect((await run(NOW + 2 * DAY_MS)).figures).toMatchObject({ snapshots_written: 1 });
    expect(await keys()).toEqual([
      'action_chip#hours',
      'cta#apply',
      'link#https://x.example/hours',
    ]);
    const { timeline } = (await store.current('tn_inv'))!;
    const since = (key: string): string | null | undefined => {
      const entry = timeline.entries.find(({ item }) => item.key === key);
      return entry && configuredSince(entry, '2026-11-24');
    };
    expect([
      since('link#https://x.example/hours'),
      since('cta#apply'),
      since('action_chip#Hours'),
    ]).toEqual(['2026-11-22', '2026-11-24', null]);
    expect((await store.snapshots('tn_inv')).map(({ day }) => day)).toEqual([
      '2026-11-22',
      '2026-11-24',
    ]);
  });

  it('fails for a mapping that names somebody else', async () => {
    await put('mappings/tn_inv.json', { tenant_id: 'INV1', tenant_hash: 'tn_other' });
    expect((await run(NOW)).failed).toMatchObject([{ tenant: 'tn_inv' }]);
    await put('mappings/tn_inv.json', { tenant_id: '../INV1', tenant_hash: 'tn_inv' });
    expect((await run(NOW)).failed).toHaveLength(1);
  });

  it('names a configuration that cannot be parsed, and nothing of what is in it', async () => {
    await put('mappings/tn_inv.json', { tenant_id: 'INV1', tenant_hash: 'tn_inv' });
    await put('tenants/INV1/INV1-config.json', '{"action_chips": SECRET}');
    expect((await run(NOW + 9 * DAY_MS)).failed).toEqual([
      { tenant: 'tn_inv', error: 'Error: tenants/INV1/INV1-config.json is no JSON' },
    ]);
  });
});
