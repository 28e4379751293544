import { describe, expect, it } from '@jest/globals';
import { Slots } from './slots.ts';

const soon = () => Date.now() + 30;

describe('Slots', () => {
  it('gives no more than it has', async () => {
    const slots = new Slots(2);
    expect(await slots.acquire(soon())).toBe(true);
    expect(await slots.acquire(soon())).toBe(true);
    expect(await slots.acquire(soon())).toBe(false);
    expect(slots.available).toBe(0);
  });

  it('hands a released slot to the one who has waited longest', async () => {
    const slots = new Slots(1);
    await slots.acquire(Infinity);
    const order: string[] = [];
    const first = slots.acquire(Infinity).then(() => order.push('first'));
    const second = slots.acquire(Infinity).then(() => order.push('second'));
    slots.release();
    await first;
    expect(order).toEqual(['first']);
    slots.release();
    await second;
    expect(order).toEqual(['first', 'second']);
  });

  it('does not give a slot to one who has gone', async () => {
    const slots = new Slots(1);
    await slots.acquire(Infinity);
    expect(await slots.acquire(soon())).toBe(false);
    slots.release();
    expect(slots.available).toBe(1);
  });
});
