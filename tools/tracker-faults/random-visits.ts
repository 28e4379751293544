/** Visitors at random on a website whose server has bad days. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { inParallel } from '../harness/parallel.ts';
import { createRandom, type Random } from '../harness/random.ts';
import type { GatewayMode } from './gateway.ts';
import { checkJourneys, mistakesIn, type JourneyCheck } from './journeys.ts';
import { explainRepeats, type Repeats } from './repeats.ts';
import type { Sabotage } from './sabotage.ts';
import { TENANT, type Grounds } from './stack.ts';
import { playVisit } from './visit.ts';

export interface RandomVisits {
  runs: number;
  /** Visits at a time. */
  parallel: number;
  actions: number;
  seed: number;
  sabotage?: Sabotage;
  progress?: (done: number) => void;
  /** Begins no more visits; what was done until then counts. */
  signal?: AbortSignal;
}

export interface RandomVisitsReport {
  /** Visits that were made. */
  runs: number;
  check: JourneyCheck;
  /** Empty when all is well. */
  mistakes: string[];
  left: number;
  attacks: Record<string, number>;
  done: Record<string, number>;
  repeats: Repeats;
  largestBody: number;
}

const BAD_DAYS: readonly GatewayMode[] = ['unavailable', 'cut', 'swallow', 'slow'];

/** Troubles the gateway and kills ingest, until told to stop. */
async function attack(
  { gateway, stack }: Grounds,
  random: Random,
  signal: AbortSignal,
): Promise<Record<string, number>> {
  const attacks: Record<string, number> = {};
  while (!signal.aborted) {
    const kind = random.chance(0.25) ? 'kill' : random.pick(BAD_DAYS);
    attacks[kind] = (attacks[kind] ?? 0) + 1;
    if (kind === 'kill') {
      await stack.ingest.kill();
      await sleep(random.int(0, 1_000));
      await stack.ingest.start();
      await stack.ingest.waitUntilReady();
    } else {
      gateway.mode = kind;
      await sleep(random.int(200, 2_500));
      gateway.mode = 'pass';
    }
    await sleep(random.int(300, 2_500));
  }
  return attacks;
}

export async function playRandomVisits(
  grounds: Grounds,
  browser: Browser,
  { runs, parallel, actions, seed, sabotage, progress, signal }: RandomVisits,
): Promise<RandomVisitsReport> {
  const { gateway, site } = grounds;
  const over = new AbortController();
  const attacker = attack(grounds, createRandom(seed), over.signal);
  const left = new Set<string>();
  const errors: string[] = [];
  const done: Record<string, number> = {};
  let finished = 0;
  try {
    await inParallel(
      Array.from({ length: runs }, (_, i) => i),
      parallel,
      async (i) => {
        if (signal?.aborted) return;
        const result = await playVisit({
          browser,
          site,
          random: createRandom(seed + 1_000 + i),
          name: `v${i}`,
          framed: i % 2 === 1,
          actions,
          sabotage,
        });
        result.left.forEach((id) => left.add(id));
        errors.push(...result.errors.map((error) => `visitor v${i}: ${error}`));
        for (const [what, times] of Object.entries(result.done)) {
          done[what] = (done[what] ?? 0) + times;
        }
        progress?.((finished += 1));
      },
    );
  } finally {
    over.abort();
  }
  const attacks = await attacker;
  const check = await checkJourneys({
    stack: grounds.stack,
    tenant: TENANT,
    promised: site.promised,
    left,
  });
  return {
    runs: finished,
    check,
    mistakes: [...errors, ...mistakesIn(check)],
    left: left.size,
    attacks,
    done,
    repeats: explainRepeats(gateway.requests, site.passages),
    largestBody: Math.max(0, ...gateway.requests.map(({ bytes }) => bytes)),
  };
}
