import { expect, it } from '@jest/globals';
import { slope } from './pipeline.ts';

it.each([
  [[5, 5, 5, 5], 0],
  [[0, 2, 4, 6], 2],
  [[9, 6, 3, 0], -3],
  [[1, 3, 1, 3, 1], 0],
])('slope of %j is %d', (values, expected) => {
  expect(slope(values)).toBeCloseTo(expected, 10);
});
