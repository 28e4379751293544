import { describe, expect, it } from '@jest/globals';
import type { Figures, SessionSummary } from '@picasso/contracts';
import { DAY, pageView, summaryWith } from '../summary.fixture.ts';
import { aggregateDay, type DayInput } from './aggregate-day.ts';

const aggregate = (summaries: SessionSummary[], input: Partial<DayInput> = {}) =>
  aggregateDay({ tenant_hash: 'tn_example', day: DAY, time_zone: 'UTC', summaries, ...input });
const figures = (summaries: SessionSummary[], input?: Partial<DayInput>): Figures =>
  aggregate(summaries, input).figures;
const totals = (...summaries: SessionSummary[]) => figures(summaries).totals;

const FORM = { views: 1, starts: 1, completions: 1, abandons: 0, duration_ms_sum: 40_000 };

describe('a day', () => {
  it('says whose it is', () => {
    const { v, tenant_hash, day, time_zone } = aggregate([], { time_zone: 'Europe/Berlin' });
    expect({ v, tenant_hash, day, time_zone }).toEqual({
      v: 1,
      tenant_hash: 'tn_example',
      day: DAY,
      time_zone: 'Europe/Berlin',
    });
  });

  it('counts in UTC where the time zone is unknown', () => {
    expect(aggregate([summaryWith()], { time_zone: 'Mars/Base' })).toEqual(
      aggregate([summaryWith()]),
    );
  });

  it('is no day that the calendar does not have', () => {
    expect(() => aggregate([], { day: '2026-02-30' })).toThrow(RangeError);
  });

  it('has the sessions that began on it, in its own time zone', () => {
    const summaries = [
      '2026-11-21T22:59:59.999Z',
      '2026-11-21T23:00:00.000Z',
      '2026-11-22T22:59:59.999Z',
      '2026-11-22T23:00:00.000Z',
    ].map((started_at, message_count) => summaryWith({ started_at, message_count }));
    const counted = (time_zone: string) =>
      Object.keys(figures(summaries, { time_zone }).totals.depth).map(Number);
    expect(counted('Europe/Berlin')).toEqual([1, 2]);
    expect(counted('UTC')).toEqual([2, 3]);
    expect(counted('Asia/Tokyo')).toEqual([0, 1]);
  });
});

describe('totals', () => {
  it('add up what summaries say', () => {
    const other = summaryWith({
      message_count: 5,
      user_message_count: 3,
      bot_message_count: 2,
      event_count: 9,
      missing: 4,
      duration_ms: 1000,
      response_time_ms_sum: 200,
      response_count: 2,
      outcome: 'link_clicked',
    });
    expect(totals(summaryWith(), other)).toMatchObject({
      visits: 0,
      sessions: 2,
      open_sessions: 0,
      opened: 2,
      conversations: 2,
      messages: 7,
      user_messages: 4,
      bot_messages: 3,
      events: 14,
      missing: 4,
      numbered_sessions: 2,
      duration_ms_sum: 61_000,
      response_time_ms_sum: 1000,
      response_count: 3,
      outcomes: { conversation: 1, link_clicked: 1 },
      depth: { 2: 1, 5: 1 },
    });
  });

  it('count page-view sessions as visits and as nothing else', () => {
    const { totals: sums, sources, hours, paths } = figures([pageView({ event_count: 4 })]);
    expect(sums).toEqual({ ...figures([]).totals, visits: 1 });
    expect(hours['2026-11-22T14+00:00']).toMatchObject({ visits: 1, sessions: 0, messages: 0 });
    expect(sources.direct?.none).toMatchObject({ visits: 1, sessions: 0 });
    expect(paths.count).toEqual([0, 0]);
  });

  it('know nothing of missing events where nobody numbers them', () => {
    expect(totals(summaryWith({ missing: null }))).toMatchObject({
      missing: 0,
      numbered_sessions: 0,
    });
  });

  it('keep sums exact whatever a client claims', () => {
    const claims = {
      duration_ms: 1e15,
      response_time_ms_sum: 0.4,
      forms: { f: { ...FORM, completions: 2, duration_ms_sum: 1e15 } },
    };
    const { totals: sums, forms } = figures([summaryWith(claims)]);
    expect(sums).toMatchObject({ duration_ms_sum: 86_400_000, response_time_ms_sum: 0 });
    expect(forms.f?.duration_ms_sum).toBe(2 * 86_400_000);
  });
});

describe('open sessions', () => {
  const open = summaryWith({
    closed_by: null,
    forms: { f: { ...FORM, starts: 2, completions: 0, abandons: 1 } },
  });

  it('are left out of an ended day', () => {
    expect(figures([open])).toEqual(figures([]));
  });

  it('count today, but not where the outcome of their attempts matters', () => {
    const { totals: sums, forms } = figures([open], { include_open: true });
    expect(sums).toMatchObject({ sessions: 1, open_sessions: 1 });
    expect(forms.f).toMatchObject({
      starts: 2,
      abandons: 1,
      closed_starts: 0,
      closed_abandons: 0,
    });
  });
});

describe('other traffic', () => {
  it('is counted apart and nowhere else', () => {
    const bot = summaryWith({ traffic: 'bot' });
    const own = pageView({ traffic: 'own', event_count: 3 });
    const { other_traffic, ...rest } = figures([bot, own]);
    expect(other_traffic).toEqual({
      bot: { visits: 0, sessions: 1, conversations: 1, messages: 2, events: 5 },
      own: { visits: 1, sessions: 0, conversations: 0, messages: 0, events: 3 },
    });
    expect({ ...rest, other_traffic: {} }).toEqual({ ...figures([]), other_traffic: {} });
  });
});

describe('hours and office hours', () => {
  const at = (started_at: string) => summaryWith({ started_at });
  const BERLIN = { time_zone: 'Europe/Berlin' };

  it('keep the hour that clocks show twice apart', () => {
    const summaries = [at('2026-10-25T00:30:00Z'), at('2026-10-25T01:30:00Z')];
    const { hours, totals: sums } = figures(summaries, { ...BERLIN, day: '2026-10-25' });
    expect(Object.keys(hours)).toEqual(['2026-10-25T02+01:00', '2026-10-25T02+02:00']);
    expect(sums.heat).toEqual({ '7-0': 2 });
  });

  it('put conversations into weekday and block of three hours', () => {
    const summaries = [at('2026-11-23T09:00:00Z'), summaryWith({ user_message_count: 0 })];
    expect(figures(summaries, { ...BERLIN, day: '2026-11-23' }).totals.heat).toEqual({ '1-3': 1 });
    expect(totals(summaryWith()).heat).toEqual({ '7-4': 1 });
  });

  it.each([
    ['before nine on a Monday', '2026-11-23T07:59:59.999Z', 1],
    ['from nine on', '2026-11-23T08:00:00.000Z', 0],
    ['to the last moment before five', '2026-11-23T15:59:59.999Z', 0],
    ['from five on', '2026-11-23T16:00:00.000Z', 1],
  ])('%s', (_, started_at, after_hours) => {
    const monday = figures([at(started_at)], { ...BERLIN, day: '2026-11-23' });
    expect(monday.totals.after_hours).toBe(after_hours);
  });

  it('are after hours at the weekend, and by other hours where there are such', () => {
    expect(totals(summaryWith()).after_hours).toBe(1);
    const office_hours = { days: [7], from: '14:30', to: '24:00' };
    expect(figures([summaryWith()], { office_hours }).totals.after_hours).toBe(0);
    const later = { ...office_hours, from: '14:31' };
    expect(figures([summaryWith()], { office_hours: later }).totals.after_hours).toBe(1);
  });

  it('count no session without a conversation as after hours', () => {
    expect(totals(summaryWith({ user_message_count: 0 })).after_hours).toBe(0);
  });

  it.each(['9:00', '25:00', '12:60', ''])('are refused from %j', (from) => {
    const office_hours = { days: [1], from, to: '17:00' };
    expect(() => aggregate([], { office_hours })).toThrow(RangeError);
  });
});

describe('the sections', () => {
  it('count topics once per session, with conversations and completed sessions', () => {
    const { topics } = figures([
      summaryWith({ topics: ['care', 'fees'], outcome: 'form_completed' }),
      summaryWith({ topics: ['care'], user_message_count: 0 }),
    ]);
    expect(topics).toEqual({
      care: { sessions: 2, conversations: 1, completed: 1 },
      fees: { sessions: 1, conversations: 1, completed: 1 },
    });
  });

  it('count clicks, times shown and sessions per item', () => {
    const { items } = figures([
      summaryWith({ clicks: { 'cta#a': 2 }, shown: { 'cta#a': 3, 'cta#b': 1 } }),
      summaryWith({ clicks: { 'cta#a': 1 } }),
    ]);
    expect(items).toEqual({
      'cta#a': { clicks: 3, shown: 3, sessions: 2 },
      'cta#b': { clicks: 0, shown: 1, sessions: 0 },
    });
  });

  it('count forms by events, by sessions in order, and by the field they were left at', () => {
    const { forms } = figures([
      summaryWith({ forms: { f: FORM } }),
      summaryWith({
        forms: { f: { views: 0, starts: 2, completions: 0, abandons: 2, duration_ms_sum: 0 } },
        bottlenecks: [
          ['f', null, 1],
          ['f', 'phone', 1],
          ['g', 'phone', 9],
        ],
      }),
    ]);
    expect(forms).toEqual({
      f: {
        views: 1,
        starts: 3,
        completions: 1,
        abandons: 2,
        closed_starts: 3,
        closed_abandons: 2,
        duration_ms_sum: 40_000,
        funnel: {
          viewed: { nested: 1, later: 0 },
          started: { nested: 1, later: 1 },
          completed: { nested: 1, later: 0 },
        },
        bottlenecks: { '': 1, phone: 1 },
      },
    });
  });

  it('count names per session', () => {
    const labels = { 'link#u': { label: 'Fees', category: 'info' }, 'form#f': {} };
    const { names } = figures([summaryWith({ labels }), summaryWith({ labels })]);
    expect(names).toEqual({
      'link#u': { label: { Fees: 2 }, category: { info: 2 }, kind: {} },
      'form#f': { label: {}, category: {}, kind: {} },
    });
  });

  it.each<[string, Partial<SessionSummary>, object]>([
    ['a mere visit of the widget', { user_message_count: 0 }, { opened: [1, 0] }],
    ['a conversation', {}, { opened: [1, 0], conversation: [1, 0] }],
    [
      'a link in a conversation',
      { clicks: { 'link#u': 1 } },
      { opened: [1, 0], conversation: [1, 0], clicked: [1, 0] },
    ],
    ['another item', { clicks: { 'cta#u': 1 } }, { opened: [1, 0], conversation: [1, 0] }],
    [
      'a form begun without a conversation',
      { user_message_count: 0, forms: { f: { ...FORM, completions: 0 } } },
      { opened: [1, 0], clicked: [0, 1] },
    ],
    [
      'a form completed without a conversation',
      { user_message_count: 0, outcome: 'form_completed' },
      { opened: [1, 0], clicked: [0, 1], completed: [0, 1] },
    ],
    [
      'all steps',
      { outcome: 'form_completed' },
      { opened: [1, 0], conversation: [1, 0], clicked: [1, 0], completed: [1, 0] },
    ],
    ['nothing', { opened: false, user_message_count: 0 }, {}],
  ])('place %s in the funnel of its source', (_, fields, steps) => {
    const { sources } = figures([summaryWith(fields)]);
    const taken = Object.entries(sources.direct?.none?.funnel ?? {})
      .map(([step, { nested, later }]) => [step, [nested, later]] as const)
      .filter(([, [nested, later]]) => nested + later > 0);
    expect(Object.fromEntries(taken)).toEqual(steps);
  });
});
