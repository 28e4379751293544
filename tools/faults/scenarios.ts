/** Everything that is done to the pipeline, as data. */
import {
  CRASH_POINTS,
  crashAtPoints,
  killAtRandom,
  leaveAlone,
  troubleTables,
  type Attack,
  type Phase,
} from './attacks.ts';
import type { InvariantName } from './invariants.ts';
import { sendPoison } from './poison.ts';
import {
  anyOf,
  conflicts,
  lostAnswers,
  outage,
  partialBatches,
  throttling,
} from './table-faults.ts';

export interface Scenario {
  name: string;
  /** All at the same time, while the load runs; the load ends with the last of them. */
  attacks: Attack[];
}

const tablePhases = (ms: number): Phase[] => [
  { name: 'partial batches', fault: (random) => partialBatches(random, 0.5), ms },
  { name: 'lost answers', fault: (random) => lostAnswers(random, 0.1), ms },
  { name: 'throttling', fault: (random) => throttling(random, 0.3), ms },
  { name: 'conflicts', fault: (random) => conflicts(random, 0.3), ms },
  { name: 'outage', fault: outage, ms },
  {
    name: 'everything at once',
    fault: (random) =>
      anyOf(
        partialBatches(random, 0.3),
        lostAnswers(random, 0.05),
        throttling(random, 0.1),
        conflicts(random, 0.1),
      ),
    ms,
  },
];

/** A fault test is worth what it kills: at least this often, per process and per crash point. */
export const FULL_KILLS = 50;
export const CI_KILLS = 5;

export const fullScenarios = (kills: number): Scenario[] => [
  { name: 'calm', attacks: [leaveAlone(15_000)] },
  { name: 'kill-ingest', attacks: [killAtRandom('ingest', kills)] },
  { name: 'kill-sessionizer', attacks: [killAtRandom('sessionizer', kills)] },
  { name: 'kill-nats', attacks: [killAtRandom('nats-server', kills)] },
  {
    name: 'kill-everything',
    attacks: [
      killAtRandom('ingest', Math.ceil(kills / 2)),
      killAtRandom('sessionizer', Math.ceil(kills / 2)),
      killAtRandom('nats-server', Math.ceil(kills / 2)),
    ],
  },
  { name: 'crash-points', attacks: [crashAtPoints(CRASH_POINTS, kills)] },
  { name: 'tables', attacks: [troubleTables(tablePhases(20_000))] },
  {
    name: 'tables-and-kills',
    attacks: [troubleTables(tablePhases(8_000)), killAtRandom('sessionizer', Math.ceil(kills / 2))],
  },
  {
    name: 'poison',
    attacks: [
      sendPoison(40),
      killAtRandom('sessionizer', CI_KILLS),
      killAtRandom('nats-server', CI_KILLS),
    ],
  },
];

export const ciScenarios = (kills: number): Scenario[] => [
  {
    name: 'kill-everything',
    attacks: [
      killAtRandom('ingest', kills),
      killAtRandom('sessionizer', kills),
      killAtRandom('nats-server', kills),
    ],
  },
  { name: 'crash-points', attacks: [crashAtPoints(CRASH_POINTS, kills)] },
  { name: 'tables-and-poison', attacks: [troubleTables(tablePhases(2_500)), sendPoison(10)] },
];

/**
 * Deliberate bugs of the sessionizer (PLANTED_BUG), each with an attack that shows it and the
 * invariant that has to notice.
 */
export const plantedBugs = (): { bug: string; scenario: Scenario; caughtBy: InvariantName }[] => [
  {
    bug: 'ack-before-write',
    scenario: { name: 'kill-sessionizer', attacks: [killAtRandom('sessionizer', 2 * CI_KILLS)] },
    caughtBy: 'every acknowledged event is stored',
  },
  {
    bug: 'bare-add',
    scenario: {
      name: 'lost-answers',
      attacks: [
        troubleTables([
          { name: 'lost answers', fault: (random) => lostAnswers(random, 0.1), ms: 10_000 },
        ]),
      ],
    },
    caughtBy: 'item counters equal a recount',
  },
  {
    bug: 'skip-unprocessed',
    scenario: {
      name: 'partial-batches',
      attacks: [
        troubleTables([
          { name: 'partial batches', fault: (random) => partialBatches(random, 0.5), ms: 8_000 },
        ]),
      ],
    },
    caughtBy: 'every acknowledged event is stored',
  },
];
