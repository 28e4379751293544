import { describe, expect, it } from '@jest/globals';
import type { Bottleneck, FormCounts, SessionSummary } from '@picasso/contracts';
import { aggregateDay } from '../daily-aggregate/aggregate-day.ts';
import { DAY, summaryWith } from '../summary.fixture.ts';
import { fieldBottlenecks, formCards, formFunnel, formRanking } from './form-report.ts';

const figuresOf = (...sessions: Partial<SessionSummary>[]) =>
  aggregateDay({
    tenant_hash: 'tn',
    day: DAY,
    time_zone: 'UTC',
    summaries: sessions.map(summaryWith),
    include_open: true,
  }).figures;

const counts = (fields: Partial<FormCounts> = {}): FormCounts => ({
  views: 1,
  starts: 0,
  completions: 0,
  abandons: 0,
  duration_ms_sum: 0,
  ...fields,
});
const COMPLETED = counts({ starts: 1, completions: 1, duration_ms_sum: 30_000 });
const ABANDONED = counts({ starts: 1, abandons: 1 });

describe('the cards', () => {
  const current = figuresOf(
    { forms: { apply: COMPLETED, give: counts() } },
    { forms: { apply: ABANDONED } },
    { forms: { apply: counts({ starts: 1 }) }, closed_by: null },
    { forms: { apply: counts({ starts: 1, completions: 1, duration_ms_sum: 10_000 }) } },
  ).forms;
  const before = figuresOf({ forms: { apply: COMPLETED } }, { forms: { apply: counts() } }).forms;

  it('are over all forms', () => {
    expect(formCards(current, before)).toEqual({
      views: { value: 5, before: 2, change: 1.5 },
      completions: { value: 2, before: 1, change: 1 },
      completion_rate: { value: 0.4, before: 0.5, change: expect.closeTo(-0.2, 12) },
      average_completion_ms: {
        value: 20_000,
        before: 30_000,
        change: expect.closeTo(-1 / 3, 12),
      },
      // The open session's attempt may still be completed: neither a start nor an abandon here.
      abandon_rate: { value: 1 / 3, before: 0, change: null },
    });
  });

  it('are of one form where one is asked for', () => {
    const cards = formCards(current, null, 'give');
    expect(cards.views.value).toBe(1);
    expect(cards.completion_rate).toEqual({ value: 0, before: null, change: null });
    expect(cards.average_completion_ms.value).toBeNull();
    expect(cards.abandon_rate.value).toBeNull();
    expect(formCards(current, before, 'nosuch').completion_rate.value).toBeNull();
  });
});

describe('the funnel', () => {
  const { forms } = figuresOf(
    { forms: { apply: counts({ views: 3, starts: 2, completions: 1, abandons: 1 }) } },
    { forms: { apply: counts(), give: COMPLETED } },
    { forms: { apply: counts({ views: 0, starts: 1, completions: 1 }) } },
    { forms: { apply: counts({ starts: 0, completions: 1 }) } },
  );

  it('counts events, and sessions in order with those who entered later', () => {
    expect(formFunnel(forms, 'apply')).toEqual([
      { step: 'viewed', events: 5, sessions: 3, entered_later: 0, pass_through: null },
      { step: 'started', events: 3, sessions: 1, entered_later: 1, pass_through: 1 / 3 },
      { step: 'completed', events: 3, sessions: 1, entered_later: 2, pass_through: 1 },
    ]);
  });

  it('adds forms up', () => {
    expect(formFunnel(forms).map(({ events, sessions }) => [events, sessions])).toEqual([
      [6, 4],
      [4, 2],
      [4, 2],
    ]);
  });

  it('has no rates where nothing was viewed', () => {
    expect(formFunnel({}).map(({ pass_through }) => pass_through)).toEqual([null, null, null]);
  });
});

describe('bottlenecks', () => {
  const left = (form: string, field: string | null, n = 1): Partial<SessionSummary> => ({
    forms: { [form]: counts({ starts: n, abandons: n }) },
    bottlenecks: [[form, field, n]] as Bottleneck[],
  });
  const { forms, names } = figuresOf(
    { ...left('apply', 'f3', 2), labels: { 'field#apply#f3': { label: 'Criminal record check' } } },
    left('apply', null),
    { ...left('give', 'phone_number'), labels: { 'form#give': { label: 'Donate' } } },
  );

  it('are ranked over all forms, with share, names and advice', () => {
    const rows = fieldBottlenecks(forms, names);
    expect(
      rows.map(({ form_id, field_id, abandons, share }) => [form_id, field_id, abandons, share]),
    ).toEqual([
      ['apply', 'f3', 2, 0.5],
      ['apply', null, 1, 0.25],
      ['give', 'phone_number', 1, 0.25],
    ]);
    expect(rows.map(({ form_label, field_label }) => [form_label, field_label])).toEqual([
      [null, 'Criminal record check'],
      [null, null],
      ['Donate', null],
    ]);
    expect(rows.map(({ advice }) => advice?.kind)).toEqual([
      'background_check',
      undefined,
      'phone',
    ]);
  });

  it('are of one form, with shares of its abandons', () => {
    expect(fieldBottlenecks(forms, names, 'give')).toMatchObject([{ abandons: 1, share: 1 }]);
  });

  it('trust what is configured before what events say', () => {
    const [row] = fieldBottlenecks(forms, names, 'apply', (form, field) =>
      form === 'apply' && field === 'f3' ? { label: 'Your mail', kind: 'email' } : undefined,
    );
    expect(row).toMatchObject({ field_label: 'Your mail', advice: { kind: 'email' } });
  });
});

describe('the ranking', () => {
  const form = (views: number, completions: number) =>
    figuresOf({ forms: { f: counts({ views, completions }) } }).forms;

  it('is by conversion; a form that nobody viewed comes last', () => {
    const { forms, names } = figuresOf({
      forms: {
        a: counts({ views: 4, completions: 1 }),
        b: counts({ views: 2, completions: 1 }),
        c: counts({ views: 0, completions: 5 }),
        d: counts({ views: 4, completions: 2 }),
      },
      labels: { 'form#a': { label: 'Apply' } },
    });
    const ranking = formRanking(forms, null, names);
    expect(ranking.map(({ form_id }) => form_id)).toEqual(['d', 'b', 'a', 'c']);
    expect(ranking[2]).toEqual({
      form_id: 'a',
      label: 'Apply',
      views: 4,
      starts: 0,
      completions: 1,
      abandons: 0,
      rate: { value: 0.25, before: null, change: null },
      trend: null,
    });
  });

  it.each([
    ['up', 1000, 102, 1000, 100],
    ['down', 1000, 98, 1000, 100],
    ['neutral', 10_000, 1009, 1000, 100],
    ['neutral', 10_000, 991, 1000, 100],
    ['up', 10_000, 1011, 1000, 100],
    [null, 10, 1, 10, 0],
  ])('tells the trend %s', (trend, views, completions, viewsBefore, completionsBefore) => {
    const [row] = formRanking(form(views, completions), form(viewsBefore, completionsBefore), {});
    expect(row?.trend).toBe(trend);
  });

  it('knows no trend of a form that is new', () => {
    expect(formRanking(form(2, 1), {}, {})[0]).toMatchObject({
      rate: { before: null },
      trend: null,
    });
  });
});
