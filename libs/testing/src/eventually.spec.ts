import { describe, expect, it } from '@jest/globals';
import { eventually } from './eventually.ts';

describe('eventually', () => {
  it('returns the first result that came without an error', async () => {
    let tries = 0;
    const attempt = (): number => {
      tries += 1;
      if (tries < 3) throw new Error('not yet');
      return tries;
    };
    await expect(eventually(attempt, { everyMs: 1 })).resolves.toBe(3);
  });

  it('gives up with the last error and the time it took', async () => {
    const attempt = (): Promise<never> => Promise.reject(new Error('still missing'));
    await expect(eventually(attempt, { timeoutMs: 20, everyMs: 5 })).rejects.toThrow(
      /not within 20 ms \(\d+ attempts\): still missing/,
    );
  });
});
