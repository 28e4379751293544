/** What a run prints at its end, and the same figures as JSON. */
import { GOALS, SETTINGS } from './settings.ts';

/** The part of k6's summary that is read here. */
export interface SummaryData {
  metrics: Record<string, { values: Record<string, number> } | undefined>;
}

export interface Latency {
  count: number;
  med: number;
  p95: number;
  p99: number;
  max: number;
  goal: number;
}

export interface Figures {
  rate: number;
  duration: number;
  batchEvents: number;
  flushMs: number;
  pace: number;
  requests: number;
  dropped: number;
  repeated: number;
  accepted: number;
  rejected: number;
  unanswered: number;
  inJourneys: number;
  missing: number;
  doubled: number;
  latencies: Record<keyof typeof GOALS, Latency>;
}

const LABELS: Record<keyof typeof GOALS, string> = {
  accept_ms: 'accepted (POST to 202)',
  visible_ms: 'visible in the journey (from POST)',
  summary_ms: 'summary after close (from POST)',
};

const round = (ms: number): number => Math.round(ms * 10) / 10;

export function figuresOf({ metrics }: SummaryData, requests: number): Figures {
  const count = (name: string): number => metrics[name]?.values['count'] ?? 0;
  const latency = (name: keyof typeof GOALS): Latency => {
    const value = (stat: string): number => round(metrics[name]?.values[stat] ?? 0);
    return {
      count: count(name),
      med: value('med'),
      p95: value('p(95)'),
      p99: value('p(99)'),
      max: value('max'),
      goal: GOALS[name],
    };
  };
  const { rate, duration, batchEvents, flushMs, pace } = SETTINGS;
  return {
    rate,
    duration,
    batchEvents,
    flushMs,
    pace,
    requests,
    dropped: count('dropped_iterations'),
    repeated: count('requests_repeated'),
    accepted: count('events_accepted'),
    rejected: count('events_rejected'),
    unanswered: count('events_unanswered'),
    inJourneys: count('events_in_journeys'),
    missing: count('events_missing'),
    doubled: count('events_doubled'),
    latencies: {
      accept_ms: latency('accept_ms'),
      visible_ms: latency('visible_ms'),
      summary_ms: latency('summary_ms'),
    },
  };
}

function latencyLine(label: string, { count, med, p95, p99, max, goal }: Latency): string {
  if (count === 0) return `  ${label}: not sampled`;
  const verdict = p99 < goal ? `under the goal of ${goal} ms` : `NOT under the goal of ${goal} ms`;
  return `  ${label}: p50 ${med}, p95 ${p95}, p99 ${p99}, max ${max} ms, ${count} samples; p99 ${verdict}`;
}

export function report(data: SummaryData, { requests }: { requests: number }) {
  const figures = figuresOf(data, requests);
  const { rate, duration, batchEvents, flushMs, pace } = figures;
  const names = Object.keys(LABELS) as (keyof typeof GOALS)[];
  const lines = [
    `${rate} events/s for ${duration} s, ${requests} requests (${batchEvents} events or ${flushMs / 1_000} s each), visits at ${pace}× real time`,
    ...names.map((name) => latencyLine(LABELS[name], figures.latencies[name])),
    `  requests repeated ${figures.repeated}, not sent in time ${figures.dropped}; events rejected ${figures.rejected}, without an answer ${figures.unanswered}`,
    `accepted ${figures.accepted}, in journeys ${figures.inJourneys}, missing ${figures.missing}, doubled ${figures.doubled}`,
  ];
  return {
    stdout: `${lines.join('\n')}\n`,
    ...(SETTINGS.report ? { [SETTINGS.report]: JSON.stringify(figures) } : {}),
  };
}
