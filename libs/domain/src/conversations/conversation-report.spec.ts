import { describe, expect, it } from '@jest/globals';
import type { SessionSummary, Totals } from '@picasso/contracts';
import { aggregateDay } from '../daily-aggregate/aggregate-day.ts';
import { DAY, summaryWith } from '../summary.fixture.ts';
import {
  conversationCards,
  depthDistribution,
  durationPercentiles,
  heatMap,
  outcomeShares,
} from './conversation-report.ts';

const totals = (...sessions: Partial<SessionSummary>[]): Totals =>
  aggregateDay({
    tenant_hash: 'tn',
    day: DAY,
    time_zone: 'UTC',
    office_hours: { days: [7], from: '09:00', to: '15:00' },
    summaries: sessions.map(summaryWith),
  }).figures.totals;

const EVENING = { started_at: '2026-11-22T21:00:00Z' };

describe('the cards', () => {
  it('compare conversations, messages, response time and after-hours share', () => {
    const current = totals(
      { message_count: 4, response_time_ms_sum: 3000, response_count: 2 },
      EVENING,
      { user_message_count: 0, message_count: 0, response_count: 0, response_time_ms_sum: 0 },
    );
    const before = totals({}, {}, {}, {});
    expect(conversationCards(current, before)).toEqual({
      conversations: { value: 2, before: 4, change: -0.5 },
      messages: { value: 6, before: 8, change: -0.25 },
      average_response_ms: {
        value: 3800 / 3,
        before: 800,
        change: expect.closeTo(3800 / 3 / 800 - 1, 12),
      },
      after_hours_share: { value: 0.5, before: 0, change: null },
    });
  });

  it('tell unknown from nothing', () => {
    expect(conversationCards(totals(), null)).toEqual({
      conversations: { value: 0, before: null, change: null },
      messages: { value: 0, before: null, change: null },
      average_response_ms: { value: null, before: null, change: null },
      after_hours_share: { value: null, before: null, change: null },
    });
  });
});

it('depth counts sessions by messages, in numeric order', () => {
  const depth = depthDistribution(
    totals({ message_count: 10 }, { message_count: 2 }, { message_count: 2 }, { message_count: 0 }),
  );
  expect(depth).toEqual([
    { messages: 0, sessions: 1, share: 0.25 },
    { messages: 2, sessions: 2, share: 0.5 },
    { messages: 10, sessions: 1, share: 0.25 },
  ]);
});

it('outcomes are all listed', () => {
  const shares = outcomeShares(totals({ outcome: 'cta_clicked' }, {}));
  expect(shares.map(({ sessions }) => sessions)).toEqual([0, 0, 0, 1, 1, 0]);
  expect(shares[3]).toEqual({ outcome: 'cta_clicked', sessions: 1, share: 0.5 });
  expect(outcomeShares(totals())[0]?.share).toBeNull();
});

describe('durations', () => {
  it('have an average that is exact and percentiles that state their error', () => {
    const report = durationPercentiles(
      totals(...[10_000, 20_000, 30_000, 40_000, 100_000].map((duration_ms) => ({ duration_ms }))),
      [0.5, 1],
    );
    expect(report).toMatchObject({ sessions: 5, average_ms: 40_000, relative_error: 0.01 });
    const [median, longest] = report.percentiles.map(({ ms }) => ms ?? NaN);
    expect(Math.abs(median! - 30_000)).toBeLessThanOrEqual(300);
    expect(Math.abs(longest! - 100_000)).toBeLessThanOrEqual(1000);
  });

  it('are unknown without sessions', () => {
    expect(durationPercentiles(totals(), [0.5])).toMatchObject({
      sessions: 0,
      average_ms: null,
      percentiles: [{ quantile: 0.5, ms: null }],
    });
  });
});

describe('the heat map', () => {
  it('has seven days of eight blocks and names its peak', () => {
    const { cells, peak } = heatMap(totals({}, EVENING, EVENING));
    expect(cells.map((row) => row.length)).toEqual(Array(7).fill(8));
    expect(cells[6]).toEqual([0, 0, 0, 0, 1, 0, 0, 2]);
    expect(
      cells
        .slice(0, 6)
        .flat()
        .every((count) => count === 0),
    ).toBe(true);
    expect(peak).toEqual({
      name: 'Sunday 21:00–24:00',
      weekday: 7,
      from_hour: 21,
      conversations: 2,
    });
  });

  it('names the earliest of equal blocks, and none where nothing happened', () => {
    expect(heatMap(totals({}, EVENING)).peak?.name).toBe('Sunday 12:00–15:00');
    expect(heatMap(totals()).peak).toBeNull();
  });
});
