import { describe, expect, it } from '@jest/globals';
import type { SessionKey } from '@picasso/storage';
import { IdleSweep } from './idle-sweep.ts';

const NOW = 1_000_000_000;
const IDLE = 30 * 60_000;

function sweepWith(oldestUnprocessedMs: number | null) {
  const asked: number[] = [];
  const closed: [SessionKey, number][] = [];
  const sweep = new IdleSweep({
    idleMs: IDLE,
    oldestUnprocessedMs: () => Promise.resolve(oldestUnprocessedMs),
    close: (key, idleSince) => Promise.resolve(closed.push([key, idleSince])),
    store: {
      shards: 2,

      async *openBefore(shard, cutoff) {
        asked.push(cutoff);
        yield [{ tenant_hash: 'tn', session_id: `s${shard}` }];
      },
    },
  });
  return { sweep, asked, closed };
}

describe('IdleSweep', () => {
  it('asks every shard for what has been idle long enough', async () => {
    const { sweep, asked, closed } = sweepWith(null);
    expect(await sweep.once(NOW)).toBe(2);
    expect(asked).toEqual([NOW - IDLE + 1, NOW - IDLE + 1]);
    expect(closed.map(([, idleSince]) => idleSince)).toEqual([NOW - IDLE, NOW - IDLE]);
  });

  it('measures against the oldest unprocessed message, so that a backlog closes nobody', async () => {
    const { sweep, closed } = sweepWith(NOW - 60_000);
    await sweep.once(NOW);
    expect(closed[0]?.[1]).toBe(NOW - 60_000 - IDLE);
  });

  it('closes the others where one cannot be closed, and says so', async () => {
    const closed: string[] = [];
    const sweep = new IdleSweep({
      idleMs: IDLE,
      oldestUnprocessedMs: () => Promise.resolve(null),
      close: ({ session_id }) => {
        if (session_id.startsWith('stuck')) return Promise.reject(new Error(session_id));
        return Promise.resolve(closed.push(session_id));
      },
      store: {
        shards: 2,

        async *openBefore(shard) {
          yield [`stuck${shard}`, `s${shard}`].map((id) => ({ tenant_hash: 'tn', session_id: id }));
        },
      },
    });
    await expect(sweep.once(NOW)).rejects.toThrow('stuck0');
    expect(closed).toEqual(['s0', 's1']);
  });

  it('gives up where nothing can be closed', async () => {
    let tried = 0;
    const sweep = new IdleSweep({
      idleMs: IDLE,
      oldestUnprocessedMs: () => Promise.resolve(null),
      close: () => Promise.reject(new Error(`outage ${(tried += 1)}`)),
      store: {
        shards: 8,

        async *openBefore() {
          yield Array.from({ length: 50 }, (_, i) => ({ tenant_hash: 'tn', session_id: `s${i}` }));
        },
      },
    });
    await expect(sweep.once(NOW)).rejects.toThrow('outage 1');
    expect(tried).toBe(32);
  });
});
