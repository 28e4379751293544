import { describe, expect, it } from '@jest/globals';
import { checksOf, type Figures } from './figures.ts';

const latency = { count: 1, med: 1, p95: 1, p99: 1, max: 1, goal: 50 };
const good: Figures = {
  rate: 434,
  duration: 10,
  requests: 1_000,
  dropped: 0,
  repeated: 3,
  accepted: 4_340,
  rejected: 0,
  unanswered: 0,
  inJourneys: 4_340,
  missing: 0,
  doubled: 0,
  latencies: { accept_ms: latency, visible_ms: latency, summary_ms: latency },
};
const failing = (figures: Figures) =>
  checksOf(figures)
    .filter(([, holds]) => !holds)
    .map(([name]) => name);

describe('checksOf', () => {
  it('passes a run in which everything arrived once', () => {
    expect(failing(good)).toEqual([]);
  });

  it.each<[Partial<Figures>, string[]]>([
    [{ dropped: 1 }, ['every request left in time']],
    [{ unanswered: 1 }, ['every event has an answer']],
    [{ rejected: 1 }, ['no event is rejected']],
    [{ missing: 1 }, ['every accepted event is in its journey']],
    [{ doubled: 1 }, ['no event is in its journey twice']],
    [{ inJourneys: 4_339 }, ['as many events in journeys as accepted']],
    [{ accepted: 0, inJourneys: 0 }, ['every accepted event is in its journey']],
  ])('%j fails', (change, names) => {
    expect(failing({ ...good, ...change })).toEqual(names);
  });
});
