import { describe, expect, it } from '@jest/globals';
import type { SessionSummary } from '@picasso/contracts';
import { compareSession, compareTenant, sumTenant } from './compare.ts';
import type { Dialogue, ExpectedSession } from './dialogues.ts';

const clock = { dayMs: Date.UTC(2026, 10, 20), suffix: 'x' };
const dialogue = {
  session_id: 'sess_1',
  tenant_hash: 'tn_dine',
  start_offset_ms: 1_000,
  ends: 'closed',
  events: [{ offset_ms: 0 }, { offset_ms: 2_000 }],
} as Dialogue;
const expected = {
  session_id: 'sess_1',
  tenant_hash: 'tn_dine',
  duration_ms: 2_000,
  source: ['google', 'cpc'],
  forms: { book: { views: 1, starts: 1, completions: 0, abandons: 1 } },
  bottlenecks: [['book', 'date', 1]],
  clicks: { 'cta#a': 2 },
} as ExpectedSession;
const summary = {
  session_id: 'sess_1_x',
  tenant_hash: 'tn_dine',
  started_at: '2026-11-20T00:00:01.000Z',
  ended_at: '2026-11-20T00:00:03.000Z',
  duration_ms: 2_000,
  event_count: 2,
  message_count: 1,
  user_message_count: 1,
  response_time_ms_sum: 0,
  response_count: 0,
  topics: ['book'],
  clicks: { 'cta#a': 2 },
  forms: { book: { views: 1, starts: 1, completions: 0, abandons: 1, duration_ms_sum: 0 } },
  bottlenecks: [['book', 'date', 1]],
  outcome: 'form_abandoned',
  attribution: { source: 'google', medium: 'cpc', gclid: 'g' },
  closed_by: 'client',
  missing: 0,
} as unknown as SessionSummary;

const fieldsOf = (change: Partial<SessionSummary>, numbered = true): string[] =>
  compareSession({ ...summary, ...change }, dialogue, expected, clock, numbered).map(
    ({ field }) => field,
  );

describe('comparing a session', () => {
  it('finds nothing when all is equal', () => {
    expect(fieldsOf({})).toEqual([]);
    expect(fieldsOf({ missing: null }, false)).toEqual([]);
  });

  it('names every field that differs', () => {
    expect(fieldsOf({ clicks: { 'cta#a': 1 } })).toEqual(['clicks']);
    expect(fieldsOf({ clicks: { 'cta#a': 2, 'cta#b': 1 } })).toEqual(['clicks']);
    expect(fieldsOf({ bottlenecks: [['book', null, 1]] })).toEqual(['bottlenecks']);
    expect(fieldsOf({ attribution: { source: 'google', medium: 'organic' } })).toEqual(['source']);
    expect(fieldsOf({ forms: {} })).toEqual(['forms']);
    expect(fieldsOf({ closed_by: null })).toEqual(['closed_by']);
    expect(fieldsOf({ started_at: '2026-11-20T00:00:01.001Z' })).toEqual(['started_at']);
    expect(fieldsOf({ missing: 1 })).toEqual(['missing']);
    expect(fieldsOf({ tenant_hash: 'tn_care' })).toEqual(['tenant_hash']);
  });
});

describe('comparing a tenant', () => {
  it('adds up and compares every sum', () => {
    const total = sumTenant('tn_dine', [summary, summary]);
    expect(total).toMatchObject({
      sessions: 2,
      conversations: 2,
      items: { 'cta#a': 4 },
      outcomes: { form_abandoned: 2 },
      topics: { book: [2, 0] },
      sources: { 'google/cpc': [2, 2, 0] },
      bottlenecks: { 'book#date': 2 },
    });
    expect(compareTenant([summary, summary], total)).toEqual([]);
    expect(compareTenant([summary], total).map(({ field }) => field)).toContain('items');
  });
});
