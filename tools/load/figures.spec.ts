import { describe, expect, it } from '@jest/globals';
import { checksOf, strictChecksOf, type Figures } from './figures.ts';

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

describe('strictChecksOf', () => {
  const failing = (figures: Figures) =>
    strictChecksOf(figures)
      .filter(([, holds]) => !holds)
      .map(([name]) => name);

  it.each<[string, Partial<Figures>, string[]]>([
    ['in time', {}, []],
    ['fell behind', { dropped: 1 }, ['every request left in time']],
    [
      'slow',
      { latencies: { ...good.latencies, accept_ms: { ...latency, p99: 50 } } },
      ['p99 of accept_ms under 50'],
    ],
    [
      'not measured',
      { latencies: { ...good.latencies, summary_ms: { ...latency, count: 0 } } },
      ['p99 of summary_ms under 50'],
    ],
  ])('%s', (_, change, names) => {
    expect(failing({ ...good, ...change })).toEqual(names);
  });
});
