import { describe, expect, it } from '@jest/globals';
import type { SessionSummary, StoredEvent } from '@picasso/contracts';
import { transition } from '@picasso/domain';
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

/** As DynamoDB counts an item of strings and numbers, at least. */
const itemBytes = (item: Record<string, unknown>): number =>
  Object.entries(item)
    .filter(([, value]) => value !== undefined)
    .reduce((sum, [name, value]) => sum + Buffer.byteLength(name + String(value)), 0);

type Sent = [type: string, payload: Record<string, unknown>];

/** Everything that a summary holds, as large as it gets; ids begin with `prefix`. */
function bloated(prefix: string, firstStep: number): StoredEvent[] {
  const id = (n: number, bytes: number) => `${prefix}${n}_`.padEnd(bytes, 'x');
  const items = (n: number) =>
    Array.from({ length: 20 }, (_, i) => ({ item_type: 'cta', item_id: id(20 * n + i, 252) }));
  const fields = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [id(n, 80), id(n, 115)]));
  const numbered = <T>(count: number, of: (n: number) => T): T[] =>
    Array.from({ length: count }, (_, n) => of(n));
  const steps: Sent[] = [
    ['MESSAGE_SENT', { content: '😀'.repeat(500) }],
    ...numbered(500, (n): Sent => ['CTA_CLICKED', { cta_id: id(n, 252), cta_label: id(n, 100) }]),
    ...numbered(25, (n): Sent => ['ITEMS_SHOWN', { items: items(n) }]),
    ...numbered(64, (n): Sent[] => [
      ['MESSAGE_RECEIVED', { branch_id: id(n, 256) }],
      ['FORM_STARTED', { form_id: id(n, 256) }],
      ['FORM_ABANDONED', { form_id: id(n, 256), last_field_id: id(n, 256) }],
    ]).flat(),
  ];
  return steps.map(([event_type, payload], n) => ({
    schema_version: '1.0',
    event_id: `${prefix}${n}`,
    event_type,
    step_number: firstStep + n,
    sequence_number: null,
    timestamp_ms: 1_000_000 + n,
    payload,
    ...(n === 0 && { context: fields, attribution: fields }),
    received_ms: 1_000_000,
    origin: 'browser',
    traffic: 'visitor',
    stream_seq: 1,
  }));
}

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

  it('fit one table item of 400 KB, whatever clicks a session has when it is open again', () => {
    const key = { tenant_hash: 't'.repeat(64), session_id: '漢'.repeat(128) };
    const closed = { ...bloated('z', 9_999)[0]!, event_id: 'closed', event_type: 'WIDGET_CLOSED' };
    const before = [...bloated('b', 5_000), closed];
    // These come late and before all others: they are the clicks that count from now on.
    const after = [
      ...before,
      ...bloated('a', 0),
      { ...closed, event_id: 'o', step_number: 99_999 },
    ];
    after.at(-1)!.event_type = 'PAGE_VIEW';
    const sizes: number[] = [];
    let state: SessionRow | undefined;
    for (const events of [before, after]) {
      for (let complete = false; !complete;) {
        const next = transition({
          ...key,
          state,
          events,
          batch_skew_ms: null,
          last_seen_ms: 1_000_000,
          timed_out: false,
          own_hosts: [],
          time_zone: 'UTC',
          max_deltas: 97,
        });
        complete = next.complete;
        state = { ...next.state, version: (state?.version ?? 0) + 1 };
        sizes.push(itemBytes(sessionItem(key, state, 1_000)));
      }
    }
    expect(state?.status).toBe('open');
    expect(Object.keys(state?.counted?.clicks ?? {})).toHaveLength(500);
    expect(Math.max(...sizes)).toBeLessThan(400 * 1024);
    expect(Math.max(...sizes)).toBeGreaterThan(350_000);
  });
});
