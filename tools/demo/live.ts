/** A trickle of visitors who are there right now, for as long as the local stack runs. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom, type Random } from '../harness/random.ts';
import { conversation, pageViews, pickSite } from './generate.ts';
import type { DemoJourney } from './journey-writer.ts';
import { sendEvents, type Sender } from './send.ts';

/** Pause between two arrivals, seconds. */
const ARRIVALS = { from: 3, to: 15 };
const PAGE_VIEW_SHARE = 0.35;
/** Like the SDK, which gathers events for a moment before it sends. */
const FLUSH_MS = 1_500;

/** Plays one journey in real time: each event leaves shortly after it happened. */
async function play(sender: Sender, journey: DemoJourney, signal: AbortSignal): Promise<void> {
  const waiting = [...journey.events];
  while (waiting.length > 0) {
    await sleep(Math.max(0, waiting[0]!.at_ms - Date.now()) + FLUSH_MS, undefined, { signal });
    const due = waiting.findIndex(({ at_ms }) => at_ms > Date.now());
    await sendEvents(
      sender,
      journey.tenant_hash,
      waiting.splice(0, due === -1 ? waiting.length : due),
    );
  }
}

function arrive(random: Random): DemoJourney {
  const visit = random.chance(PAGE_VIEW_SHARE) ? pageViews : conversation;
  return visit(pickSite(random), random, Date.now());
}

/**
 * Runs until the signal aborts; resolves then. A visitor whose events cannot be sent is forgotten:
 * the services' own logs say why.
 */
export async function trickle(sender: Sender, seed: number, signal: AbortSignal): Promise<void> {
  const random = createRandom(seed);
  while (!signal.aborted) {
    void play(sender, arrive(random), signal).catch(() => undefined);
    const pause = 1_000 * random.int(ARRIVALS.from, ARRIVALS.to);
    await sleep(pause, undefined, { signal }).catch(() => undefined);
  }
}
