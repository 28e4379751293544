import { describe, expect, it } from '@jest/globals';
import type { SessionSummary } from '@picasso/contracts';
import { aggregateDay } from '../daily-aggregate/aggregate-day.ts';
import { DAY, pageView, summaryWith } from '../summary.fixture.ts';
import { sourceInsight } from './source-insight.ts';
import { estimatedValue, sourceRows, topicRows, trafficCards } from './traffic-report.ts';

const figuresOf = (...summaries: SessionSummary[]) =>
  aggregateDay({ tenant_hash: 'tn', day: DAY, time_zone: 'UTC', summaries }).figures;

const form = (completions: number) => ({
  views: 3,
  starts: 3,
  completions,
  abandons: 0,
  duration_ms_sum: 0,
});
const DONE = { outcome: 'form_completed' as const, forms: { apply: form(2), give: form(1) } };
const from = (source: string, medium: string) => ({ attribution: { source, medium } });

describe('the cards', () => {
  const current = figuresOf(
    pageView(),
    pageView(),
    pageView(),
    pageView(),
    summaryWith(DONE),
    summaryWith(),
  );
  const before = figuresOf(pageView(), pageView(), summaryWith());

  it('compare visits, engagement, conversions and value', () => {
    const cards = trafficCards(
      { ...current, site_visits: null },
      { ...before, site_visits: null },
      { apply: 50 },
    );
    expect(cards).toEqual({
      visits: { value: 4, before: 2, change: 1 },
      engagement_rate: { value: 0.5, before: 0.5, change: 0 },
      conversions: { value: 1, before: 0, change: null },
      estimated_value: { value: 100, before: 0, change: null },
    });
  });

  it('take GA4 visits, hide the value without goals, and know no visits where none are counted', () => {
    const ga4 = { direct: { none: 20 } };
    expect(trafficCards({ ...current, site_visits: ga4 }, null, {})).toMatchObject({
      visits: { value: 20 },
      engagement_rate: { value: 0.1 },
      estimated_value: null,
    });
    const unvisited = figuresOf(summaryWith());
    expect(trafficCards({ ...unvisited, site_visits: null }, null, {})).toMatchObject({
      visits: { value: null },
      engagement_rate: { value: null },
    });
  });

  it('value each completion at its own form’s goal', () => {
    expect(estimatedValue(current.forms, { apply: 50, give: 7, other: 1000 })).toBe(107);
    expect(estimatedValue(current.forms, JSON.parse('{"__proto__":5}'))).toBe(0);
  });
});

describe('sources', () => {
  const { sources } = figuresOf(
    pageView(from('google', 'cpc')),
    summaryWith({ ...from('google', 'cpc'), ...DONE }),
    summaryWith(from('google', 'cpc')),
    summaryWith({ ...from('a', 'b'), user_message_count: 0 }),
  );

  it('are listed with visits, sessions and rate', () => {
    expect(sourceRows(sources)).toEqual([
      {
        source: 'google',
        medium: 'cpc',
        visits: 1,
        sessions: 2,
        opened: 2,
        conversations: 2,
        completions: 1,
        rate: 0.5,
      },
      {
        source: 'a',
        medium: 'b',
        visits: null,
        sessions: 1,
        opened: 1,
        conversations: 0,
        completions: 0,
        rate: null,
      },
    ]);
  });

  it('take GA4 visits, also those without any session', () => {
    const rows = sourceRows(sources, { google: { cpc: 9 }, bing: { organic: 4 } });
    expect(rows.map(({ source, visits, sessions }) => [source, visits, sessions])).toEqual([
      ['google', 9, 2],
      ['a', null, 1],
      ['bing', 4, 0],
    ]);
  });
});

it('topics are listed with conversations, completions and rate', () => {
  const { topics } = figuresOf(
    summaryWith({ topics: ['fees'], ...DONE }),
    summaryWith({ topics: ['fees', 'care'] }),
    summaryWith({ topics: ['idle'], user_message_count: 0 }),
  );
  expect(topicRows(topics)).toEqual([
    { topic: 'fees', sessions: 2, conversations: 2, completions: 1, rate: 0.5 },
    { topic: 'care', sessions: 1, conversations: 1, completions: 0, rate: 0 },
    { topic: 'idle', sessions: 1, conversations: 0, completions: 0, rate: null },
  ]);
});

describe('the insight', () => {
  const some = (n: number, completed: number, source: string, medium: string) =>
    Array.from({ length: n }, (_, i) =>
      summaryWith({ ...from(source, medium), ...(i < completed && DONE) }),
    );
  const insight = (...summaries: SessionSummary[][]) =>
    sourceInsight(figuresOf(...summaries.flat()).sources);

  it('sets the best source against all organic ones together, with an interval', () => {
    const result = insight(
      some(70, 56, 'newsletter', 'email'),
      some(50, 30, 'google', 'organic'),
      some(30, 18, 'bing', 'organic'),
      some(60, 6, 'facebook', 'paid'),
    );
    expect(result).toMatchObject({
      source: 'newsletter',
      medium: 'email',
      best: { conversations: 70, completed: 56, rate: 0.8 },
      organic: { conversations: 80, completed: 48, rate: 0.6 },
      significant: true,
      sentence:
        '80.0% of the conversations from newsletter / email clicked and then completed a form, ' +
        'against 60.0% from organic search: a difference of +20.0 points (95% confidence interval +5.2 to +33.4).',
    });
    expect(result?.interval.map((bound) => bound.toFixed(4))).toEqual(['0.0524', '0.3339']);
  });

  it('says so where the difference may be chance', () => {
    const result = insight(some(50, 26, 'a', 'email'), some(50, 25, 'google', 'organic'));
    expect(result).toMatchObject({ significant: false });
    expect(result?.sentence).toMatch(/\+2\.0 points .*−.* to \+.*, which may be chance\.$/);
  });

  it('is left out unless both have 50 conversations', () => {
    expect(insight(some(49, 49, 'a', 'email'), some(90, 9, 'google', 'organic'))).toBeNull();
    expect(insight(some(90, 49, 'a', 'email'), some(49, 9, 'google', 'organic'))).toBeNull();
    expect(insight(some(50, 49, 'a', 'email'), some(50, 9, 'google', 'organic'))).not.toBeNull();
  });

  it('does not count completions without a conversation', () => {
    const silent = some(40, 40, 'a', 'email').map((s) => ({ ...s, user_message_count: 0 }));
    const result = insight(silent, some(50, 10, 'a', 'email'), some(50, 5, 'google', 'organic'));
    expect(result?.best).toEqual({ conversations: 50, completed: 10, rate: 0.2 });
  });
});
