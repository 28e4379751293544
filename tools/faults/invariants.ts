/**
 * What has to hold once a scenario is over. Pure: a ledger and a durable state go in, verdicts come
 * out, so that every check can be shown to fail on a state that was tampered with.
 */
import { isDeepStrictEqual } from 'node:util';
import { KEYS, type DeadLetter } from '@picasso/contracts';
import type { DurableState } from './durable-state.ts';
import { eventKey, type ExpectedLetter, type LedgerEvent } from './ledger.ts';

export interface Verdict {
  name: InvariantName;
  /** Up to a few examples of what is wrong; empty: it holds. */
  violations: string[];
}

/** What the ledger contributes; see the class of that name. */
export interface Promised {
  sent: ReadonlyMap<string, LedgerEvent>;
  acknowledged: ReadonlyMap<string, LedgerEvent>;
  expectedLetters: readonly ExpectedLetter[];
  refusals: readonly string[];
}

export interface Evidence {
  promised: Promised;
  state: DurableState;
  /** From the load's end to the last acknowledgement; null: it never came. */
  drainMs: number | null;
}

export const DRAIN_LIMIT_MS = 60_000;

const INVARIANTS = {
  'nothing valid is refused': ({ promised }) => promised.refusals,
  'every acknowledged event is stored': lostEvents,
  'nothing is stored that was not sent': strangers,
  'each event is stored once': storedTwice,
  'item counters equal a recount': wrongCounters,
  'each counter’s days add up to it': wrongDays,
  'the DLQ holds what was to be rejected, and nothing else': wrongLetters,
  'drained within 60 s after the load': ({ drainMs }) =>
    drainMs === null || drainMs > DRAIN_LIMIT_MS ? [`drained after ${drainMs ?? '∞'} ms`] : [],
  'accepted = stored + duplicates + dead-lettered + waiting': unbalanced,
  'the pipeline’s own ledger agrees': wrongLedger,
  'every session is final and its summary equals a recomputation': wrongSummaries,
} satisfies Record<string, (evidence: Evidence) => Iterable<string>>;

export type InvariantName = keyof typeof INVARIANTS;

export const INVARIANT_NAMES = Object.keys(INVARIANTS) as InvariantName[];

export const checkInvariants = (evidence: Evidence): Verdict[] =>
  INVARIANT_NAMES.map((name) => ({ name, violations: [...INVARIANTS[name](evidence)] }));

const sequenceKey = (seq: number | null): string => `seq:${seq}`;

const letterEvent = ({ event }: DeadLetter): string | undefined => {
  const id = (event as { event_id?: unknown } | null)?.event_id;
  return typeof id === 'string' ? id : undefined;
};

/** By event where there is one to be read, else by the message that it was. */
const letterKey = (letter: DeadLetter): string => {
  const event_id = letterEvent(letter);
  return event_id === undefined || letter.session_id === null
    ? sequenceKey(letter.stream_seq)
    : eventKey({ tenant_hash: letter.tenant_hash, session_id: letter.session_id, event_id });
};

function* lostEvents({ promised, state }: Evidence): Iterable<string> {
  const stored = new Set(state.rows.map(eventKey));
  const rejected = new Set(promised.expectedLetters.map(({ what }) => what));
  for (const key of promised.acknowledged.keys())
    if (!stored.has(key) && !rejected.has(key)) yield key;
}

function* strangers({ promised, state }: Evidence): Iterable<string> {
  for (const row of state.rows) if (!promised.sent.has(eventKey(row))) yield eventKey(row);
}

function* storedTwice({ state }: Evidence): Iterable<string> {
  const rows = new Map<string, string>();
  for (const row of state.rows) {
    const key = eventKey(row);
    const before = rows.get(key);
    if (before !== undefined) yield `${key} at ${before} and at ${row.sk}`;
    rows.set(key, row.sk);
  }
}

function* wrongCounters({ promised, state }: Evidence): Iterable<string> {
  const recount = new Map<string, number>();
  const seen = new Set<string>();
  for (const row of state.rows) {
    const key = eventKey(row);
    const item = promised.sent.get(key)?.item;
    if (!item || seen.has(key)) continue;
    seen.add(key);
    const counter = `${row.tenant_hash} ${item}`;
    recount.set(counter, (recount.get(counter) ?? 0) + 1);
  }
  for (const { tenant_hash, item, click_count } of state.counters) {
    const counter = `${tenant_hash} ${item}`;
    const clicks = recount.get(counter) ?? 0;
    recount.delete(counter);
    if (click_count !== clicks) yield `${counter} says ${click_count}, stored clicks are ${clicks}`;
  }
  for (const [counter, clicks] of recount)
    yield `${counter} is missing, stored clicks are ${clicks}`;
}

function* wrongDays({ state }: Evidence): Iterable<string> {
  for (const { tenant_hash, item, click_count, by_day } of state.counters) {
    if (by_day !== click_count) {
      yield `${tenant_hash} ${item} says ${click_count}, its days add up to ${by_day}`;
    }
  }
}

function* wrongLetters({ promised, state }: Evidence): Iterable<string> {
  const missing = new Set(promised.expectedLetters.map(({ reason, what }) => `${reason} ${what}`));
  for (const letter of state.letters) {
    const found = `${letter.reason} ${letterKey(letter)}`;
    if (!missing.delete(found)) yield `unexpected or twice: ${found} (${letter.error})`;
  }
  for (const expected of missing) yield `missing: ${expected}`;
}

interface Balance {
  accepted: number;
  stored: number;
  duplicates: number;
  deadLettered: number;
  waiting: number;
}

/**
 * Per tenant, from what lies on disk only. `accepted` is what the messages' headers announce; every
 * event of a message was dead-lettered, or brought by an earlier one (a duplicate), or is stored, or
 * still waits for its message to be acknowledged. A message that nobody can read holds no events;
 * its letter is expected by its sequence.
 */
const balances = ({ state }: Evidence): Map<string, Balance> => {
  const found = new Map<string, Balance>();
  const of = (tenant: string): Balance => {
    const balance = found.get(tenant) ?? {
      accepted: 0,
      stored: 0,
      duplicates: 0,
      deadLettered: 0,
      waiting: 0,
    };
    found.set(tenant, balance);
    return balance;
  };
  const letters = new Set(
    state.letters.map((letter) => `${letter.stream_seq} ${letterKey(letter)}`),
  );
  const stored = new Set<string>();
  for (const row of state.rows) {
    of(row.tenant_hash).stored += 1;
    stored.add(eventKey(row));
  }
  const seen = new Set<string>();
  for (const { seq, tenant_hash, announced, events } of state.messages) {
    const balance = of(tenant_hash);
    balance.accepted += announced;
    for (const event of events) {
      const key = eventKey(event);
      if (letters.has(`${seq} ${key}`)) balance.deadLettered += 1;
      else if (seen.has(key)) balance.duplicates += 1;
      else if (seq > state.waitingAfterSeq && !stored.has(key)) balance.waiting += 1;
      seen.add(key);
    }
  }
  return found;
};

function* unbalanced(evidence: Evidence): Iterable<string> {
  for (const { seq, announced, events } of evidence.state.messages) {
    if (announced !== events.length)
      yield `message ${seq} announces ${announced} events and holds ${events.length}`;
  }
  for (const [tenant, { accepted, stored, duplicates, deadLettered, waiting }] of balances(
    evidence,
  )) {
    if (accepted !== stored + duplicates + deadLettered + waiting) {
      yield `${tenant}: ${accepted} ≠ ${stored} + ${duplicates} + ${deadLettered} + ${waiting}`;
    }
  }
}

/** What the sessionizer itself makes of it, as far as it has got; exact once it has seen everything. */
function* wrongLedger(evidence: Evidence): Iterable<string> {
  const { ledger, messages } = evidence.state;
  const complete = ledger.position >= (messages.at(-1)?.seq ?? 0);
  for (const [tenant, own] of balances(evidence)) {
    const counts = ledger.counts.get(tenant);
    if (counts === undefined) {
      if (complete) yield `${tenant} is not in it`;
      continue;
    }
    const { accepted, stored, duplicates, dead_lettered, missing } = counts;
    if (missing !== 0) yield `${tenant}: it misses ${missing} events`;
    if (accepted !== stored + duplicates + dead_lettered + missing) {
      yield `${tenant}: ${accepted} ≠ ${stored} + ${duplicates} + ${dead_lettered} + ${missing}`;
    }
    if (!complete) continue;
    // Copies of an event that two replicas store at the same moment may both count as stored.
    const wanted = [own.accepted, own.stored + own.duplicates, own.deadLettered];
    const actual = [accepted, stored + duplicates, dead_lettered];
    if (!isDeepStrictEqual(actual, wanted) || stored < own.stored) {
      yield `${tenant}: accepted, stored or duplicate (${stored} stored), dead-lettered are ${actual.join(', ')}, not ${wanted.join(', ')} (${own.stored} stored)`;
    }
  }
}

function* wrongSummaries({ state }: Evidence): Iterable<string> {
  const summarised = new Set<string>();
  for (const { tenant_hash, session_id, status, stored, recomputed } of state.sessions) {
    summarised.add(KEYS.session(tenant_hash, session_id));
    if (status !== 'final' || !stored) yield `${session_id} is ${status}`;
    else {
      const fields = Object.keys(recomputed) as (keyof typeof recomputed)[];
      const wrong = fields.filter((field) => !isDeepStrictEqual(stored[field], recomputed[field]));
      for (const field of wrong) {
        yield `${session_id}.${field} is ${JSON.stringify(stored[field])}, not ${JSON.stringify(recomputed[field])}`;
      }
    }
  }
  const sessions = new Set(state.rows.map((row) => KEYS.session(row.tenant_hash, row.session_id)));
  for (const session of sessions) if (!summarised.has(session)) yield `${session} has no summary`;
}
