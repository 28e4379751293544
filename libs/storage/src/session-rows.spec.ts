import { describe, expect, it } from '@jest/globals';
import type { SessionSummary } from '@picasso/contracts';
import { type SessionRow, sessionItem, sessionRowOf } from './session-rows.ts';

const clicks = { 'cta#a': 2, 'link#b': 1 };
const summary = { clicks, outcome: 'browsing', session_id: 's' } as unknown as SessionSummary;
const row = (more: Partial<SessionRow>): SessionRow => ({
  version: 3,
  status: 'final',
  kind: 'session',
  started_ms: 1_000,
  last_seen_ms: 2_000,
  rows: 4,
  skew_ms: 0,
  revision: 1,
  counted: { day: '2026-11-22', clicks },
  summary,
  final_day: '2026-11-22',
  ...more,
});

describe('session rows', () => {
  it.each<[string, Partial<SessionRow>]>([
    ['final, counted as summarised', {}],
    [
      'open again with a further click',
      { status: 'open', counted: { day: '2026-11-22', clicks: { 'cta#a': 3 } } },
    ],
    ['open again on another day', { status: 'open', counted: { day: '2026-11-21', clicks } }],
    ['of a bot: nothing counted', { counted: null }],
    ['young', { status: 'open', summary: null, final_day: null, skew_ms: null }],
    ['page views', { kind: 'page_view', counted: null }],
  ])('come back as they were written: %s', (_name, more) => {
    const written = row(more);
    const item = sessionItem({ tenant_hash: 'tn', session_id: 's' }, written, 1_000);
    expect(sessionRowOf(JSON.parse(JSON.stringify(item)) as typeof item)).toEqual(written);
  });

  it('store the clicks of a final session once', () => {
    const item = sessionItem({ tenant_hash: 'tn', session_id: 's' }, row({}), 1_000);
    expect(JSON.stringify(item).split('cta#a')).toHaveLength(2);
  });
});
