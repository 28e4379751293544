import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { useEngines } from '@picasso/testing';
import { provisionTables } from '../provision.ts';
import { type Tables, connectTables } from '../tables.ts';
import { JobStore, LeaseLostError } from './job-store.ts';

describe('jobs', () => {
  const engines = useEngines({ tables: true });
  let tables: Tables;
  let store: JobStore;

  beforeAll(async () => {
    tables = connectTables({ endpoint: engines().tables.url, region: 'local', prefix: 'spec-' });
    await provisionTables(tables);
    store = new JobStore(tables);
  }, 60_000);
  afterAll(() => tables.close());

  const daily = { command: 'daily', scope: 'daily' };

  it('gives a lease to one of many', async () => {
    const owners = Array.from({ length: 8 }, (_, i) => `owner-${i}`);
    const leases = await Promise.all(
      owners.map((owner) => store.acquire(daily, 'tn_many', owner, 1_000, 500)),
    );
    expect(leases.filter((lease) => lease !== undefined)).toHaveLength(1);
    expect(await store.acquire(daily, 'tn_other', 'x', 1_000, 500)).toBeDefined();
  });

  it('lets a sleeper write nothing after somebody else took over', async () => {
    const first = (await store.acquire(daily, 'tn', 'first', 1_000, 500))!;
    expect(await store.acquire(daily, 'tn', 'second', 1_400, 500)).toBeUndefined();
    await store.renew(first, 1_400, 500);
    expect(await store.acquire(daily, 'tn', 'second', 1_600, 500)).toBeUndefined();
    await store.saveCheckpoint(first, { done: 'monday' });
    const second = (await store.acquire(daily, 'tn', 'second', 2_000, 500))!;
    expect(second).toMatchObject({ fence: first.fence + 1, checkpoint: { done: 'monday' } });
    await expect(store.saveCheckpoint(first, { done: 'sunday' })).rejects.toThrow(LeaseLostError);
    await expect(store.renew(first, 2_100, 500)).rejects.toThrow(LeaseLostError);
    // Its belated release frees nobody else's lease.
    await store.release(first);
    expect(await store.acquire(daily, 'tn', 'third', 2_100, 500)).toBeUndefined();
    await store.release(second);
    expect(await store.acquire(daily, 'tn', 'third', 2_100, 500)).toBeDefined();
  });

  it('keeps a checkpoint for each command that shares a lease', async () => {
    const archive = { command: 'archive', scope: 'archive' };
    const erase = { command: 'erase', scope: 'archive' };
    const lease = (await store.acquire(archive, 'tn', 'a', 1_000, 500))!;
    await store.saveCheckpoint(lease, { block: 'b' });
    expect(await store.acquire(erase, 'tn', 'b', 1_100, 500)).toBeUndefined();
    await store.release(lease);
    expect((await store.acquire(erase, 'tn', 'b', 1_200, 500))?.checkpoint).toBeNull();
  });

  it('counts a tenant’s failures until it goes well', async () => {
    await store.recordFailure('daily', 'tn', 'Error: one', 1_000);
    await store.recordFailure('daily', 'tn', 'Error: two', 2_000);
    expect(await store.failures()).toEqual([
      {
        command: 'daily',
        tenant_hash: 'tn',
        error: 'Error: two',
        attempts: 2,
        first_ms: 1_000,
        last_ms: 2_000,
      },
    ]);
    await store.clearFailure('daily', 'tn');
    expect(await store.failures()).toEqual([]);
  });
});
