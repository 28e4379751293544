/** What the query API says of the sessions that the witness heard of, held against what it heard. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Stack } from '../harness/stack.ts';
import type { Promised } from './site.ts';

export interface JourneyCheck {
  sessions: number;
  /** Events that were promised. */
  promised: number;
  stored: number;
  /** Neither in a journey nor in a buffer. */
  lost: Promised[];
  twice: string[];
  /** Two promised events of a session with one number. */
  shared: string[];
  /** Sessions with holes in their numbers. */
  gaps: string[];
  /** Answered events that nobody promised: tracked as the page went away, SESSION_ENDED. */
  unpromised: number;
}

interface Journey {
  steps: { event_id: string; sequence_number: number | null }[];
  gaps: unknown[];
}

const SETTLE_MS = 30_000;

async function journeyOf(stack: Stack, token: string, session: string): Promise<Journey> {
  const answer = await fetch(`${stack.query.url}/analytics/journey/${session}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  if (answer.status === 404) return { steps: [], gaps: [] };
  if (!answer.ok) throw new Error(`journey of ${session}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as Journey;
}

export interface CheckOptions {
  stack: Stack;
  tenant: string;
  promised: readonly Promised[];
  /** Ids of events that are still in a buffer. */
  left: ReadonlySet<string>;
}

const groupBy = <T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> => {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
};

const repeated = (values: readonly (string | number)[]): (string | number)[] =>
  values.filter((value, index) => values.indexOf(value) !== index);

/** Waits until everything has arrived, or for half a minute. */
export async function checkJourneys(options: CheckOptions): Promise<JourneyCheck> {
  const deadline = Date.now() + SETTLE_MS;
  for (;;) {
    const check = await checkOnce(options);
    if (check.lost.length === 0 || Date.now() > deadline) return check;
    await sleep(1_000);
  }
}

async function checkOnce({ stack, tenant, promised, left }: CheckOptions): Promise<JourneyCheck> {
  const token = await stack.token(tenant);
  const bySession = groupBy(promised, ({ session_id }) => session_id);
  const check: JourneyCheck = {
    sessions: bySession.size,
    promised: promised.length,
    stored: 0,
    lost: [],
    twice: [],
    shared: [],
    gaps: [],
    unpromised: 0,
  };
  for (const [session, events] of bySession) {
    const { steps, gaps } = await journeyOf(stack, token, session);
    const ids = steps.map(({ event_id }) => event_id);
    check.stored += ids.length;
    check.lost.push(
      ...events.filter(({ event_id }) => !ids.includes(event_id) && !left.has(event_id)),
    );
    check.twice.push(...repeated(ids).map(String));
    const numbers = steps.flatMap(({ sequence_number }) => sequence_number ?? []);
    const promisedNumbers = events.map(({ sequence_number }) => sequence_number);
    const shared = [...repeated(numbers), ...repeated(promisedNumbers)];
    check.shared.push(...shared.map((number) => `${session} ${number}`));
    const waiting = events.some(({ event_id }) => left.has(event_id));
    if (gaps.length > 0 && !waiting) check.gaps.push(`${session} ${JSON.stringify(gaps)}`);
    const known = new Set(events.map(({ event_id }) => event_id));
    check.unpromised += ids.filter((id) => !known.has(id)).length;
  }
  return check;
}

/** One line per broken promise; none when all is well. */
export const mistakesIn = ({ lost, twice, shared, gaps }: JourneyCheck): string[] => [
  ...lost.map(
    ({ event_id, session_id, sequence_number, visitor }) =>
      `lost: ${event_id}, number ${sequence_number} of ${session_id} (visitor ${visitor})`,
  ),
  ...twice.map((id) => `twice in its journey: ${id}`),
  ...shared.map((what) => `shared number: ${what}`),
  ...gaps.map((what) => `gap: ${what}`),
];
