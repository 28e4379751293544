import { describe, expect, it, jest } from '@jest/globals';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { untilUncontended } from './contention.ts';

const cancelled = (...codes: string[]): TransactionCanceledException =>
  new TransactionCanceledException({
    message: 'cancelled',
    $metadata: {},
    CancellationReasons: codes.map((Code) => ({ Code })),
  });

describe('untilUncontended', () => {
  it('tries again while another transaction has one of the rows', async () => {
    const work = jest
      .fn<() => Promise<string>>()
      .mockRejectedValueOnce(cancelled('None', 'TransactionConflict'))
      .mockRejectedValueOnce(cancelled('TransactionConflict', 'None'))
      .mockResolvedValue('done');
    expect(await untilUncontended(work)).toBe('done');
    expect(work).toHaveBeenCalledTimes(3);
  });

  it.each([
    ['a condition that failed', cancelled('ConditionalCheckFailed', 'TransactionConflict')],
    ['a transaction that is wrong', cancelled('None', 'ValidationError')],
    ['an outage', new Error('no connection')],
  ])('leaves %s to the caller', async (_, error) => {
    const work = jest.fn<() => Promise<void>>().mockRejectedValue(error);
    await expect(untilUncontended(work)).rejects.toBe(error);
    expect(work).toHaveBeenCalledTimes(1);
  });
});
