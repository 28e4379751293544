import { describe, expect, it } from '@jest/globals';
import type { DeadLetter, SessionSummary } from '@picasso/contracts';
import type { DurableState } from './durable-state.ts';
import {
  checkInvariants,
  INVARIANT_NAMES,
  type Evidence,
  type InvariantName,
} from './invariants.ts';
import { eventKey, type LedgerEvent } from './ledger.ts';

const TENANT = 'tn_north';

const ledgerEvent = (
  session_id: string,
  event_id: string,
  item: string | null = null,
): LedgerEvent => ({
  tenant_hash: TENANT,
  session_id,
  event_id,
  item,
});

const CLICK = ledgerEvent('s1', 'e2', 'cta#give');
const GOOD = [ledgerEvent('s1', 'e1'), CLICK];
const LATE = ledgerEvent('s2', 'e9');

const letter = (event: LedgerEvent, stream_seq: number): DeadLetter => ({
  v: 1,
  tenant_hash: TENANT,
  reason: 'too_late',
  error: 'the session started too long ago',
  path: '',
  event: { event_id: event.event_id },
  session_id: event.session_id,
  origin: 'browser',
  attempts: 1,
  first_ms: 1,
  last_ms: 1,
  stream_seq,
});

const summary = { session_id: 's1', event_count: 2, closed_by: 'timeout' } as SessionSummary;

/** Two good events, one of them delivered twice, and one that was rightly turned away. */
const evidence = (change: (state: DurableState) => void = () => {}): Evidence => {
  const state: DurableState = {
    rows: GOOD.map((event, i) => ({ ...event, sk: `STEP#00000${i}` })),
    sessions: [
      {
        tenant_hash: TENANT,
        session_id: 's1',
        status: 'final',
        stored: { ...summary },
        recomputed: summary,
      },
    ],
    counters: [{ tenant_hash: TENANT, item: 'cta#give', click_count: 1, by_day: 1 }],
    messages: [
      { seq: 1, tenant_hash: TENANT, announced: 2, events: GOOD },
      { seq: 2, tenant_hash: TENANT, announced: 1, events: [CLICK] },
      { seq: 3, tenant_hash: TENANT, announced: 1, events: [LATE] },
    ],
    waitingAfterSeq: 3,
    // It has not seen the last message yet.
    ledger: {
      position: 2,
      counts: new Map([
        [TENANT, { accepted: 4, stored: 2, duplicates: 1, dead_lettered: 1, missing: 0 }],
      ]),
    },
    letters: [letter(LATE, 3)],
  };
  change(state);
  return {
    state,
    drainMs: 1_200,
    promised: {
      sent: new Map(GOOD.map((event) => [eventKey(event), event])),
      acknowledged: new Map([...GOOD, LATE].map((event) => [eventKey(event), event])),
      expectedLetters: [{ reason: 'too_late', what: eventKey(LATE) }],
      refusals: [],
    },
  };
};

const broken = (given: Evidence): InvariantName[] =>
  checkInvariants(given)
    .filter(({ violations }) => violations.length > 0)
    .map(({ name }) => name);

describe('invariants', () => {
  it('hold on a state that kept every promise', () => {
    expect(broken(evidence())).toEqual([]);
  });

  const doctored: [string, (state: DurableState) => void, InvariantName[]][] = [
    [
      'a lost event',
      ({ rows }) => rows.splice(0, 1),
      [
        'every acknowledged event is stored',
        'accepted = stored + duplicates + dead-lettered + waiting',
      ],
    ],
    [
      'a lost click',
      ({ rows }) => rows.splice(1, 1),
      [
        'every acknowledged event is stored',
        'item counters equal a recount',
        'accepted = stored + duplicates + dead-lettered + waiting',
      ],
    ],
    [
      'an event that nobody sent',
      ({ rows }) => rows.push({ ...ledgerEvent('s1', 'forged'), sk: 'STEP#000009' }),
      [
        'nothing is stored that was not sent',
        'accepted = stored + duplicates + dead-lettered + waiting',
      ],
    ],
    [
      'an event under two keys',
      ({ rows }) => rows.push({ ...CLICK, sk: 'STEP#000007' }),
      ['each event is stored once', 'accepted = stored + duplicates + dead-lettered + waiting'],
    ],
    [
      'a click counted twice',
      ({ counters }) => Object.assign(counters[0]!, { click_count: 2, by_day: 2 }),
      ['item counters equal a recount'],
    ],
    [
      'a click counted on no day',
      ({ counters }) => (counters[0]!.by_day = 0),
      ['each counter’s days add up to it'],
    ],
    [
      'a counter that is not there',
      ({ counters }) => counters.splice(0, 1),
      ['item counters equal a recount'],
    ],
    [
      'a good event in the DLQ',
      ({ letters }) => letters.push(letter(GOOD[0]!, 1)),
      [
        'the DLQ holds what was to be rejected, and nothing else',
        'accepted = stored + duplicates + dead-lettered + waiting',
      ],
    ],
    [
      'a rejected event that vanished',
      ({ letters }) => letters.splice(0, 1),
      [
        'the DLQ holds what was to be rejected, and nothing else',
        'accepted = stored + duplicates + dead-lettered + waiting',
      ],
    ],
    [
      'a header that miscounts',
      ({ messages }) => (messages[0]!.announced = 3),
      ['accepted = stored + duplicates + dead-lettered + waiting'],
    ],
    [
      'a summary that misses an event',
      ({ sessions }) => (sessions[0]!.stored!.event_count = 1),
      ['every session is final and its summary equals a recomputation'],
    ],
    [
      'a session that never closed',
      ({ sessions }) => (sessions[0]!.status = 'open'),
      ['every session is final and its summary equals a recomputation'],
    ],
    [
      'a session without a summary',
      ({ sessions }) => sessions.splice(0, 1),
      ['every session is final and its summary equals a recomputation'],
    ],
  ];
  it.each(doctored)('notice %s', (_, change, expected) => {
    expect(broken(evidence(change))).toEqual(expected);
  });

  it('notice a refusal of a valid event, and a pipeline that does not drain', () => {
    const given = evidence();
    expect(broken({ ...given, drainMs: null })).toEqual(['drained within 60 s after the load']);
    expect(broken({ ...given, drainMs: 60_001 })).toEqual(['drained within 60 s after the load']);
    expect(broken({ ...given, promised: { ...given.promised, refusals: ['401'] } })).toEqual([
      'nothing valid is refused',
    ]);
  });

  it('count what is still waiting as neither stored nor lost from the balance', () => {
    const given = evidence((state) => {
      state.messages.push({
        seq: 4,
        tenant_hash: TENANT,
        announced: 1,
        events: [ledgerEvent('s3', 'e1')],
      });
    });
    expect(broken(given)).toEqual([]);
  });

  it('compare the pipeline’s own ledger once it has seen everything', () => {
    const counts = { accepted: 4, stored: 2, duplicates: 1, dead_lettered: 1, missing: 0 };
    const withLedger = (position: number, change: Partial<typeof counts>): InvariantName[] =>
      broken(
        evidence((state) => {
          state.ledger = { position, counts: new Map([[TENANT, { ...counts, ...change }]]) };
        }),
      );
    expect(withLedger(3, {})).toEqual([]);
    expect(withLedger(3, { accepted: 5, stored: 3 })).toEqual(['the pipeline’s own ledger agrees']);
    expect(withLedger(2, { accepted: 5, stored: 3 })).toEqual([]);
    expect(withLedger(2, { accepted: 5, missing: 1 })).toEqual([
      'the pipeline’s own ledger agrees',
    ]);
  });

  it('are all reported, whether they hold or not', () => {
    expect(checkInvariants(evidence()).map(({ name }) => name)).toEqual(INVARIANT_NAMES);
  });
});
