import { DDSketch } from '@datadog/sketches-js';
import { describe, expect, it } from '@jest/globals';
import type { QuantileSketch } from '@picasso/contracts';
import fc from 'fast-check';
import { sumTrees, type CountTree } from './count-tree.ts';
import { QUANTILE_RELATIVE_ERROR, quantileOf, sketchCount, sketchOf } from './quantile-sketch.ts';

const sketch = (values: readonly number[]): QuantileSketch =>
  sumTrees([
    { zero: 0, bins: {} },
    ...values.map((value) => sketchOf(value) as unknown as CountTree),
  ]) as unknown as QuantileSketch;

const anyValues = fc.array(fc.nat(86_400_000), { minLength: 1, maxLength: 60 });
const anyQuantile = fc.double({ min: 0, max: 1, noNaN: true });

describe('a quantile', () => {
  it('is within one hundredth of the value at its rank', () => {
    fc.assert(
      fc.property(anyValues, anyQuantile, (values, quantile) => {
        const sorted = values.toSorted((a, b) => a - b);
        const exact = sorted[Math.floor(quantile * (values.length - 1))] ?? NaN;
        const error = Math.abs((quantileOf(sketch(values), quantile) ?? NaN) - exact);
        expect(error).toBeLessThanOrEqual(QUANTILE_RELATIVE_ERROR * exact * (1 + 1e-9));
      }),
      { numRuns: 500 },
    );
  });

  it('is the one that the reference implementation gives', () => {
    fc.assert(
      fc.property(anyValues, anyQuantile, (values, quantile) => {
        const reference = new DDSketch({ relativeAccuracy: QUANTILE_RELATIVE_ERROR });
        for (const value of values) reference.accept(value);
        const expected = reference.getValueAtQuantile(quantile);
        const actual = quantileOf(sketch(values), quantile) ?? NaN;
        // At the very edge of a bin rounding may choose its neighbour.
        expect(Math.abs(actual - expected)).toBeLessThanOrEqual(0.0203 * expected);
        if (values.every((value) => value === 0)) expect(actual).toBe(0);
      }),
    );
  });

  it('is unknown without values', () => {
    expect(quantileOf({ zero: 0, bins: {} }, 0.5)).toBeNull();
  });

  it.each([
    [0, 0],
    [0.5, 0],
    [1, 1000],
  ])('%d of [0, 0, 1000] is about %d', (quantile, expected) => {
    const value = quantileOf(sketch([0, 1000, 0]), quantile) ?? NaN;
    expect(Math.abs(value - expected)).toBeLessThanOrEqual(0.01 * expected);
  });
});

it('counts all values', () => {
  expect(sketchCount(sketch([0, 5, 5, 80_000]))).toBe(4);
});

it('takes what is no duration for none', () => {
  expect([sketchOf(-5), sketchOf(NaN)]).toEqual([sketchOf(0), sketchOf(0)]);
});
