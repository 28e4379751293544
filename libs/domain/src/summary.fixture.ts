/** Summaries for this library's specs: a short conversation, and whatever differs from it. */
import type { SessionSummary } from '@picasso/contracts';
import fc from 'fast-check';

export const DAY = '2026-11-22';
export const DAY_START_MS = Date.UTC(2026, 10, 22);

/** A closed conversation of a Sunday afternoon that came from nowhere in particular. */
export function summaryWith(fields: Partial<SessionSummary> = {}): SessionSummary {
  return {
    session_id: 'sess_1',
    tenant_hash: 'tn_example',
    kind: 'session',
    traffic: 'visitor',
    started_at: '2026-11-22T14:30:00.000Z',
    ended_at: '2026-11-22T14:31:00.000Z',
    duration_ms: 60_000,
    event_count: 5,
    message_count: 2,
    user_message_count: 1,
    bot_message_count: 1,
    response_time_ms_sum: 800,
    response_count: 1,
    topics: [],
    first_question: 'When are you open?',
    clicks: {},
    shown: {},
    forms: {},
    bottlenecks: [],
    outcome: 'conversation',
    opened: true,
    path: ['WO', 'CS', 'MS', 'MR', 'WC'],
    attribution: { source: 'direct', medium: 'none' },
    context: null,
    ga_client_id: null,
    closed_by: 'client',
    revision: 0,
    missing: 0,
    skew_ms: 0,
    ...fields,
  };
}

export const pageView = (fields: Partial<SessionSummary> = {}): SessionSummary =>
  summaryWith({
    session_id: 'pv_1',
    kind: 'page_view',
    message_count: 0,
    user_message_count: 0,
    bot_message_count: 0,
    response_time_ms_sum: 0,
    response_count: 0,
    first_question: null,
    outcome: 'browsing',
    opened: false,
    path: [],
    ...fields,
  });

const id = fc.constantFrom('a', 'b', '7', '__proto__', 'constructor', 'x#y');
const count = fc.nat(3);
const counts = fc.dictionary(id, fc.integer({ min: 1, max: 3 }), { maxKeys: 3 });
const form = fc.record({
  views: count,
  starts: count,
  completions: count,
  abandons: count,
  duration_ms_sum: fc.oneof(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.constant(1e15)),
});
const CODES = ['WO', 'MS', 'MR', 'FF', 'FC', 'LC', 'XX', 'PV'];

/** Any summary of the day: odd ids, fractions and absurd times among them. */
export const anySummary: fc.Arbitrary<SessionSummary> = fc
  .record({
    kind: fc.constantFrom('session' as const, 'session' as const, 'page_view' as const),
    traffic: fc.constantFrom(
      'visitor' as const,
      'visitor' as const,
      'bot' as const,
      'own' as const,
    ),
    started_ms: fc.integer({ min: DAY_START_MS, max: DAY_START_MS + 86_399_999 }),
    duration_ms: fc.oneof(fc.nat(100_000), fc.constant(1e14)),
    message_count: fc.nat(5),
    user_message_count: fc.nat(2),
    response_time_ms_sum: fc.double({ min: 0, max: 300_000, noNaN: true }),
    response_count: count,
    topics: fc.uniqueArray(id, { maxLength: 3 }),
    first_question: fc.option(fc.constantFrom('Hi', 'hi!', '__proto__', '?', 'Why\nso')),
    clicks: counts,
    shown: counts,
    forms: fc.dictionary(id, form, { maxKeys: 2 }),
    bottlenecks: fc.array(fc.tuple(id, fc.option(id), fc.integer({ min: 1, max: 2 })), {
      maxLength: 2,
    }),
    labels: fc.option(
      fc.dictionary(id, fc.record({ label: id, category: id }, { requiredKeys: [] })),
      { nil: undefined },
    ),
    outcome: fc.constantFrom(
      'form_completed' as const,
      'form_abandoned' as const,
      'conversation' as const,
      'browsing' as const,
    ),
    opened: fc.boolean(),
    path: fc.oneof(
      { weight: 9, arbitrary: fc.array(fc.constantFrom(...CODES), { maxLength: 12 }) },
      {
        weight: 1,
        arbitrary: fc.array(fc.constantFrom(...CODES), { minLength: 200, maxLength: 200 }),
      },
    ),
    attribution: fc.record({ source: id, medium: id }),
    closed_by: fc.constantFrom('client' as const, 'timeout' as const, null),
    missing: fc.option(count),
  })
  .map(({ started_ms, ...fields }) =>
    summaryWith({ ...fields, started_at: new Date(started_ms).toISOString() }),
  );
