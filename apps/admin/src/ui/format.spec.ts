import { describe, expect, it } from '@jest/globals';
import {
  age,
  clock,
  count,
  dayName,
  duration,
  isoDay,
  percent,
  readable,
  shiftDay,
} from './format.ts';

// jsdom's browser speaks en-US.
describe('numbers', () => {
  it.each([
    [0, '0'],
    [1234567, '1,234,567'],
  ])('%d → %s', (value, text) => expect(count(value)).toBe(text));

  it.each([
    [0, '0%'],
    [0.1234, '12.3%'],
    [1, '100%'],
  ])('%d → %s', (value, text) => expect(percent(value)).toBe(text));

  it.each([
    [0, '0s'],
    [840, '0.8s'],
    [9_940, '9.9s'],
    [9_960, '10s'],
    [59_400, '59s'],
    [59_600, '1m'],
    [185_000, '3m 5s'],
    [3_599_600, '1h'],
    [7_800_000, '2h 10m'],
  ])('%d ms last %s', (ms, text) => expect(duration(ms)).toBe(text));
});

describe('times', () => {
  const AT = '2026-11-22T23:30:00Z';
  const NOW = Date.parse('2026-11-23T10:00:00Z');

  it('are those of the tenant', () => {
    expect(clock(AT, 'America/Chicago')).toMatch(/^5:30\sPM$/);
    expect(clock(AT, 'Europe/Berlin')).toMatch(/^12:30\sAM$/);
  });

  it.each([
    ['UTC', 'Yesterday'],
    ['Europe/Berlin', 'Today'],
  ])('name the day as it is in %s', (zone, name) => expect(dayName(AT, NOW, zone)).toBe(name));

  it('name older days themselves', () => {
    expect(dayName('2026-11-18T12:00:00Z', NOW, 'UTC')).toBe('Wed, Nov 18');
  });

  it('count days of the calendar, summer time or not', () => {
    expect(isoDay(Date.parse(AT), 'Europe/Berlin')).toBe('2026-11-23');
    expect(shiftDay('2026-03-30', -2)).toBe('2026-03-28');
    expect(shiftDay('2026-12-31', 1)).toBe('2027-01-01');
  });

  it.each([
    [0, 'now'],
    [12_000, '12 sec. ago'],
    [180_000, '3 min. ago'],
    [7_200_000, '2 hr. ago'],
  ])('%d ms ago reads "%s"', (ms, text) => expect(age(ms)).toBe(text));
});

it.each([
  ['lost_found', 'Lost found'],
  ['opening-hours', 'Opening hours'],
  ['', ''],
  ['--', '--'],
])('readable: %s → %s', (id, text) => expect(readable(id)).toBe(text));
