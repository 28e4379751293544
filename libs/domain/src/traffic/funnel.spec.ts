import { describe, expect, it } from '@jest/globals';
import type { Figures } from '@picasso/contracts';
import fc from 'fast-check';
import { aggregateDay } from '../daily-aggregate/aggregate-day.ts';
import { anySummary, DAY, pageView, summaryWith } from '../summary.fixture.ts';
import { attributionFunnel, countsOf, stepTotal } from './funnel.ts';

const sourcesOf = (summaries: Iterable<ReturnType<typeof summaryWith>>): Figures['sources'] =>
  aggregateDay({ tenant_hash: 'tn', day: DAY, time_zone: 'UTC', summaries, include_open: true })
    .figures.sources;

const GOOGLE = { attribution: { source: 'google', medium: 'organic' } };
const DONE = { outcome: 'form_completed' as const };
const sources = sourcesOf([
  ...Array.from({ length: 10 }, () => pageView(GOOGLE)),
  pageView(),
  summaryWith({ ...GOOGLE, user_message_count: 0 }),
  summaryWith(GOOGLE),
  summaryWith({ ...GOOGLE, ...DONE }),
  summaryWith({ ...GOOGLE, ...DONE, user_message_count: 0 }),
  summaryWith(),
]);

const short = (rows: ReturnType<typeof attributionFunnel>) =>
  rows.map(({ step, sessions, entered_later }) => [step, sessions, entered_later]);

describe('the attribution funnel', () => {
  it('is nested, with those who entered later beside it', () => {
    expect(attributionFunnel(sources, null, { source: 'google', medium: 'organic' })).toEqual([
      {
        step: 'visited',
        sessions: 10,
        entered_later: 0,
        pass_through: null,
        dropped: null,
        drop_off: null,
      },
      {
        step: 'opened',
        sessions: 4,
        entered_later: 0,
        pass_through: 0.4,
        dropped: 6,
        drop_off: 0.6,
      },
      {
        step: 'conversation',
        sessions: 2,
        entered_later: 0,
        pass_through: 0.5,
        dropped: 2,
        drop_off: 0.5,
      },
      {
        step: 'clicked',
        sessions: 1,
        entered_later: 1,
        pass_through: 0.5,
        dropped: 1,
        drop_off: 0.5,
      },
      {
        step: 'completed',
        sessions: 1,
        entered_later: 1,
        pass_through: 1,
        dropped: 0,
        drop_off: 0,
      },
    ]);
  });

  it('takes GA4 visits where there are any', () => {
    const ga4 = { google: { organic: 40 }, direct: { none: 7 } };
    expect(short(attributionFunnel(sources, ga4)).slice(0, 2)).toEqual([
      ['visited', 47, 0],
      ['opened', 5, 0],
    ]);
    expect(attributionFunnel(sources, ga4, { source: 'google' })[0]?.sessions).toBe(40);
  });

  it('counts sessions beyond the known visits as entered later', () => {
    expect(short(attributionFunnel(sources, { direct: { none: 2 } }))).toEqual([
      ['visited', 2, 0],
      ['opened', 2, 3],
      ['conversation', 2, 1],
      ['clicked', 1, 1],
      ['completed', 1, 1],
    ]);
  });

  it('begins with the widget where nobody counts visits', () => {
    const [visited, opened] = attributionFunnel(sourcesOf([summaryWith()]));
    expect(visited?.sessions).toBeNull();
    expect(opened).toMatchObject({ sessions: 1, pass_through: null, drop_off: null });
  });

  it('of nothing has no rates', () => {
    const rows = attributionFunnel(sources, null, { source: 'nowhere' });
    expect(short(rows)).toEqual([
      ['visited', null, 0],
      ...['opened', 'conversation', 'clicked', 'completed'].map((step) => [step, 0, 0]),
    ]);
    expect(rows.map(({ pass_through }) => pass_through)).toEqual([null, null, null, null, null]);
  });

  it('never grows and adds up to all sessions that took a step, whatever is counted', () => {
    const anyVisits = fc.option(
      fc.dictionary(fc.constantFrom('a', 'b'), fc.dictionary(fc.constantFrom('a'), fc.nat(9))),
    );
    fc.assert(
      fc.property(fc.array(anySummary, { maxLength: 20 }), anyVisits, (summaries, visits) => {
        const counted = sourcesOf(summaries);
        const rows = attributionFunnel(counted, visits);
        const known = rows.map(({ sessions }) => sessions).filter((n) => n !== null);
        expect(known).toEqual(known.toSorted((a, b) => b - a));
        const sums = countsOf(counted);
        for (const { step, sessions, entered_later } of rows.slice(1)) {
          expect((sessions ?? 0) + entered_later).toBe(stepTotal(sums, step as 'opened'));
          expect(entered_later).toBeGreaterThanOrEqual(0);
        }
        for (const { pass_through, drop_off } of rows) {
          if (pass_through !== null) expect(pass_through + (drop_off ?? NaN)).toBeCloseTo(1, 12);
        }
      }),
      { numRuns: 80 },
    );
  });
});
