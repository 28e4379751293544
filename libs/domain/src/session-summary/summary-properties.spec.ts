/** What holds for any set of events, in whatever order, slices or repetition it arrives. */
import { describe, expect, it } from '@jest/globals';
import type { JsonObject, StoredEvent } from '@picasso/contracts';
import { EVENT_TYPES } from '@picasso/contracts';
import fc from 'fast-check';
import { session, START_MS, summaryOf } from '../event-builder.fixture.ts';
import { orderEvents } from '../ordering/ordering.ts';
import { clickedItem } from './items.ts';

const [template] = session('MESSAGE_SENT');

const ID = fc.constantFrom('a', 'b', '__proto__', 'constructor', '');
const anyPayload: fc.Arbitrary<JsonObject> = fc.record(
  {
    form_id: ID,
    field_id: ID,
    last_field_id: fc.option(ID),
    submission_id: ID,
    duration_seconds: fc.oneof(fc.integer({ min: -1, max: 90 }), fc.constant('soon')),
    branch_id: ID,
    target_branch: ID,
    chip_id: ID,
    cta_id: ID,
    url: fc.constantFrom('https://example.org', 'x'.repeat(300)),
    prompt_index: fc.nat(2),
    response_time_ms: fc.double({ min: -1, max: 70_000, noNaN: true }),
    content: fc.string({ maxLength: 5 }),
    ctas_shown: fc.array(ID, { maxLength: 3 }),
    items: fc.array(fc.record({ item_type: ID, item_id: ID }), { maxLength: 3 }),
    items_in_response: fc.record({ ctas_shown: fc.array(ID, { maxLength: 3 }) }),
    reason: fc.constantFrom('page_unload', 'timeout'),
  },
  { requiredKeys: [] },
);

/** Small pools, so that ids are reused with other content and ties are common. */
const anyEvent: fc.Arbitrary<StoredEvent> = fc
  .record({
    event_id: fc.integer({ min: 1, max: 30 }).map((n) => `evt_${n}`),
    event_type: fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom('FORM_STARTED', 'FORM_COMPLETED', 'FORM_ABANDONED') },
      { weight: 5, arbitrary: fc.constantFrom(...EVENT_TYPES, 'SOMETHING_NEW') },
    ),
    step_number: fc.integer({ min: 0, max: 12 }),
    sequence_number: fc.option(fc.integer({ min: 0, max: 15 })),
    timestamp_ms: fc.integer({ min: START_MS, max: START_MS + 5 }),
    payload: anyPayload,
    origin: fc.constantFrom('browser' as const, 'browser' as const, 'server' as const),
    traffic: fc.constantFrom('visitor' as const, 'own' as const, 'bot' as const),
    attribution: fc.option(fc.record({ utm_source: ID, referrer: ID }), { nil: undefined }),
    context: fc.option(fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 2 }), {
      nil: undefined,
    }),
  })
  .map(({ attribution, context, ...fields }) => ({
    ...template!,
    ...fields,
    ...(attribution && { attribution }),
    ...(context && { context }),
  }));

const anySession = fc.array(anyEvent, { minLength: 1, maxLength: 40 });

/** The same events again: reordered, some repeated, brought by other messages, keys turned round. */
const anyDelivery = anySession.chain((events) =>
  fc.record({
    events: fc.constant(events),
    delivered: fc
      .tuple(
        fc.shuffledSubarray(events, { minLength: events.length, maxLength: events.length }),
        fc.array(fc.constantFrom(...events), { maxLength: 20 }),
        fc.array(fc.nat(50), { minLength: 60, maxLength: 60 }),
        fc.boolean(),
      )
      .map(([shuffled, again, messages, repeatedFirst]) =>
        (repeatedFirst ? [...again, ...shuffled] : [...shuffled, ...again]).map((event, index) => ({
          ...keysReversed(event),
          stream_seq: messages[index]!,
          received_ms: START_MS + 100 * messages[index]!,
        })),
      ),
  }),
);

/** As a table returns it: objects are maps there, whose order means nothing. */
function keysReversed<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(keysReversed) as T;
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(
    entries.map(([key, inner]) => [key, keysReversed(inner as unknown)]),
  ) as T;
}

const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);

describe('any delivery of the same events', () => {
  it.each([false, true])('gives the same bytes (idle time passed: %s)', (timed_out) => {
    fc.assert(
      fc.property(anyDelivery, ({ events, delivered }) => {
        const summary = JSON.stringify(summaryOf(events, { timed_out }));
        expect(JSON.stringify(summaryOf(delivered, { timed_out }))).toBe(summary);
      }),
      { numRuns: 500 },
    );
  });

  it('gives the same bytes when it comes in slices that are merged one after another', () => {
    fc.assert(
      fc.property(anyDelivery, fc.integer({ min: 1, max: 9 }), ({ events, delivered }, size) => {
        let stored: StoredEvent[] = [];
        for (let from = 0; from < delivered.length; from += size) {
          stored = orderEvents([...stored, ...delivered.slice(from, from + size)]);
        }
        expect(JSON.stringify(summaryOf(stored))).toBe(JSON.stringify(summaryOf(events)));
      }),
    );
  });

  it('differs in revision, skew and the times that the skew shifts, and in nothing else', () => {
    fc.assert(
      fc.property(anySession, fc.integer({ min: -1e9, max: 1e9 }), (events, skew_ms) => {
        const plain = summaryOf(events);
        const shifted = summaryOf(events, { skew_ms, revision: 4 });
        const { started_at, ended_at } = shifted;
        expect(shifted).toEqual({ ...plain, started_at, ended_at, skew_ms, revision: 4 });
        expect(Date.parse(started_at) - Date.parse(plain.started_at)).toBe(skew_ms);
        expect(Date.parse(ended_at) - Date.parse(started_at)).toBe(plain.duration_ms);
      }),
    );
  });
});

describe('any summary', () => {
  it('counts every click and every message once', () => {
    fc.assert(
      fc.property(anySession, (events) => {
        const summary = summaryOf(events);
        const once = orderEvents(events);
        expect(sum(Object.values(summary.clicks))).toBe(
          once.filter((event) => clickedItem(event) !== null).length,
        );
        expect(summary.message_count).toBe(
          once.filter((event) => /^MESSAGE_(SENT|RECEIVED)$/.test(event.event_type)).length,
        );
        expect(summary.event_count).toBe(new Set(events.map((event) => event.event_id)).size);
      }),
    );
  });

  it('accounts for every attempt of every form', () => {
    fc.assert(
      fc.property(anySession, fc.boolean(), (events, timed_out) => {
        const summary = summaryOf(events, { timed_out });
        for (const [form, { starts, completions, abandons }] of Object.entries(summary.forms)) {
          const openAttempts = summary.closed_by === null ? 1 : 0;
          expect(abandons).toBeLessThanOrEqual(starts);
          expect(completions + abandons + openAttempts).toBeGreaterThanOrEqual(starts);
          const charged = summary.bottlenecks.filter(([id]) => id === form).map(([, , n]) => n);
          expect(sum(charged)).toBe(abandons);
        }
      }),
    );
  });

  it('has more abandons at its end than while it was open, and is else the same', () => {
    fc.assert(
      fc.property(anySession, (events) => {
        const open = summaryOf(events);
        const closed = summaryOf(events, { timed_out: true });
        const abandons = (summary: typeof open) =>
          sum(Object.values(summary.forms).map((form) => form.abandons));
        expect(abandons(closed)).toBeGreaterThanOrEqual(abandons(open));
        expect(closed.closed_by).not.toBeNull();
        if (open.closed_by !== null) expect(closed).toEqual(open);
        expect({ ...closed, forms: 0, bottlenecks: 0, outcome: 0, closed_by: 0 }).toEqual({
          ...open,
          forms: 0,
          bottlenecks: 0,
          outcome: 0,
          closed_by: 0,
        });
      }),
    );
  });

  it('survives JSON unchanged', () => {
    fc.assert(
      fc.property(anySession, (events) => {
        const summary = summaryOf(events);
        const json = JSON.stringify(summary);
        expect(JSON.stringify(JSON.parse(json))).toBe(json);
      }),
    );
  });
});
