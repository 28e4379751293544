import { describe, expect, it } from '@jest/globals';
import type { TrendDto } from '../api/generated/index.ts';
import { trendPoints } from './view.ts';

const pointsOf = (range: Partial<TrendDto['range']>, at: string[]) => {
  const points = at.map((each) => ({ at: each, conversations: 1, sessions_url: null }));
  const as_of = '2026-11-22T21:30:00Z';
  return trendPoints({
    range: { as_of, time_zone: 'America/Chicago', ...range },
    points,
  } as unknown as TrendDto);
};
const labels = (from: string, to: string, ...at: string[]): string[] =>
  pointsOf({ from, to }, at).map(({ label }) => label);

describe('the points of the trend', () => {
  it('are days', () => {
    expect(labels('2026-11-21', '2026-11-22', '2026-11-21', '2026-11-22')).toEqual([
      'Nov 21',
      'Nov 22',
    ]);
  });

  it('are hours of the one day there, as people read them', () => {
    const today = labels('2026-11-22', '2026-11-22', '2026-11-22T09-06:00', '2026-11-22T15-06:00');
    expect(today).toEqual(['9:00 AM', '3:00 PM']);
  });

  it('are hours of the days that they are on', () => {
    const both = labels('2026-11-21', '2026-11-22', '2026-11-21T23+01:00', '2026-11-22T00+01:00');
    expect(both).toEqual(['Nov 21, 11:00 PM', 'Nov 22, 12:00 AM']);
  });

  it('have no value yet where they are still to come', () => {
    const values = (...at: string[]) => pointsOf({}, at).map(({ value }) => value);
    expect(values('2026-11-22T15-06:00', '2026-11-22T16-06:00')).toEqual([1, null]);
    expect(values('2026-11-22', '2026-11-23')).toEqual([1, null]);
  });

  it('never have one name for two hours', () => {
    const twice = labels('2026-11-01', '2026-11-01', '2026-11-01T01-05:00', '2026-11-01T01-06:00');
    expect(twice).toEqual(['1:00 AM (-05:00)', '1:00 AM (-06:00)']);
  });
});
