import { describe, expect, it } from '@jest/globals';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createTurns } from './turns.ts';

describe('createTurns', () => {
  it('lets all of a turn go on together, before anything that they cause', async () => {
    const endOfTurn = createTurns();
    const log: string[] = [];
    const write = async (name: string): Promise<void> => {
      await endOfTurn();
      log.push(name);
      queueMicrotask(() => log.push(`flush after ${name}`));
    };
    const first = write('a');
    const second = Promise.resolve().then(() => write('b'));
    log.push('waiting');
    await Promise.all([first, second]);
    expect(log.slice(0, 3)).toEqual(['waiting', 'a', 'b']);
  });

  it('makes later ones wait for their own turn', async () => {
    const endOfTurn = createTurns();
    const first = endOfTurn();
    expect(endOfTurn()).toBe(first);
    await first;
    const second = endOfTurn();
    expect(second).not.toBe(first);
    let over = false;
    void second.then(() => (over = true));
    await Promise.resolve();
    expect(over).toBe(false);
    await nextTurn();
    expect(over).toBe(true);
  });
});
