import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { dayCount, daysOf, lastDays, overlap, periodBefore, splitRange } from './ranges.ts';

const TODAY = '2026-11-22';

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

describe('where days are read from', () => {
  it('changes at today and 89 days before it', () => {
    expect(splitRange({ from: '2026-08-20', to: '2026-11-25' }, TODAY)).toEqual({
      archived: { from: '2026-08-20', to: '2026-08-24' },
      closed: { from: '2026-08-25', to: '2026-11-21' },
      today: TODAY,
      future: { from: '2026-11-23', to: '2026-11-25' },
    });
    expect(dayCount({ from: '2026-08-25', to: TODAY })).toBe(90);
  });

  it('is one place only for days that lie together', () => {
    const none = { archived: null, closed: null, today: null, future: null };
    expect(splitRange({ from: TODAY, to: TODAY }, TODAY)).toEqual({ ...none, today: TODAY });
    const spring = { from: '2026-03-01', to: '2026-05-31' };
    expect(splitRange(spring, TODAY)).toEqual({ ...none, archived: spring });
    const week = { from: '2026-11-15', to: '2026-11-21' };
    expect(splitRange(week, TODAY)).toEqual({ ...none, closed: week });
  });

  it('covers every day of any range once', () => {
    fc.assert(
      fc.property(fc.integer({ min: -200, max: 20 }), fc.nat(200), (offset, length) => {
        const from = lastDays(1 - offset, TODAY).from;
        const shifted = offset <= 0 ? from : daysOf({ from: TODAY, to: '2027-01-01' })[offset]!;
        const to = daysOf({ from: shifted, to: '2027-12-31' })[length]!;
        const { archived, closed, today, future } = splitRange({ from: shifted, to }, TODAY);
        const parts = [archived, closed, today && { from: today, to: today }, future];
        expect(parts.flatMap((part) => (part ? daysOf(part) : []))).toEqual(
          daysOf({ from: shifted, to }),
        );
      }),
      { numRuns: 30 },
    );
  });
});
