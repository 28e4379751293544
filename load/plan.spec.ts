import { describe, expect, it } from '@jest/globals';
import { cut, plan, type Visit, type VisitEvent } from './plan.ts';

const event = (
  offset_ms: number,
  event_type = 'MESSAGE_SENT',
  origin: VisitEvent['origin'] = 'browser',
): VisitEvent => ({ offset_ms, origin, key: String(offset_ms), body: { event_type } });

const rules = { batchEvents: 10, flushMs: 5_000 };
const offsets = (visit: Visit, given = rules) =>
  cut(visit, given).map(({ events }) => events.map((index) => visit[index]!.offset_ms));

describe('cut', () => {
  it('flushes five seconds after the first event that waits', () => {
    const visit = [0, 4_999, 5_000, 5_001, 12_000].map((offset) => event(offset));
    expect(offsets(visit)).toEqual([[0, 4_999, 5_000], [5_001], [12_000]]);
    expect(cut(visit, rules).map(({ due_ms }) => due_ms)).toEqual([5_000, 10_001, 17_000]);
  });

  it('flushes at once with the tenth event', () => {
    const visit = Array.from({ length: 12 }, (_, i) => event(i * 10));
    const [first, second] = cut(visit, rules);
    expect(first).toEqual({ due_ms: 90, events: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] });
    expect(second?.events).toEqual([10, 11]);
  });

  it.each(['WIDGET_CLOSED', 'SESSION_ENDED'])('flushes at once with %s', (type) => {
    const visit = [event(0), event(700, type), event(900)];
    expect(cut(visit, rules)).toEqual([
      { due_ms: 700, events: [0, 1] },
      { due_ms: 5_900, events: [2] },
    ]);
  });

  it("sends the chat backend's events on their own, in order of time", () => {
    const visit = [event(0), event(100, 'QA_COMPLETE', 'server'), event(200)];
    expect(offsets(visit)).toEqual([[100], [0, 200]]);
  });
});

describe('plan', () => {
  const visits: Visit[] = [
    [0, 2_000, 9_000, 20_000].map((offset) => event(offset)),
    [0, 1_000, 1_500].map((offset) => event(offset)),
  ];
  const settings = { visits, ...rules, eventsPerSecond: 100, seconds: 60, pace: 1 };
  const sizes = (planned = plan(settings)) =>
    planned.map(({ visit, batch }) => cut(visits[visit]!, rules)[batch]!.events.length);
  const sum = (numbers: number[]) => numbers.reduce((total, n) => total + n, 0);

  it('holds as many events as the rate asks for', () => {
    const total = sum(sizes());
    expect(total).toBeGreaterThanOrEqual(6_000);
    expect(total).toBeLessThan(6_000 + rules.batchEvents);
  });

  it("keeps each session's requests in their order, from the first on, each once", () => {
    const next = new Map<number, number>();
    for (const { session, batch } of plan(settings)) {
      expect(batch).toBe(next.get(session) ?? 0);
      next.set(session, batch + 1);
    }
    expect(next.size).toBeGreaterThan(1_000);
  });

  it('plays visits faster with fewer of them side by side', () => {
    const openAtOnce = (pace: number): number => {
      const planned = plan({ ...settings, pace });
      const middle = planned.slice(0, planned.length / 2);
      const begun = new Set(middle.map(({ session }) => session));
      for (const { session, visit, batch } of middle) {
        if (batch === cut(visits[visit]!, rules).length - 1) begun.delete(session);
      }
      return begun.size;
    };
    expect(openAtOnce(10)).toBeLessThan(openAtOnce(1) / 5);
  });
});
