import { describe, expect, it } from '@jest/globals';
import type { EventSlice, JourneyEvent, SessionSummary, StoredEvent } from '@picasso/contracts';
import fc from 'fast-check';
import { summarise } from '../session-summary/session-summary.ts';
import { admit } from './admission.ts';
import { localDay } from './local-day.ts';
import { type SessionState, type Transition, transition } from './session-state.ts';

const NOON = Date.UTC(2026, 10, 22, 12);
const KEY = { tenant_hash: 'tn', session_id: 's' };

const event = (
  n: number,
  type: string,
  payload: object = {},
  at = NOON + n * 1000,
): JourneyEvent => ({
  schema_version: '1.0',
  event_id: `e${n}`,
  event_type: type,
  step_number: n,
  sequence_number: n,
  timestamp_ms: at,
  payload: { ...payload },
});

const click = (n: number, id: string, at?: number) =>
  event(n, 'CTA_CLICKED', { cta_id: id, cta_label: id, cta_action: 'link' }, at);

const slice = (events: JourneyEvent[], receivedMs = NOON + 60_000): EventSlice => ({
  v: 1,
  ...KEY,
  received_ms: receivedMs,
  skew_ms: 0,
  origin: 'browser',
  traffic: 'visitor',
  events,
});

/** A session's tables in memory: rows by sort key, state, counters and day tallies. */
class Model {
  rows: StoredEvent[] = [];
  state: SessionState | undefined;
  counters = new Map<string, number>();
  days = new Map<string, number>();
  commits = 0;

  constructor(private readonly maxDeltas = 97) {}

  take(slices: EventSlice[], options: { crash?: boolean; timedOut?: boolean } = {}): Transition[] {
    for (const one of slices) {
      const { fresh } = admit({
        slice: one,
        stream_seq: 1,
        stored: this.rows,
        started_ms: this.state?.started_ms,
      });
      this.rows = [...this.rows, ...fresh];
    }
    const steps: Transition[] = [];
    if (options.crash) return steps;
    if (this.state?.rows === this.rows.length && !options.timedOut) return steps;
    for (;;) {
      const next = transition({
        ...KEY,
        state: this.state,
        events: this.rows,
        batch_skew_ms: 0,
        last_seen_ms: Math.max(0, ...slices.map((one) => one.received_ms)),
        timed_out: options.timedOut ?? false,
        own_hosts: [],
        time_zone: 'UTC',
        max_deltas: this.maxDeltas,
      });
      this.commits += 1;
      this.state = next.state;
      for (const { item, day, clicks } of next.deltas) {
        const key = `${day} ${item}`;
        this.counters.set(key, (this.counters.get(key) ?? 0) + clicks);
      }
      for (const { day, sessions } of next.marks) {
        this.days.set(day, (this.days.get(day) ?? 0) + sessions);
      }
      steps.push(next);
      if (next.complete) return steps;
    }
  }

  counted(): Record<string, number> {
    return Object.fromEntries([...this.counters].filter(([, clicks]) => clicks !== 0).sort());
  }

  tally(): Record<string, number> {
    return Object.fromEntries([...this.days].filter(([, sessions]) => sessions !== 0).sort());
  }
}

const expectedCounters = (summary: SessionSummary): Record<string, number> =>
  Object.fromEntries(
    Object.entries(summary.clicks)
      .map(([item, clicks]) => [`${summary.started_at.slice(0, 10)} ${item}`, clicks] as const)
      .sort(),
  );

describe('transition', () => {
  it('counts clicks once, however often and in whatever slices they come', () => {
    const model = new Model();
    const [a, b] = [slice([click(1, 'x'), click(2, 'y')]), slice([click(3, 'x')])];
    model.take([a]);
    model.take([a, b]);
    model.take([b, a]);
    expect(model.counted()).toEqual({ '2026-11-22 cta#x': 2, '2026-11-22 cta#y': 1 });
    expect(model.commits).toBe(2);
  });

  it('closes at once on WIDGET_CLOSED, reopens on a later event and closes again by timeout', () => {
    const model = new Model();
    const [closed] = model.take([slice([event(1, 'WIDGET_OPENED'), event(2, 'WIDGET_CLOSED')])]);
    expect(closed?.state).toMatchObject({ status: 'final', revision: 0, final_day: '2026-11-22' });
    const [reopened] = model.take([slice([click(3, 'x')])]);
    expect(reopened?.state).toMatchObject({ status: 'open', revision: 0 });
    expect(reopened?.summary.closed_by).toBeNull();
    const [again] = model.take([], { timedOut: true });
    expect(again?.state).toMatchObject({ status: 'final', revision: 1 });
    expect(again?.summary).toMatchObject({ closed_by: 'timeout', revision: 1, event_count: 3 });
    expect(model.tally()).toEqual({ '2026-11-22': 1 });
  });

  it('raises the revision only when content changed after the session had been final', () => {
    const model = new Model();
    model.take([slice([event(1, 'WIDGET_OPENED'), event(3, 'SESSION_ENDED')])]);
    const marks = model.take([slice([event(2, 'CONVERSATION_STARTED')])])[0]?.marks;
    expect(model.state?.revision).toBe(1);
    expect(marks).toEqual([{ day: '2026-11-22', sessions: 0 }]);
  });

  it('moves a session and its clicks to the day of an earlier event that came late', () => {
    const model = new Model();
    const midnight = Date.UTC(2026, 10, 22);
    const after = [
      click(2, 'x', midnight + 5_000),
      event(3, 'WIDGET_CLOSED', {}, midnight + 6_000),
    ];
    model.take([slice(after)]);
    expect(model.tally()).toEqual({ '2026-11-22': 1 });
    model.take([slice([click(1, 'x', midnight - 5_000)])]);
    expect(model.counted()).toEqual({ '2026-11-21 cta#x': 2 });
    expect(model.tally()).toEqual({ '2026-11-21': 1 });
  });

  it.each(['bot', 'own'] as const)('leaves clicks of %s traffic out of the counters', (traffic) => {
    const model = new Model();
    model.take([{ ...slice([click(1, 'x')]), traffic }]);
    expect(model.counted()).toEqual({});
  });

  it('spreads more changed items than a transaction takes over several, also across a move', () => {
    const model = new Model(3);
    const midnight = Date.UTC(2026, 10, 22);
    const clicks = Array.from({ length: 10 }, (_, i) => click(i + 2, `i${i}`, midnight + i));
    const steps = model.take([slice([...clicks, event(20, 'WIDGET_CLOSED', {}, midnight + 50)])]);
    expect(steps.map((step) => step.deltas.length)).toEqual([3, 3, 3, 1]);
    expect(steps.map((step) => step.state.status)).toEqual(['open', 'open', 'open', 'final']);
    const moved = model.take([slice([event(1, 'WIDGET_OPENED', {}, midnight - 1)])]);
    for (const { deltas } of moved) {
      expect(new Set(deltas.map((delta) => delta.item)).size).toBeLessThanOrEqual(3);
    }
    const expected = clicks.map((_, i) => [`2026-11-21 cta#i${i}`, 1] as const);
    expect(model.counted()).toEqual(Object.fromEntries(expected));
    expect(model.tally()).toEqual({ '2026-11-21': 1 });
  });

  it('ends with the same summary and counters for any order, repetition, slicing and crash', () => {
    const types = [
      'MESSAGE_SENT',
      'CTA_CLICKED',
      'FORM_STARTED',
      'FORM_COMPLETED',
      'WIDGET_CLOSED',
    ];
    const events = fc.array(fc.tuple(fc.constantFrom(...types), fc.nat(3), fc.nat(200_000_000)), {
      minLength: 1,
      maxLength: 12,
    });
    const deliveries = fc.array(
      fc.record({ picks: fc.array(fc.nat(11), { maxLength: 5 }), crash: fc.boolean() }),
      { maxLength: 10 },
    );
    fc.assert(
      fc.property(events, deliveries, fc.integer({ min: 1, max: 4 }), (kinds, plan, maxDeltas) => {
        const all = kinds.map(([type, id, offset], i) =>
          // Within 24 h, around a midnight, so that the day moves.
          event(i, type, { cta_id: `c${id}`, form_id: `f${id}` }, NOON + (offset % 80_000_000)),
        );
        const model = new Model(maxDeltas);
        for (const { picks, crash } of plan) {
          const chosen = picks.flatMap((pick) => all[pick] ?? []);
          if (chosen.length > 0) model.take([slice(chosen, NOON + 90_000_000)], { crash });
        }
        model.take([slice(all, NOON + 90_000_000)]);
        if (model.state?.status === 'open') model.take([], { timedOut: true });
        const canonical = summarise({
          ...KEY,
          events: model.rows.toReversed(),
          skew_ms: 0,
          own_hosts: [],
          timed_out: true,
          revision: model.state?.revision ?? 0,
        });
        expect(model.state?.summary).toEqual(canonical);
        expect(model.counted()).toEqual(expectedCounters(canonical));
        expect(model.tally()).toEqual({ [canonical.started_at.slice(0, 10)]: 1 });
      }),
      { numRuns: 300 },
    );
  });
});

describe('admit', () => {
  const admitted = (s: EventSlice, stored: StoredEvent[] = [], started?: number) =>
    admit({ slice: s, stream_seq: 7, stored, started_ms: started });

  it('takes an event once and tells repetitions', () => {
    const first = admitted(slice([click(1, 'a'), click(1, 'a')]));
    expect(first.fresh).toHaveLength(1);
    expect(first.duplicates).toBe(1);
    expect(admitted(slice([click(1, 'a')]), first.fresh)).toMatchObject({
      fresh: [],
      duplicates: 1,
    });
  });

  it('takes a copy with a lower key, because of rows that share an id the lowest counts', () => {
    const { fresh } = admitted(slice([click(5, 'a')]));
    const earlier = { ...click(5, 'a'), timestamp_ms: NOON };
    expect(admitted(slice([earlier]), fresh).fresh).toHaveLength(1);
  });

  it.each<[string, unknown]>([
    ['nothing', null],
    ['no id', { ...click(2, 'b'), event_id: undefined }],
    ['no type', { ...click(2, 'b'), event_type: undefined }],
    ['half a step', { ...click(2, 'b'), step_number: 1.5 }],
    ['a step beyond the key', { ...click(2, 'b'), step_number: 1_000_000 }],
    ['no time', { ...click(2, 'b'), timestamp_ms: undefined }],
    ['a number that is none', { ...click(2, 'b'), sequence_number: '2' }],
    ['no payload', { ...click(2, 'b'), payload: null }],
    ['no context', { ...click(2, 'b'), context: null }],
    ['no attribution', { ...click(2, 'b'), attribution: null }],
  ])('refuses alone what could never be read again: %s', (_, bad) => {
    const { fresh, refused } = admitted(slice([click(1, 'a'), bad as JourneyEvent, click(3, 'c')]));
    expect(fresh.map(({ event_id }) => event_id)).toEqual(['e1', 'e3']);
    expect(refused).toMatchObject([{ event: bad, code: 'poison' }]);
  });

  it('ends taking ever lower copies of one event', () => {
    const { fresh } = admitted(slice([click(1, 'a')]));
    const rows = Array.from({ length: 9_999 }, (_, i) => ({ ...fresh[0]!, step_number: i + 2 }));
    const last = admitted(slice([click(1, 'a')]), rows);
    expect(last.fresh).toHaveLength(1);
    const lower = { ...click(1, 'a'), step_number: 0 };
    expect(admitted(slice([lower]), [...rows, ...last.fresh]).refused).toMatchObject([
      { code: 'session_full' },
    ]);
  });

  it('refuses what comes more than 6 days after the session started, whoever is late', () => {
    const late = slice([click(1, 'a')], NOON + 6 * 86_400_000 + 2_000);
    expect(admitted(late).refused).toMatchObject([{ code: 'too_late' }]);
    const onTime = slice([click(1, 'a')], NOON + 6 * 86_400_000);
    expect(admitted(onTime).refused).toEqual([]);
    expect(admitted(onTime, [], NOON - 86_400_000).refused).toMatchObject([{ code: 'too_late' }]);
  });

  it('judges lateness with the clock corrected by the batch', () => {
    const skew = 10 * 86_400_000;
    const behind = { ...slice([click(1, 'a')], NOON + skew + 2_000), skew_ms: skew };
    expect(admitted(behind).refused).toEqual([]);
  });

  it('refuses what would make a session longer than 24 h or larger than 5,000 events', () => {
    const { fresh } = admitted(slice([click(1, 'a')]));
    const next = slice([click(2, 'b', NOON + 86_402_000)], NOON + 86_403_000);
    expect(admitted(next, fresh).refused).toMatchObject([{ code: 'session_full' }]);
    const full = Array.from({ length: 5_000 }, (_, i) => ({ ...fresh[0]!, event_id: `x${i}` }));
    const { refused, duplicates } = admitted(
      slice([click(2, 'b'), { ...fresh[0]!, event_id: 'x7' }]),
      full,
    );
    expect(refused).toMatchObject([{ code: 'session_full' }]);
    expect(duplicates).toBe(1);
  });
});

describe('localDay', () => {
  it('is the calendar day of the zone', () => {
    expect(localDay(Date.UTC(2026, 10, 22, 3), 'America/New_York')).toBe('2026-11-21');
    expect(localDay(Date.UTC(2026, 10, 22, 23), 'Asia/Tokyo')).toBe('2026-11-23');
    expect(localDay(NOON, 'Nowhere/Land')).toBe('2026-11-22');
  });
});
