import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DailyReader, DayMarks, isDirty } from '@picasso/storage';
import { useEngines } from '@picasso/testing';
import { type Bench, DAY_MS, openBench } from '../aggregator.fixture.ts';

const NOW = Date.UTC(2026, 10, 22, 10);

describe('the work queue', () => {
  const engines = useEngines({ nats: true, tables: true, objects: true });
  let bench: Bench;

  beforeAll(async () => {
    const { nats, tables, objects } = engines();
    bench = await openBench({ tables: tables.url, objects: objects.url, nats: nats.url });
  }, 120_000);
  afterAll(() => bench?.close());

  it('hands each tenant out once, to several processes, until none is left', async () => {
    const hashes = Array.from({ length: 8 }, (_, i) => `tn_queue_${i}`);
    for (const hash of hashes) await bench.write(await bench.tenant(hash), 's', NOW - DAY_MS);
    expect((await bench.run('daily --enqueue', NOW)).figures).toEqual({ enqueued: 8 });
    expect((await bench.run('daily --enqueue', NOW)).figures).toEqual({ enqueued: 0 });
    const reports = await Promise.all([
      bench.run('daily --work', NOW),
      bench.run('daily --work', NOW),
    ]);
    expect(reports.flatMap(({ done }) => done).sort()).toEqual(hashes);
    expect(reports.flatMap(({ failed }) => failed)).toEqual([]);
    for (const hash of hashes) {
      expect((await new DayMarks(bench.tables).all(hash)).filter(isDirty)).toEqual([]);
    }
    const range = { from: '2026-11-21', to: '2026-11-21' };
    expect(await new DailyReader(bench.tables).days('tn_queue_3', range, [])).toHaveLength(1);
    expect((await bench.run('daily --work', NOW)).done).toEqual([]);
  });
});
