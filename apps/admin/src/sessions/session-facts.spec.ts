import { describe, expect, it } from '@jest/globals';
import { attributionFacts, sourceLabel } from '../figures/source-label.ts';
import { completeness } from './completeness.ts';
import { neighboursIn } from './neighbours.ts';
import { activeFilters, choices, filtersFromParams, filtersToQuery } from './session-filters.ts';
import type { SessionPage } from './session-list.ts';
import { isLive, rowTitle } from '../figures/session-title.ts';

describe('sourceLabel', () => {
  it.each([
    [{ source: 'google', medium: 'organic' }, 'Google · search'],
    [{ source: 'citypaper.example', medium: 'referral' }, 'citypaper.example · referral'],
    [{ source: 'newsletter', medium: 'none' }, 'Newsletter'],
    [{ source: '(direct)', medium: '(none)' }, 'Direct'],
    [{}, 'Direct'],
  ])('%j → %s', (attribution, label) => expect(sourceLabel(attribution)).toBe(label));

  it('leaves out what is not known', () => {
    expect(attributionFacts({ utm_campaign: 'spring', referrer: '', utm_term: 7 })).toEqual([
      ['Campaign', 'spring'],
    ]);
  });
});

describe('completeness', () => {
  const texts = (missing: number | null, revision: number, closed = true) =>
    completeness({ missing, revision, closed_by: closed ? 'client' : null }).map(
      ({ text }) => text,
    );

  it.each<[number | null, number, boolean, string[]]>([
    [0, 0, true, ['Complete']],
    [0, 0, false, []],
    [2, 1, true, ['2 events never arrived', 'Revised once']],
    [1, 3, true, ['1 event never arrived', 'Revised 3 times']],
    [null, 0, true, ['Completeness unknown']],
  ])('missing %p, revision %p, closed %p', (missing, revision, closed, expected) => {
    expect(texts(missing, revision, closed)).toEqual(expected);
  });
});

describe('a session’s title', () => {
  const NONE = { first_question: null, user_message_count: 0, message_count: 0, topics: [] };

  it.each([
    [{ ...NONE, first_question: 'Open?' }, 'Open?'],
    [
      { ...NONE, user_message_count: 1, message_count: 2, topics: ['lost_found'] },
      'A conversation about lost found',
    ],
    [{ ...NONE, message_count: 1, topics: ['adoption'] }, 'Suggestions about adoption'],
    [NONE, 'A visit without a question'],
  ])('%j', (session, text) => expect(rowTitle(session).text).toBe(text));

  it('is live while it is open and was heard of lately', () => {
    const ended_at = '2026-11-22T10:00:00Z';
    const at = Date.parse(ended_at);
    expect(isLive({ closed_by: null, ended_at }, at + 29 * 60_000)).toBe(true);
    expect(isLive({ closed_by: null, ended_at }, at + 31 * 60_000)).toBe(false);
    expect(isLive({ closed_by: 'timeout', ended_at }, at)).toBe(false);
  });
});

describe('filters', () => {
  it('come from the address and go to the API', () => {
    const filters = filtersFromParams({ range: '30d', outcome: 'link_clicked', cursor: 'c' });
    expect(filtersToQuery(filters)).toEqual({
      range: '30d',
      outcome: 'link_clicked',
      cursor: 'c',
      limit: 25,
    });
  });

  it('are none where the address makes no sense', () => {
    expect(filtersFromParams({ outcome: 'won', cursor: '' })).toEqual({
      range: { kind: 'last', days: 7 },
      outcome: undefined,
      text: undefined,
      cursor: undefined,
      more: {},
    });
  });

  it('of figures are passed on, and said in words', () => {
    const filters = filtersFromParams({
      heat: '2-4',
      item: 'link#https://a.example/b',
      traffic: 'visitor',
      unknown: 'x',
    });
    expect(filtersToQuery(filters)).toMatchObject({
      heat: '2-4',
      item: 'link#https://a.example/b',
      traffic: 'visitor',
    });
    expect(filtersToQuery(filters)).not.toHaveProperty('unknown');
    expect(activeFilters(filters, 'UTC').map(({ words }) => words)).toEqual([
      'Tue, 12 PM–3 PM',
      'Clicked: a.example/b',
    ]);
  });

  it.each([
    ['2026-11-22T15-06:00', 'America/Chicago', 'Sun, Nov 22, 3:00 PM'],
    ['2026-11-22T00+05:30', 'Asia/Kolkata', 'Sun, Nov 22, 12:00 AM'],
    ['noon', 'UTC', 'noon'],
  ])('of the hour %s in %s: %s', (hour, timeZone, words) =>
    expect(activeFilters(filtersFromParams({ hour }), timeZone)).toEqual([{ name: 'hour', words }]),
  );

  it('can be chosen from what is known, and what is chosen is always among it', () => {
    const filters = filtersFromParams({ topic: 'lost_found', source: 'citypaper.example' });
    const [topic, source, traffic] = choices(filters, { topics: ['adoption'], sources: [] });
    expect(topic).toMatchObject({ value: 'lost_found' });
    expect(topic!.options.map(({ label }) => label)).toEqual(['Adoption', 'Lost found']);
    expect(source!.options).toEqual([{ value: 'citypaper.example', label: 'citypaper.example' }]);
    expect(traffic!.value).toBeUndefined();
    expect(activeFilters(filters, 'UTC')).toEqual([]);
  });
});

it('neighbours are those of the list', () => {
  const page = { items: ['c', 'b', 'a'].map((session_id) => ({ session_id })) } as SessionPage;
  expect(neighboursIn(page, 'b')).toEqual({ newer: 'c', older: 'a' });
  expect(neighboursIn(page, 'c')).toEqual({ newer: undefined, older: 'b' });
  expect(neighboursIn(page, 'x')).toEqual({ newer: undefined, older: undefined });
});
