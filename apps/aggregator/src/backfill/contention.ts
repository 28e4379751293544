import { setTimeout as sleep } from 'node:timers/promises';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';

const ATTEMPTS = 12;
const LONGEST_PAUSE_MS = 2_000;

/**
 * DynamoDB cancels a transaction while another one writes a row of its: a day's mark and popular
 * items' counters are in many sessions' transactions, and imports run many of them at once.
 */
const isContended = (error: unknown): boolean =>
  error instanceof TransactionCanceledException &&
  (error.CancellationReasons?.some(({ Code }) => Code === 'TransactionConflict') ?? false) &&
  !error.CancellationReasons?.some(({ Code }) => Code === 'ConditionalCheckFailed');

/** Does the work again, ever later, while others are at the same rows. */
export async function untilUncontended<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isContended(error) || attempt === ATTEMPTS) throw error;
      await sleep(Math.random() * Math.min(LONGEST_PAUSE_MS, 10 * 2 ** attempt));
    }
  }
}
