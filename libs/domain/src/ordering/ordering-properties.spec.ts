import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { session } from '../event-builder.fixture.ts';
import { compareEvents, orderEvents, sequenceGaps } from './ordering.ts';

const [template] = session('MESSAGE_SENT');

/** Few values per field, so that ties at every level are common. */
const anyEvent = fc
  .record({
    event_id: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    step_number: fc.integer({ min: 0, max: 3 }),
    sequence_number: fc.option(fc.integer({ min: 0, max: 3 })),
    timestamp_ms: fc.integer({ min: -1, max: 2 }),
    payload: fc.record({ content: fc.constantFrom('x', 'y') }),
    received_ms: fc.integer({ min: 0, max: 2 }),
  })
  .map((fields) => ({ ...template!, ...fields }));

describe('the order of events', () => {
  it('is antisymmetric, and equal only between copies', () => {
    fc.assert(
      fc.property(anyEvent, anyEvent, (a, b) => {
        const sign = Math.sign(compareEvents(a, b));
        expect(sign + Math.sign(compareEvents(b, a))).toBe(0);
        if (a.event_id !== b.event_id) expect(sign).not.toBe(0);
      }),
    );
  });

  it('is transitive', () => {
    fc.assert(
      fc.property(anyEvent, anyEvent, anyEvent, (a, b, c) => {
        fc.pre(compareEvents(a, b) <= 0 && compareEvents(b, c) <= 0);
        expect(compareEvents(a, c)).toBeLessThanOrEqual(0);
      }),
    );
  });

  it('does not depend on arrival, and orders a second time to the same', () => {
    const shuffled = fc
      .array(anyEvent, { maxLength: 12 })
      .chain((events) =>
        fc.tuple(
          fc.constant(events),
          fc.shuffledSubarray(events, { minLength: events.length, maxLength: events.length }),
        ),
      );
    fc.assert(
      fc.property(shuffled, ([events, other]) => {
        const ordered = orderEvents(events);
        expect(orderEvents(other)).toEqual(ordered);
        expect(orderEvents(ordered)).toEqual(ordered);
        expect(new Set(ordered.map((e) => e.event_id)).size).toBe(ordered.length);
      }),
    );
  });
});

describe('gaps', () => {
  it('are exactly the numbers that got lost below the highest that arrived', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 60 })), (arrived) => {
        const missing = sequenceGaps(arrived.map((sequence_number) => ({ sequence_number })))
          .map((gap) => gap.missing)
          .reduce((a, b) => a + b, 0);
        expect(missing).toBe(Math.max(0, ...arrived) - arrived.length);
      }),
    );
  });
});
