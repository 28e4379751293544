import { expect, it } from '@jest/globals';
import { contrast } from './contrast.ts';

it('counts as WCAG does', () => {
  expect(contrast([0, 0, 0], [255, 255, 255])).toBe(21);
  expect(contrast([12, 34, 56], [12, 34, 56])).toBe(1);
  // The grey that just passes on white.
  expect(contrast([118, 118, 118], [255, 255, 255])).toBeCloseTo(4.54, 2);
  expect(contrast([255, 255, 255], [119, 119, 119])).toBeLessThan(4.5);
});
