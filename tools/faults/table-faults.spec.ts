import { describe, expect, it } from '@jest/globals';
import { createRandom } from '../harness/random.ts';
import {
  anyOf,
  conflicts,
  lostAnswers,
  outage,
  partialBatches,
  throttling,
} from './table-faults.ts';
import type { TableCall } from './table-proxy.ts';

const random = createRandom(1);
const batch = (rows: number): TableCall => ({
  operation: 'BatchWriteItem',
  input: { RequestItems: { events: Array.from({ length: rows }, (_, i) => ({ PutRequest: i })) } },
});
const transaction: TableCall = {
  operation: 'TransactWriteItems',
  input: { TransactItems: [1, 2, 3] },
};
const read: TableCall = { operation: 'GetItem', input: {} };

describe('table faults', () => {
  it('hand back exactly the rows that they withhold', () => {
    const treatment = partialBatches(random, 1)(batch(5));
    expect(treatment).toEqual({
      kind: 'partly',
      input: { RequestItems: { events: [0, 1, 2].map((i) => ({ PutRequest: i })) } },
      unprocessed: { events: [3, 4].map((i) => ({ PutRequest: i })) },
    });
    expect(partialBatches(random, 1)(batch(1))).toEqual({ kind: 'pass' });
  });

  it('cancel a transaction because of one of its items', () => {
    const treatment = conflicts(random, 1)(transaction);
    if (treatment.kind !== 'refuse') throw new Error(`it was to be refused, not ${treatment.kind}`);
    const reasons = treatment.error.body['CancellationReasons'] as { Code: string }[];
    expect(reasons.map(({ Code }) => Code).sort()).toEqual(['None', 'None', 'TransactionConflict']);
  });

  it('leave alone what cannot fail that way', () => {
    expect(conflicts(random, 1)(batch(3))).toEqual({ kind: 'pass' });
    expect(lostAnswers(random, 1)(read)).toEqual({ kind: 'pass' });
  });

  it('strike as often as they are told', () => {
    const strikes = Array.from({ length: 1_000 }, () => throttling(random, 0.3)(read)).filter(
      ({ kind }) => kind === 'refuse',
    );
    expect(strikes.length).toBeGreaterThan(250);
    expect(strikes.length).toBeLessThan(350);
  });

  it('combine: the first that strikes', () => {
    expect(anyOf(throttling(random, 0), outage())(read)).toEqual({ kind: 'cut' });
    expect(anyOf(throttling(random, 0))(read)).toEqual({ kind: 'pass' });
  });
});
