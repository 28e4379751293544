import { describe, expect, it } from '@jest/globals';
import type { Figures } from '@picasso/contracts';
import { aggregateDay } from '../daily-aggregate/aggregate-day.ts';
import { mergeDays } from '../daily-aggregate/figures.ts';
import { summaryWith } from '../summary.fixture.ts';
import { trendSeries } from './trend-series.ts';

const ZONE = 'Europe/Berlin';
const hoursOf = (day: string, ...starts: string[]): Figures =>
  aggregateDay({
    tenant_hash: 'tn',
    day,
    time_zone: ZONE,
    summaries: starts.map((started_at) => summaryWith({ started_at })),
  }).figures;

const { hours } = mergeDays(
  hoursOf('2026-10-24', '2026-10-24T20:00:00Z'),
  hoursOf('2026-10-25', '2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z', '2026-10-25T01:40:00Z'),
);
const range = { from: '2026-10-24', to: '2026-10-26' };

describe('a trend', () => {
  it('by day has a point for each day, zeros included', () => {
    const points = trendSeries(hours, range, 'day', ZONE);
    expect(points.map(({ at, sessions }) => [at, sessions])).toEqual([
      ['2026-10-24', 1],
      ['2026-10-25', 3],
      ['2026-10-26', 0],
    ]);
    expect(points[1]).toEqual({
      at: '2026-10-25',
      visits: 0,
      sessions: 3,
      opened: 3,
      conversations: 3,
      messages: 6,
      completed: 0,
    });
  });

  it('by hour has a point for each hour that passed, in order', () => {
    const points = trendSeries(hours, range, 'hour', ZONE);
    expect(points).toHaveLength(24 + 25 + 24);
    expect(points.slice(25, 29).map(({ at, sessions }) => [at, sessions])).toEqual([
      ['2026-10-25T01+02:00', 0],
      ['2026-10-25T02+02:00', 1],
      ['2026-10-25T02+01:00', 2],
      ['2026-10-25T03+01:00', 0],
    ]);
    expect(points.reduce((sum, { sessions }) => sum + sessions, 0)).toBe(4);
  });

  it('leaves out what lies beyond the range', () => {
    const day = { from: '2026-10-25', to: '2026-10-25' };
    for (const unit of ['day', 'hour'] as const) {
      const sum = trendSeries(hours, day, unit, ZONE).reduce((n, { sessions }) => n + sessions, 0);
      expect(sum).toBe(3);
    }
  });
});
