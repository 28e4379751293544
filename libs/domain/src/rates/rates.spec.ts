import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { differenceInterval, wilsonInterval } from './intervals.ts';
import { compare, ratio, trendOf } from './rates.ts';

describe('a ratio', () => {
  it('is a fraction', () => {
    expect(ratio(1, 4)).toBe(0.25);
    expect(ratio(0, 4)).toBe(0);
  });

  it('of nothing is unknown', () => {
    expect([ratio(0, 0), ratio(3, 0)]).toEqual([null, null]);
  });
});

describe('a change', () => {
  it('is relative to the period before', () => {
    expect(compare(6, 4)).toEqual({ value: 6, before: 4, change: 0.5 });
    expect(compare(0, 4).change).toBe(-1);
  });

  it.each([
    [6, 0],
    [6, null],
    [null, 4],
    [0, 0],
  ])('from %d after %d is unknown', (value, before) => {
    expect(compare(value, before)).toEqual({ value, before, change: null });
  });

  it.each([
    [0.0099, 'neutral'],
    [-0.0099, 'neutral'],
    [0, 'neutral'],
    [0.01, 'up'],
    [-0.01, 'down'],
    [null, null],
  ])('of %d goes %s', (change, trend) => {
    expect(trendOf(change)).toBe(trend);
  });
});

/** Examples that Newcombe's two papers of 1998 work out, to the digits printed there. */
describe('intervals', () => {
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('of %d in %d', (part, whole, low, high) => {
    const interval = wilsonInterval({ part, whole });
    expect(interval.map((bound) => Number(bound.toFixed(4)))).toEqual([low, high]);
  });

  it.each([
    [56, 70, 48, 80, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.1705, 0.809],
    [5, 56, 0, 29, -0.0381, 0.1926],
    [10, 10, 0, 10, 0.6075, 1],
  ])('of the difference of %d in %d and %d in %d', (a, m, b, n, low, high) => {
    const interval = differenceInterval({ part: a, whole: m }, { part: b, whole: n });
    expect(interval.map((bound) => Number(bound.toFixed(4)))).toEqual([low, high]);
  });

  it('hold the rate, and swap with the sides', () => {
    const anyProportion = fc
      .integer({ min: 1, max: 5000 })
      .chain((whole) => fc.record({ part: fc.nat(whole), whole: fc.constant(whole) }));
    fc.assert(
      fc.property(anyProportion, anyProportion, (a, b) => {
        const [low, high] = wilsonInterval(a);
        const rate = a.part / a.whole;
        expect(low).toBeGreaterThanOrEqual(0);
        expect(low).toBeLessThanOrEqual(rate + 1e-12);
        expect(high).toBeGreaterThanOrEqual(rate - 1e-12);
        expect(high).toBeLessThanOrEqual(1);
        const [from, to] = differenceInterval(a, b);
        const [mirroredFrom, mirroredTo] = differenceInterval(b, a);
        expect(from).toBeCloseTo(-mirroredTo, 10);
        expect(to).toBeCloseTo(-mirroredFrom, 10);
      }),
    );
  });
});
