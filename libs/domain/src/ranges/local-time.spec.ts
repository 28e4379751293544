import { describe, expect, it } from '@jest/globals';
import { dayBounds, hoursOfDay, knownZone } from './local-time.ts';

const HOUR_MS = 3_600_000;

it.each([
  ['an ordinary day', '2026-11-22', 'Europe/Berlin', 24],
  ['the end of summer time', '2026-10-25', 'Europe/Berlin', 25],
  ['the start of summer time', '2026-03-29', 'Europe/Berlin', 23],
  ['a skipped midnight', '2026-04-24', 'Africa/Cairo', 23],
  ['a zone with half an hour', '2026-11-22', 'Asia/Kolkata', 24],
  ['a change of half an hour', '2026-04-05', 'Australia/Lord_Howe', 24.5],
])('%s is covered hour by hour', (_, day, timeZone, length) => {
  const [startMs, endMs] = dayBounds(day, timeZone);
  expect((endMs - startMs) / HOUR_MS).toBe(length);
  const hours = hoursOfDay(day, timeZone);
  expect(hours[0]?.start_ms).toBe(startMs);
  expect(hours.at(-1)?.end_ms).toBe(endMs);
  hours.slice(1).forEach(({ start_ms }, index) => expect(start_ms).toBe(hours[index]?.end_ms));
  expect(new Set(hours.map(({ key }) => key)).size).toBe(hours.length);
  expect(hours.every(({ key }) => key.startsWith(day))).toBe(true);
});

describe('hours', () => {
  it('are named as clocks show them, with their offset', () => {
    const keys = hoursOfDay('2026-10-25', 'Europe/Berlin').map(({ key }) => key);
    expect(keys.slice(1, 5)).toEqual([
      '2026-10-25T01+02:00',
      '2026-10-25T02+02:00',
      '2026-10-25T02+01:00',
      '2026-10-25T03+01:00',
    ]);
  });

  it('begin when the clock does, also where summer time skips midnight', () => {
    const [first] = hoursOfDay('2026-04-24', 'Africa/Cairo');
    expect(first).toMatchObject({ hour: 1, minute: 0, weekday: 5 });
  });

  it('are cut where clocks change within one', () => {
    const night = hoursOfDay('2026-04-05', 'Australia/Lord_Howe').slice(1, 3);
    expect(night.map(({ key, minute }) => [key, minute])).toEqual([
      ['2026-04-05T01+11:00', 0],
      ['2026-04-05T01+10:30', 30],
    ]);
  });

  it('follow UTC in a zone that nobody knows', () => {
    expect(knownZone('Mars/Base')).toBe('UTC');
    expect(hoursOfDay('2026-11-22', 'Mars/Base')).toEqual(hoursOfDay('2026-11-22', 'UTC'));
  });

  it('are none of a day that does not exist', () => {
    expect(() => hoursOfDay('2026-13-01', 'UTC')).toThrow(RangeError);
  });
});
