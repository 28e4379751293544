import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { resolveRange, type RangeQuery } from './date-range.ts';

const HOUR = 3_600_000;

const resolved = (query: RangeQuery, timeZone: string, now: string): [string, string] => {
  const [from, to] = resolveRange(query, timeZone, Date.parse(now));
  return [new Date(from).toISOString(), new Date(to).toISOString()];
};
const problemOf = (query: RangeQuery, now = '2026-11-22T12:00:00Z') => {
  try {
    return resolveRange(query, 'UTC', Date.parse(now));
  } catch (error) {
    return error;
  }
};
const hoursOf = (day: string, timeZone: string): number => {
  const [from, to] = resolveRange({ from: day, to: day }, timeZone, Date.parse(`${day}T12:00Z`));
  return (to - from) / HOUR;
};

describe('resolveRange', () => {
  it('takes the last seven days without being told', () => {
    const days = ['2026-11-16T00:00:00.000Z', '2026-11-23T00:00:00.000Z'];
    expect(resolved({}, 'UTC', '2026-11-22T23:59:59.999Z')).toEqual(days);
    expect(resolved({ range: '7d' }, 'UTC', '2026-11-22T00:00:00Z')).toEqual(days);
  });

  it('takes from and to inclusively', () => {
    expect(
      resolved({ from: '2026-11-01', to: '2026-11-02' }, 'UTC', '2026-11-22T12:00:00Z'),
    ).toEqual(['2026-11-01T00:00:00.000Z', '2026-11-03T00:00:00.000Z']);
  });

  it('ends today without `to`, and takes seven days up to `to` without `from`', () => {
    const now = '2026-11-22T12:00:00Z';
    expect(resolved({ from: '2026-11-20' }, 'UTC', now)).toEqual([
      '2026-11-20T00:00:00.000Z',
      '2026-11-23T00:00:00.000Z',
    ]);
    expect(resolved({ to: '2026-11-20' }, 'UTC', now)).toEqual([
      '2026-11-14T00:00:00.000Z',
      '2026-11-21T00:00:00.000Z',
    ]);
  });

  it.each([
    ['Pacific/Kiritimati', '2026-11-23', '2026-11-22T10:00:00.000Z'],
    ['Pacific/Pago_Pago', '2026-11-21', '2026-11-21T11:00:00.000Z'],
    ['Asia/Kathmandu', '2026-11-22', '2026-11-21T18:15:00.000Z'],
  ])('knows what day it is in %s', (zone, _today, start) => {
    expect(resolved({ range: '1d' }, zone, '2026-11-22T10:30:00Z')[0]).toBe(start);
  });

  it.each([
    ['Europe/Berlin', '2026-03-29', 23],
    ['Europe/Berlin', '2026-10-25', 25],
    ['America/New_York', '2026-03-08', 23],
    ['America/New_York', '2026-11-01', 25],
    ['Australia/Lord_Howe', '2026-04-05', 24.5],
    ['Australia/Lord_Howe', '2026-10-04', 23.5],
    // Clocks change at midnight: the day begins at 01:00, or has two midnights.
    ['America/Sao_Paulo', '2018-11-04', 23],
    ['America/Sao_Paulo', '2018-02-17', 25],
    ['Africa/Cairo', '2026-04-24', 23],
    ['Asia/Kolkata', '2026-03-29', 24],
  ])('gives %s on %s its %s hours', (zone, day, hours) => {
    expect(hoursOf(day, zone)).toBe(hours);
  });

  it('begins a day without midnight at its first moment', () => {
    expect(resolved({ range: '1d' }, 'America/Sao_Paulo', '2018-11-04T12:00:00Z')[0]).toBe(
      '2018-11-04T03:00:00.000Z',
    );
  });

  it('leaves no moment out and counts none twice from day to day', () => {
    const zones = fc.constantFrom('Europe/Berlin', 'Pacific/Apia', 'Australia/Lord_Howe', 'UTC');
    const times = fc.integer({ min: Date.UTC(2011, 0), max: Date.UTC(2030, 0) });
    fc.assert(
      fc.property(zones, times, (zone, now) => {
        const [from, to] = resolveRange({ range: '1d' }, zone, now);
        expect(from).toBeLessThanOrEqual(now);
        expect(to).toBeGreaterThan(now);
        expect(resolveRange({ range: '1d' }, zone, to)[0]).toBe(to);
      }),
    );
  });

  it.each<[RangeQuery, string]>([
    [{ from: '2026-11-31' }, 'from'],
    [{ from: '2026-11-5' }, 'from'],
    [{ from: '20261105' }, 'from'],
    [{ to: '2026-11-05T00:00' }, 'to'],
    [{ to: '' }, 'to'],
    [{ from: '2026-11-20', to: '2026-11-19' }, 'from'],
    [{ range: '0d' }, 'range'],
    [{ range: '7' }, 'range'],
    [{ range: '-7d' }, 'range'],
    [{ range: '7d', from: '2026-11-20' }, 'range'],
  ])('refuses %j', (query, parameter) => {
    expect(problemOf(query)).toMatchObject({
      code: 'invalid_request',
      options: { errors: [{ parameter }] },
    });
  });

  it('refuses what begins before the 90 days that are kept', () => {
    expect(problemOf({ range: '90d' })).toEqual([
      Date.parse('2026-08-25'),
      Date.parse('2026-11-23'),
    ]);
    for (const query of [{ range: '91d' }, { from: '2026-08-24' }, { from: '0001-01-01' }])
      expect(problemOf(query)).toMatchObject({ code: 'range_not_kept' });
  });
});
