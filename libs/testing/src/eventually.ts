import { setTimeout as sleep } from 'node:timers/promises';

export interface EventuallyOptions {
  /** Default: 10 seconds. */
  timeoutMs?: number;
  /** Pause between attempts. Default: 50 ms. */
  everyMs?: number;
}

/**
 * Repeats `attempt` until it returns without throwing, and returns what it returned. Assertions
 * go inside.
 * @throws the last attempt's error, with how long and how often it was tried
 */
export async function eventually<T>(
  attempt: () => T | Promise<T>,
  { timeoutMs = 10_000, everyMs = 50 }: EventuallyOptions = {},
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() < deadline) {
        await sleep(everyMs);
        continue;
      }
      if (error instanceof Error) {
        error.message = `not within ${timeoutMs} ms (${tries} attempts): ${error.message}`;
      }
      throw error;
    }
  }
}
