import { describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { SessionLanes } from './session-lanes.ts';

describe('SessionLanes', () => {
  it('works on one key at a time, hands over together what waited, and answers each its own', async () => {
    const passes: number[][] = [];
    let running = 0;
    const lanes = new SessionLanes<number, string>(async (_key, jobs) => {
      running += 1;
      expect(running).toBe(1);
      passes.push([...jobs]);
      await sleep(5);
      running -= 1;
      return jobs.map((job) => `done ${job}`);
    });
    const answers = await Promise.all([1, 2, 3, 4].map((job) => lanes.submit('a', job)));
    expect(answers).toEqual(['done 1', 'done 2', 'done 3', 'done 4']);
    expect(passes).toEqual([[1], [2, 3, 4]]);
    expect(lanes.busy).toBe(0);
  });

  it('lets keys run side by side', async () => {
    let running = 0;
    let most = 0;
    const lanes = new SessionLanes<number, number>(async (_key, jobs) => {
      most = Math.max(most, (running += 1));
      await sleep(5);
      running -= 1;
      return [...jobs];
    });
    await Promise.all(['a', 'b', 'c'].map((key) => lanes.submit(key, 1)));
    expect(most).toBe(3);
  });

  it('fails the jobs of a failed pass and goes on with what came after', async () => {
    let pass = 0;
    const lanes = new SessionLanes<number, number>(async (_key, jobs) => {
      pass += 1;
      await sleep(1);
      if (pass === 1) throw new Error('outage');
      return [...jobs];
    });
    const first = lanes.submit('a', 1);
    const second = lanes.submit('a', 2);
    await expect(first).rejects.toThrow('outage');
    await expect(second).resolves.toBe(2);
  });
});
