/**
 * Visitors at a fixed rate of events, whatever the services do, and at the end the question whether
 * every event that was accepted is in its journey.
 *
 * Run it with `npm run load`; README.md says how to run it by hand.
 */
import { sleep } from 'k6';
import { SharedArray } from 'k6/data';
import exec from 'k6/execution';
import { Counter, Trend } from 'k6/metrics';
import type { Options } from 'k6/options';
import { cut, isClosing, plan, type Visit } from './plan.ts';
import { report, type SummaryData } from './report.ts';
import { GOALS, SETTINGS } from './settings.ts';
import { deliver, readJourney, readJourneys, type Endpoints, type Journey } from './stack.ts';

const endpoints = JSON.parse(open(SETTINGS.endpoints)) as Endpoints;
if (endpoints.tenants.length === 0) throw new Error('no tenant: npm run tenant -- create <hash>');
const visits = new SharedArray('visits', () => JSON.parse(open(SETTINGS.visits)) as Visit[]);
const planned = new SharedArray('plan', () =>
  plan({
    ...SETTINGS,
    visits: JSON.parse(open(SETTINGS.visits)) as Visit[],
    eventsPerSecond: SETTINGS.rate,
    seconds: SETTINGS.duration,
  }),
);
/** One for all virtual users: they take turns at the same sessions. */
const run = new SharedArray('run', () => [Date.now().toString(36)])[0]!;

const accepted = new Counter('events_accepted');
const rejected = new Counter('events_rejected');
const unanswered = new Counter('events_unanswered');
const repeated = new Counter('requests_repeated');
const found = new Counter('events_in_journeys');
const missing = new Counter('events_missing');
const doubled = new Counter('events_doubled');
const accept = new Trend('accept_ms');
const visible = new Trend('visible_ms');
const summary = new Trend('summary_ms');

const GRACE_S = 45;
const POLL_MS = 20;
const POLL_LIMIT_MS = 30_000;
/** At the end: how long what is still under way may take. */
const DRAIN_MS = 60_000;
const READ_AT_ONCE = 10;

const strictly = (condition: string): string[] => (SETTINGS.strict ? [condition] : []);

export const options: Options = {
  scenarios: {
    visitors: {
      executor: 'constant-arrival-rate',
      exec: 'visitors',
      // The whole plan, evenly: the average request is not a whole number of events.
      rate: planned.length,
      timeUnit: `${SETTINGS.duration}s`,
      duration: `${SETTINGS.duration}s`,
      preAllocatedVUs: 50,
      maxVUs: 400,
      gracefulStop: `${GRACE_S}s`,
    },
    // One virtual user that waits for the others, then looks for all that they sent.
    check: {
      executor: 'per-vu-iterations',
      exec: 'check',
      startTime: `${SETTINGS.duration}s`,
      maxDuration: '30m',
    },
  },
  thresholds: {
    events_rejected: ['count==0'],
    events_unanswered: ['count==0'],
    events_missing: ['count==0'],
    events_doubled: ['count==0'],
    dropped_iterations: strictly('count==0'),
    accept_ms: strictly(`p(99)<${GOALS.accept_ms}`),
    visible_ms: strictly(`p(99)<${GOALS.visible_ms}`),
    summary_ms: strictly(`p(99)<${GOALS.summary_ms}`),
  },
  batchPerHost: READ_AT_ONCE,
  summaryTrendStats: ['count', 'med', 'p(95)', 'p(99)', 'max'],
};

const tenantOf = (session: number) => endpoints.tenants[session % endpoints.tenants.length]!;
const sessionIdOf = (session: number): string => `sess_${run}_${session}`;
const eventIdOf = (session: number, key: string): string => `evt_${sessionIdOf(session)}_${key}`;

/** One request of the plan. */
export function visitors(): void {
  const next = planned[exec.scenario.iterationInTest];
  if (!next) return;
  const { session, batch } = next;
  const visit = visits[next.visit]!;
  const batches = cut(visit, SETTINGS);
  const { due_ms, events: indexes } = batches[batch]!;
  const events = indexes.map((index) => visit[index]!);
  const tenant = tenantOf(session);
  const session_id = sessionIdOf(session);
  const leftAt = Date.now();
  const flat = events.map(({ offset_ms, key, body: rest }) => ({
    schema_version: '1.0',
    event_id: eventIdOf(session, key),
    timestamp: new Date(leftAt - (due_ms - offset_ms) / SETTINGS.pace).toISOString(),
    session_id,
    tenant_hash: tenant.tenant_hash,
    ...rest,
  }));
  const headers: Record<string, string> =
    events[0]!.origin === 'server'
      ? { 'x-server-key': tenant.server_key }
      : { 'x-write-key': tenant.write_key };
  const { answer, tookMs, attempts } = deliver(`${endpoints.ingest_url}/events`, headers, () =>
    JSON.stringify({
      sent_at: new Date().toISOString(),
      sdk: { name: 'k6', version: '1.0.0' },
      events: flat,
    }),
  );
  repeated.add(attempts - 1);
  const answered =
    answer && answer.accepted + answer.duplicates + answer.rejected.length === events.length;
  if (!answered) {
    unanswered.add(events.length);
    return;
  }
  accept.add(tookMs);
  accepted.add(answer.accepted + answer.duplicates);
  if (answer.rejected.length > 0) {
    rejected.add(answer.rejected.length);
    console.error(`${session_id}: ${JSON.stringify(answer.rejected)}`);
    return;
  }

  if (events.some(isClosing) && Math.random() < SETTINGS.closeSample) {
    const before = batches.slice(0, batch + 1);
    const count = before.reduce((sum, each) => sum + each.events.length, 0);
    const isClosed = ({ session: { closed_by, event_count } }: Journey) =>
      closed_by !== null && event_count >= count;
    summary.add(timeUntil(isClosed, tenant.tenant_hash, session_id, leftAt));
  } else if (Math.random() < SETTINGS.sample) {
    const ids = flat.map(({ event_id }) => event_id);
    const areThere = ({ steps }: Journey) =>
      ids.every((id) => steps.some(({ event_id }) => event_id === id));
    visible.add(timeUntil(areThere, tenant.tenant_hash, session_id, leftAt));
  }
}

/** Milliseconds from leaving the page until the journey says so; the limit when it does not. */
function timeUntil(
  holds: (journey: Journey) => boolean,
  tenantHash: string,
  sessionId: string,
  leftAt: number,
): number {
  for (;;) {
    const journey = readJourney(endpoints, tenantHash, sessionId);
    const ms = Date.now() - leftAt;
    if ((journey && holds(journey)) || ms > POLL_LIMIT_MS) return ms;
    // The longer it takes the less often: a tenth more or less says as much, and costs less.
    sleep(Math.max(POLL_MS, ms / 10) / 1_000);
  }
}

interface Sent {
  session: number;
  /** Event ids. */
  ids: string[];
}

/** What left, by session: requests leave in the plan's order, so a run that fell behind sent a part. */
function sentSessions(requests: number): Sent[] {
  const library = visits.map((visit) =>
    cut(visit, SETTINGS).map(({ events }) => events.map((index) => visit[index]!.key)),
  );
  const sessions = new Map<number, Sent>();
  for (let i = 0; i < requests; i += 1) {
    const { session, visit, batch } = planned[i]!;
    let sent = sessions.get(session);
    if (!sent) sessions.set(session, (sent = { session, ids: [] }));
    sent.ids.push(...library[visit]![batch]!.map((key) => eventIdOf(session, key)));
  }
  return [...sessions.values()];
}

/** How often each event that was sent is in its journey. */
function tally({ ids }: Sent, journey: Journey | undefined) {
  const times = new Map<string, number>();
  for (const { event_id } of journey?.steps ?? []) {
    times.set(event_id, (times.get(event_id) ?? 0) + 1);
  }
  const absent = ids.filter((id) => !times.has(id));
  const surplus = (journey?.steps.length ?? 0) - (ids.length - absent.length);
  return { absent, surplus: Math.max(surplus, (journey?.session.event_count ?? 0) - ids.length) };
}

/** Reads every session that was sent and looks for every event. */
export function check(): void {
  while (exec.instance.vusActive > 1) sleep(0.5);
  const { iterationsCompleted, iterationsInterrupted } = exec.instance;
  const requests = Math.min(planned.length, iterationsCompleted + iterationsInterrupted);
  let left = sentSessions(requests);
  const end = Date.now() + DRAIN_MS;
  for (let last = false; left.length > 0;) {
    const incomplete: Sent[] = [];
    for (let i = 0; i < left.length; i += READ_AT_ONCE) {
      const part = left.slice(i, i + READ_AT_ONCE);
      const journeys = readJourneys(
        endpoints,
        part.map(({ session }) => ({
          tenantHash: tenantOf(session).tenant_hash,
          sessionId: sessionIdOf(session),
        })),
      );
      part.forEach((sent, at) => {
        const { absent, surplus } = tally(sent, journeys[at]);
        if (absent.length > 0 && !last) {
          incomplete.push(sent);
          return;
        }
        found.add(sent.ids.length - absent.length);
        missing.add(absent.length);
        doubled.add(Math.max(0, surplus));
        if (absent.length > 0) console.error(`not in their journey: ${absent.join(', ')}`);
      });
    }
    left = incomplete;
    if (left.length > 0) sleep(1);
    last = Date.now() > end;
  }
}

export const handleSummary = (data: SummaryData): Record<string, string> =>
  report(data, { requests: planned.length });
