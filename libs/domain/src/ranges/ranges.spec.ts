import { describe, expect, it } from '@jest/globals';
import { addDays, dayCount, daysOf, isDay, lastDays, overlap, periodBefore } from './ranges.ts';

const TODAY = '2026-11-22';

it('knows the days of the calendar', () => {
  expect(['2026-11-22', '2028-02-29'].filter(isDay)).toHaveLength(2);
  const none = ['2026-02-30', '2027-02-29', '2026-11-2', '20261122', '+012026-11-22', 'today', ''];
  expect(none.filter(isDay)).toEqual([]);
});

it('counts days over the ends of months and years, and none that do not exist', () => {
  expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
  expect(addDays('2028-03-01', -1)).toBe('2028-02-29');
  for (const day of ['2026-02-30', '2026-11-22T10:00', 'soon'])
    expect(() => addDays(day, 1)).toThrow(RangeError);
});

describe('a range', () => {
  it('has both its ends', () => {
    expect(daysOf({ from: '2026-02-27', to: '2026-03-01' })).toEqual([
      '2026-02-27',
      '2026-02-28',
      '2026-03-01',
    ]);
    expect(dayCount({ from: TODAY, to: TODAY })).toBe(1);
  });

  it('is empty where it ends before it begins', () => {
    expect(daysOf({ from: '2026-03-02', to: '2026-03-01' })).toEqual([]);
    expect(dayCount({ from: '2026-03-09', to: '2026-03-01' })).toBe(0);
  });

  it('of the last seven days has today', () => {
    expect(lastDays(7, TODAY)).toEqual({ from: '2026-11-16', to: TODAY });
    expect(lastDays(1, TODAY)).toEqual({ from: TODAY, to: TODAY });
  });

  it('follows on the period before, which is as long', () => {
    expect(periodBefore({ from: '2026-03-01', to: '2026-03-31' })).toEqual({
      from: '2026-01-29',
      to: '2026-02-28',
    });
    expect(periodBefore({ from: TODAY, to: TODAY })).toEqual({
      from: '2026-11-21',
      to: '2026-11-21',
    });
  });

  it('shares with another the days that both have', () => {
    const march = { from: '2026-03-01', to: '2026-03-31' };
    expect(overlap(march, { from: '2026-03-30', to: '2026-04-02' })).toEqual({
      from: '2026-03-30',
      to: '2026-03-31',
    });
    expect(overlap(march, { from: '2026-04-01', to: '2026-04-02' })).toBeNull();
  });
});
