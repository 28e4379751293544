import { describe, expect, it } from '@jest/globals';
import { session } from '../event-builder.fixture.ts';
import { compareEvents, orderEvents, sequenceGaps, sortKeyOf } from './ordering.ts';

const [event] = session('MESSAGE_SENT');
const make = (fields: object) => ({ ...event!, ...fields });
const ids = (events: readonly { event_id: string }[]) => events.map((e) => e.event_id);

describe('sortKeyOf', () => {
  it('puts step 10 after step 9 as text', () => {
    expect(sortKeyOf(make({ step_number: 9 })) < sortKeyOf(make({ step_number: 10 }))).toBe(true);
  });

  it('keeps two events of one step and millisecond apart', () => {
    expect(sortKeyOf(make({ event_id: 'a' }))).not.toBe(sortKeyOf(make({ event_id: 'b' })));
  });

  it('is step, raw client time and event id', () => {
    const key = sortKeyOf(make({ step_number: 3, timestamp_ms: 1_700_000_000_000, event_id: 'a' }));
    expect(key).toBe('STEP#000003#1700000000000#a');
  });
});

describe('compareEvents', () => {
  const before = (first: object, second: object) => {
    expect(compareEvents(make(first), make(second))).toBeLessThan(0);
    expect(compareEvents(make(second), make(first))).toBeGreaterThan(0);
  };

  it('goes by step before everything else', () => {
    before(
      { step_number: 1, sequence_number: 9, timestamp_ms: 9 },
      { step_number: 2, sequence_number: 1, timestamp_ms: 1 },
    );
  });

  it('goes by sequence number within a step', () => {
    before({ sequence_number: 1, timestamp_ms: 9 }, { sequence_number: 2, timestamp_ms: 1 });
  });

  it('puts an event without sequence number last within its step, whatever its clock', () => {
    before({ sequence_number: 7, timestamp_ms: 9 }, { sequence_number: null, timestamp_ms: 1 });
  });

  it('puts it before the next step all the same', () => {
    before({ step_number: 1, sequence_number: null }, { step_number: 2, sequence_number: 1 });
  });

  it('goes by raw time, then by event id', () => {
    const same = { sequence_number: null };
    before(
      { ...same, timestamp_ms: 1, event_id: 'b' },
      { ...same, timestamp_ms: 2, event_id: 'a' },
    );
    before({ ...same, event_id: 'a' }, { ...same, event_id: 'b' });
  });

  it('is zero for an event and its copy', () => {
    expect(compareEvents(make({}), make({ received_ms: 1 }))).toBe(0);
  });
});

describe('orderEvents', () => {
  it('orders without touching its input', () => {
    const input = Object.freeze([make({ event_id: 'b', step_number: 2 }), make({ event_id: 'a' })]);
    expect(ids(orderEvents(input))).toEqual(['a', 'b']);
    expect(ids(input)).toEqual(['b', 'a']);
  });

  it('lets a server event follow the step that it answers', () => {
    const events = session('MESSAGE_SENT', 'MESSAGE_RECEIVED', [
      'QA_COMPLETE',
      {},
      { step_number: 1, sequence_number: null, timestamp_ms: 0, origin: 'server' },
    ]);
    expect(ids(orderEvents(events))).toEqual(['evt_1', 'evt_3', 'evt_2']);
  });

  it('counts the copy with the lowest sort key, whichever came first', () => {
    // As text of their content, 10 would come before 9.
    const early = make({ event_id: 'x', step_number: 9 });
    const late = make({ event_id: 'x', step_number: 10 });
    expect(orderEvents([early, late])).toEqual([early]);
    expect(orderEvents([late, early])).toEqual([early]);
  });

  it('decides by content between copies with one sort key, not by arrival', () => {
    const one = make({ payload: { content: 'a' }, received_ms: 9, stream_seq: 9 });
    const two = make({ payload: { content: 'b' }, received_ms: 1, stream_seq: 1 });
    expect(orderEvents([one, two])).toEqual([one]);
    expect(orderEvents([two, one])).toEqual([one]);
  });

  it('keeps the first arrival of equal copies', () => {
    const first = make({ received_ms: 1, stream_seq: 5 });
    const again = make({ received_ms: 2, stream_seq: 4 });
    expect(orderEvents([again, first])).toEqual([first]);
  });
});

describe('sequenceGaps', () => {
  const gaps = (...numbers: (number | null)[]) =>
    sequenceGaps(numbers.map((sequence_number) => ({ sequence_number })));

  it('finds no gap in dense numbers, from 1 or from 0', () => {
    expect(gaps(1, 2, 3)).toEqual([]);
    expect(gaps(0, 1, 2)).toEqual([]);
  });

  it('tells where and how many are missing', () => {
    expect(gaps(1, 2, 5, 7)).toEqual([
      { after_sequence: 2, missing: 2 },
      { after_sequence: 5, missing: 1 },
    ]);
  });

  it('counts what is missing below a first number above 1', () => {
    expect(gaps(4, 5)).toEqual([{ after_sequence: 0, missing: 3 }]);
  });

  it('counts a missing 1 after a 0', () => {
    expect(gaps(0, 2)).toEqual([{ after_sequence: 0, missing: 1 }]);
  });

  it('goes by the numbers, not by the order of steps, and takes repeated ones once', () => {
    expect(gaps(3, 1, 3, 5)).toEqual([
      { after_sequence: 1, missing: 1 },
      { after_sequence: 3, missing: 1 },
    ]);
  });

  it('leaves out events without a number', () => {
    expect(gaps(null, 1, null, 2)).toEqual([]);
    expect(gaps(null)).toEqual([]);
  });
});
