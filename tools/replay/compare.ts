/** Compares summaries read back through the API with what the data set says they have to be. */
import { isDeepStrictEqual } from 'node:util';
import type { ClosedBy, SessionSummary } from '@picasso/contracts';
import type { Dialogue, ExpectedSession, ExpectedTenant } from './dialogues.ts';
import type { Clock } from './shapes.ts';

export interface Difference {
  field: string;
  expected: unknown;
  actual: unknown;
}

const CLOSED_BY: Record<Dialogue['ends'], ClosedBy> = {
  closed: 'client',
  unload: 'unload',
  silent: 'timeout',
};

const byFormAndField = (
  a: [string, string | null, number],
  b: [string, string | null, number],
): number => (JSON.stringify(a.slice(0, 2)) < JSON.stringify(b.slice(0, 2)) ? -1 : 1);

/** The data set counts forms without their durations. */
const formCounts = (forms: SessionSummary['forms']): ExpectedSession['forms'] =>
  Object.fromEntries(
    Object.entries(forms).map(([id, { views, starts, completions, abandons }]) => [
      id,
      { views, starts, completions, abandons },
    ]),
  );

/** The summary under the data set's names, with the given session id. */
const asExpected = (summary: SessionSummary, sessionId: string): Record<string, unknown> => ({
  ...summary,
  session_id: sessionId,
  source: [summary.attribution.source, summary.attribution.medium],
  forms: formCounts(summary.forms),
  bottlenecks: [...summary.bottlenecks].sort(byFormAndField),
});

/**
 * Every field of the expectation, and what follows from the session itself: who closed it, when it
 * was (its client's clock was right) and that nothing is missing.
 *
 * @param numbered whether the shape carried sequence numbers; without them nothing can be missing
 */
export const compareSession = (
  summary: SessionSummary,
  dialogue: Dialogue,
  expected: ExpectedSession,
  clock: Clock,
  numbered: boolean,
): Difference[] => {
  const startedMs = clock.dayMs + dialogue.start_offset_ms;
  const wanted: Record<string, unknown> = {
    ...expected,
    bottlenecks: [...expected.bottlenecks].sort(byFormAndField),
    closed_by: CLOSED_BY[dialogue.ends],
    started_at: new Date(startedMs).toISOString(),
    ended_at: new Date(startedMs + (dialogue.events.at(-1)?.offset_ms ?? 0)).toISOString(),
    missing: numbered ? 0 : null,
  };
  const actual = asExpected(summary, dialogue.session_id);
  return differences(wanted, actual);
};

const differences = (
  wanted: Record<string, unknown>,
  actual: Record<string, unknown>,
): Difference[] =>
  Object.entries(wanted)
    .filter(([field, value]) => !isDeepStrictEqual(actual[field], value))
    .map(([field, value]) => ({ field, expected: value, actual: actual[field] }));

const add = (sums: Record<string, number>, key: string, n = 1): void => {
  sums[key] = (sums[key] ?? 0) + n;
};

/** A tenant's sums over the summaries, in the form of the data set's tenant lines. */
export const sumTenant = (tenant: string, summaries: readonly SessionSummary[]): ExpectedTenant => {
  const outcomes: Record<string, number> = {};
  const depth: Record<string, number> = {};
  const items: Record<string, number> = {};
  const topics: Record<string, [number, number]> = {};
  const sources: Record<string, [number, number, number]> = {};
  const forms: ExpectedSession['forms'] = {};
  const bottlenecks: Record<string, number> = {};
  for (const s of summaries) {
    const completed = s.outcome === 'form_completed' ? 1 : 0;
    add(outcomes, s.outcome);
    add(depth, String(s.message_count));
    for (const [item, clicks] of Object.entries(s.clicks)) add(items, item, clicks);
    for (const topic of s.topics) {
      const sum = (topics[topic] ??= [0, 0]);
      sum[0] += 1;
      sum[1] += completed;
    }
    const source = (sources[`${s.attribution.source}/${s.attribution.medium}`] ??= [0, 0, 0]);
    source[0] += 1;
    source[1] += s.user_message_count > 0 ? 1 : 0;
    source[2] += completed;
    for (const [id, counts] of Object.entries(s.forms)) {
      const sum = (forms[id] ??= { views: 0, starts: 0, completions: 0, abandons: 0 });
      sum.views += counts.views;
      sum.starts += counts.starts;
      sum.completions += counts.completions;
      sum.abandons += counts.abandons;
    }
    for (const [form, field, count] of s.bottlenecks)
      add(bottlenecks, `${form}#${field ?? ''}`, count);
  }
  const total = (of: (s: SessionSummary) => number): number =>
    summaries.reduce((sum, s) => sum + of(s), 0);
  return {
    tenant,
    sessions: summaries.length,
    conversations: summaries.filter((s) => s.user_message_count > 0).length,
    messages: total((s) => s.message_count),
    events: total((s) => s.event_count),
    outcomes,
    depth,
    duration_ms_sum: total((s) => s.duration_ms),
    response_time_ms_sum: total((s) => s.response_time_ms_sum),
    response_count: total((s) => s.response_count),
    items,
    topics,
    sources,
    forms,
    bottlenecks,
  };
};

export const compareTenant = (
  summaries: readonly SessionSummary[],
  expected: ExpectedTenant,
): Difference[] => differences(expected, sumTenant(expected.tenant, summaries));
