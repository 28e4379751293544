import { describe, expect, it } from '@jest/globals';
import {
  DEFAULT_RANGE,
  rangeFromParams,
  rangeToParams,
  rangeToQuery,
  type Range,
} from './range.ts';

const RANGES: Range[] = [
  { kind: 'last', days: 1 },
  DEFAULT_RANGE,
  { kind: 'last', days: 90 },
  { kind: 'custom', from: '2026-10-01', to: '2026-10-31' },
];

describe('the range in the address', () => {
  it.each(RANGES)('comes back as it was: %j', (range) => {
    const params = Object.fromEntries(
      Object.entries(rangeToParams(range)).filter(([, value]) => value !== null),
    );
    expect(rangeFromParams(params)).toEqual(range);
  });

  it('leaves the default out', () => {
    expect(rangeToParams(DEFAULT_RANGE)).toEqual({ range: null, from: null, to: null });
  });

  it('takes the other way of saying it out of the address', () => {
    expect(rangeToParams({ kind: 'last', days: 30 })).toMatchObject({ from: null, to: null });
    expect(rangeToParams({ kind: 'custom', from: 'a', to: 'b' })).toMatchObject({ range: null });
  });

  it('puts two dates in their order', () => {
    expect(rangeFromParams({ from: '2026-10-31', to: '2026-10-01' })).toEqual({
      kind: 'custom',
      from: '2026-10-01',
      to: '2026-10-31',
    });
  });

  it.each([
    {},
    { range: '0d' },
    { range: '999d' },
    { range: 'week' },
    { from: '2026-10-01' },
    { from: '2026-13-01', to: '2026-10-01' },
    { from: '2026-02-01', to: '2026-02-30' },
    { from: 'yesterday', to: 'today' },
  ])('is the default where it makes no sense: %j', (params) => {
    expect(rangeFromParams(params)).toEqual(DEFAULT_RANGE);
  });

  it('speaks the API’s words', () => {
    expect(rangeToQuery({ kind: 'last', days: 30 })).toEqual({ range: '30d' });
    expect(rangeToQuery(RANGES[3]!)).toEqual({ from: '2026-10-01', to: '2026-10-31' });
  });
});
