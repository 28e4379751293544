import type { EventSlice, SessionSummary, StoredEvent, Tenant } from '@picasso/contracts';
import { admit, ownHosts, summarise } from '@picasso/domain';
import { isbot } from 'isbot';
import type { Refusal } from './read-history.ts';

/** A session of the past, whole. */
export interface HistoricalSession {
  summary: SessionSummary;
  events: StoredEvent[];
}

export interface Completion {
  /** undefined when nothing of it could be taken. */
  session: HistoricalSession | undefined;
  duplicates: number;
  refused: Refusal[];
}

/** Within this time somebody may still be at it: then it is the live path's. */
const UNFINISHED_MS = 60 * 60_000;

/** Puts a session together by the rules of the live path: ids once, at most 5,000 events, 24 h. */
export function completeSession(
  sessionId: string,
  events: readonly StoredEvent[],
  tenant: Tenant,
  nowMs: number,
): Completion {
  const key = { tenant_hash: tenant.tenant_hash, session_id: sessionId };
  const completion: Completion = { session: undefined, duplicates: 0, refused: [] };
  const traffic = events.some(({ context }) => isbot(agentOf(context))) ? 'bot' : 'visitor';
  const stored: StoredEvent[] = [];
  for (const origin of ['browser', 'server'] as const) {
    const part = events.filter((event) => event.origin === origin);
    if (part.length === 0) continue;
    const received_ms = Math.min(...part.map(({ timestamp_ms }) => timestamp_ms));
    const slice: EventSlice = {
      ...{ v: 1, ...key, received_ms, skew_ms: null, origin, traffic },
      events: part,
    };
    const admission = admit({ slice, stream_seq: 0, stored, started_ms: undefined });
    completion.duplicates += admission.duplicates;
    for (const { code, error } of admission.refused) {
      completion.refused.push({ session_id: sessionId, code, path: '', message: error });
    }
    stored.push(...admission.fresh.map((event) => ({ ...event, received_ms: event.timestamp_ms })));
  }
  if (stored.length === 0) return completion;
  const summary = summarise({
    ...key,
    events: stored,
    skew_ms: 0,
    own_hosts: ownHosts(tenant),
    timed_out: true,
    revision: 0,
  });
  if (nowMs - Date.parse(summary.ended_at) < UNFINISHED_MS) {
    const message = 'the session may still go on: import it later';
    completion.refused.push({ session_id: sessionId, code: 'unfinished', path: '', message });
    return completion;
  }
  return { ...completion, session: { summary, events: stored } };
}

const agentOf = (context: StoredEvent['context']): string =>
  typeof context?.['user_agent'] === 'string' ? context['user_agent'].slice(0, 512) : '';
