import { describe, expect, it } from '@jest/globals';
import { isMet, markdown, median, readable, table } from './figures.ts';

describe('median', () => {
  it.each([
    [[3], 3],
    [[5, 1, 9], 5],
    [[4, 1, 3, 2], 2.5],
  ])('%j: %d', (values, expected) => {
    expect(median(values)).toBe(expected);
  });

  it('refuses to make one up', () => {
    expect(() => median([])).toThrow(RangeError);
  });
});

describe('isMet', () => {
  it('includes the limit itself', () => {
    expect(isMet({ name: '', figure: 2, wanted: { atMost: 2 } })).toBe(true);
    expect(isMet({ name: '', figure: 2.01, wanted: { atMost: 2 } })).toBe(false);
    expect(isMet({ name: '', figure: 0.7, wanted: { atLeast: 0.7 } })).toBe(true);
    expect(isMet({ name: '', figure: 0.69, wanted: { atLeast: 0.7 } })).toBe(false);
  });
});

it('readable', () => {
  expect([12_345.6, 99.999, 1.987, 0, 'as it is'].map(readable)).toEqual([
    '12,346',
    '100',
    '1.99',
    '0',
    'as it is',
  ]);
});

it('table', () => {
  expect(
    table(
      ['what', 'n'],
      [
        ['one', 1],
        ['thousands', 12_000],
      ],
    ),
  ).toBe(
    [
      '| what      |      n |',
      '| --------- | -----: |',
      '| one       |      1 |',
      '| thousands | 12,000 |',
    ].join('\n'),
  );
});

it('markdown says which goals are missed', () => {
  const text = markdown({
    title: 'Speed',
    conditions: ['on paper'],
    head: ['what', 'n'],
    rows: [['one', 1]],
    goals: [
      { name: 'events/s', figure: 5, wanted: { atLeast: 10 } },
      { name: 'p99', figure: 5, wanted: { atMost: 10 } },
    ],
  });
  expect(text).toContain('- **missed**: events/s 5 (goal: at least 10)');
  expect(text).toContain('- met: p99 5 (goal: at most 10)');
});
