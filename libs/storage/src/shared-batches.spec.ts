import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it } from '@jest/globals';
import { SharedBatches } from './shared-batches.ts';

type Row = Record<string, unknown>;

const rows = (caller: string, count: number): Row[] =>
  Array.from({ length: count }, (_, n) => ({ pk: caller, sk: n }));

/** Calls that stay under way until they are told how they end. */
function slowEngine() {
  const calls: { rows: Row[]; done(): void; fail(error: Error): void }[] = [];
  const batches = new SharedBatches(
    (batch) =>
      new Promise((done, fail) => {
        calls.push({ rows: [...batch], done, fail });
      }),
  );
  return { calls, batches, callers: () => calls.map(({ rows: [first] }) => first?.['pk']) };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const turns = async (): Promise<void> => {
  for (let i = 0; i < 5; i += 1) await turn();
};

describe('SharedBatches', () => {
  it('gathers what comes in one turn', async () => {
    const { calls, batches } = slowEngine();
    const puts = [batches.put(rows('a', 3)), batches.put(rows('b', 4))];
    await turns();
    expect(calls.map((call) => call.rows)).toEqual([[...rows('a', 3), ...rows('b', 4)]]);
    calls[0]?.done();
    await Promise.all(puts);
  });

  it('keeps to 25 rows without cutting a caller; one that has more goes alone', async () => {
    const { calls, batches } = slowEngine();
    for (const count of [20, 5, 1, 60, 25]) void batches.put(rows('x', count));
    await turns();
    expect(calls.map((call) => call.rows.length)).toEqual([25, 1, 60, 25]);
  });

  it('lets rows gather while four batches are under way, and goes on when one is done', async () => {
    const { calls, batches } = slowEngine();
    for (let i = 0; i < 4; i += 1) {
      void batches.put(rows(`early ${i}`, 1));
      await turns();
    }
    for (let i = 0; i < 6; i += 1) {
      void batches.put(rows(`late ${i}`, 4));
      await turns();
    }
    expect(calls).toHaveLength(4);
    calls[2]?.done();
    await turns();
    expect(calls).toHaveLength(5);
    expect(calls[4]?.rows).toHaveLength(24);
  });

  it('resolves a caller only when its own rows are stored', async () => {
    const { calls, batches } = slowEngine();
    const settled: string[] = [];
    void batches.put(rows('a', 25)).then(() => settled.push('a'));
    void batches.put(rows('b', 25)).then(() => settled.push('b'));
    await turns();
    calls[1]?.done();
    await turns();
    expect(settled).toEqual(['b']);
  });

  it('tells all of a batch about an outage', async () => {
    const { calls, batches } = slowEngine();
    const puts = Promise.allSettled([batches.put(rows('a', 1)), batches.put(rows('b', 1))]);
    await turns();
    calls[0]?.fail(new Error('connection refused'));
    expect((await puts).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(calls).toHaveLength(1);
  });

  it('does not let one caller’s refused rows keep out the others', async () => {
    const { calls, batches, callers } = slowEngine();
    const refused = Object.assign(new Error('item too large'), { name: 'ValidationException' });
    const puts = Promise.allSettled([batches.put(rows('bad', 1)), batches.put(rows('good', 1))]);
    await turns();
    calls[0]?.fail(refused);
    await turns();
    expect(callers()).toEqual(['bad', 'bad', 'good']);
    calls[1]?.fail(refused);
    calls[2]?.done();
    expect((await puts).map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  });

  it('calls in the context of its caller', async () => {
    const storage = new AsyncLocalStorage<string>();
    const seen: (string | undefined)[] = [];
    const batches = new SharedBatches(async () => {
      seen.push(storage.getStore());
    });
    await Promise.all(
      ['a', 'b'].map((name) => storage.run(name, () => batches.put(rows(name, 25)))),
    );
    expect(seen).toEqual(['a', 'b']);
  });
});
