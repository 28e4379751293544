/** The stack under load as its clients see it: events in with a key, journeys out with a token. */
import { sleep } from 'k6';
import http, { type RefinedResponse } from 'k6/http';

export interface Endpoints {
  ingest_url: string;
  query_url: string;
  tenants: { tenant_hash: string; write_key: string; server_key: string }[];
  tokens: Record<string, { admin: string }>;
}

/** The part of `GET /analytics/journey/{session_id}` that is read here. */
export interface Journey {
  session: { event_count: number; closed_by: string | null };
  steps: { event_id: string }[];
}

export interface Answer {
  accepted: number;
  duplicates: number;
  rejected: { index: number; code: string; path: string }[];
}

export interface Delivery {
  /** Undefined: no answer that lists every event, until we gave up. */
  answer: Answer | undefined;
  /** Of the request that was answered, milliseconds. */
  tookMs: number;
  attempts: number;
}

const GIVE_UP_MS = 30_000;
const RETRY_S = 0.25;

const retryAfter = (response: RefinedResponse<'text'>): number =>
  Number(response.headers['Retry-After']) || RETRY_S;

/**
 * Posts until there is an answer, as the SDK does; `body` is made anew for each attempt, as
 * `sent_at` is the time of the attempt.
 */
export function deliver(
  url: string,
  headers: Record<string, string>,
  body: () => string,
): Delivery {
  const began = Date.now();
  for (let attempts = 1; ; attempts += 1) {
    const response = http.post(url, body(), {
      headers: { 'content-type': 'application/json', ...headers },
      timeout: '10s',
      responseType: 'text',
      tags: { name: 'POST /events' },
    });
    if (response.status === 202) {
      const answer = JSON.parse(response.body) as Answer;
      return { answer, tookMs: response.timings.duration, attempts };
    }
    const final = response.status >= 400 && response.status < 500 && response.status !== 429;
    if (final || Date.now() - began > GIVE_UP_MS) {
      console.error(`POST ${url}: ${response.status} ${response.body ?? response.error}`);
      return { answer: undefined, tookMs: response.timings.duration, attempts };
    }
    sleep(retryAfter(response));
  }
}

const journeyRequest = (
  { query_url, tokens }: Endpoints,
  tenantHash: string,
  sessionId: string,
) => ({
  method: 'GET',
  url: `${query_url}/analytics/journey/${sessionId}`,
  params: {
    headers: { authorization: `Bearer ${tokens[tenantHash]?.admin}` },
    timeout: '30s',
    responseType: 'text' as const,
    tags: { name: 'GET /analytics/journey' },
    // Not there yet is an answer here, not a failure.
    responseCallback: http.expectedStatuses(200, 404, 429),
  },
});

function journeyOf(response: RefinedResponse<'text'>): Journey | undefined {
  if (response.status === 200) return JSON.parse(response.body) as Journey;
  if (response.status === 429) sleep(retryAfter(response));
  else if (response.status !== 404) console.error(`GET journey: ${response.status}`);
  return undefined;
}

/** Undefined when there is none (yet). */
export function readJourney(
  endpoints: Endpoints,
  tenantHash: string,
  sessionId: string,
): Journey | undefined {
  const { url, params } = journeyRequest(endpoints, tenantHash, sessionId);
  return journeyOf(http.get(url, params));
}

/** The same for several at once; as many answers in the same order. */
export const readJourneys = (
  endpoints: Endpoints,
  sessions: readonly { tenantHash: string; sessionId: string }[],
): (Journey | undefined)[] =>
  http
    .batch(sessions.map((each) => journeyRequest(endpoints, each.tenantHash, each.sessionId)))
    .map((response) => journeyOf(response));
