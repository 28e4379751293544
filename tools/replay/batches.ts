/** Cuts sessions into requests: as the SDK flushes, and as a hostile network delivers. */
import type { Random } from '../harness/random.ts';
import type { Dialogue, DialogueEvent } from './dialogues.ts';

/** The SDK flushes at ten events or five seconds after the first unsent one. */
const FLUSH_EVENTS = 10;
const FLUSH_MS = 5_000;

export interface Batch {
  dialogue: Dialogue;
  events: DialogueEvent[];
}

/** One session's batches, in the order in which its page would send them. */
export const sdkBatches = (dialogue: Dialogue): Batch[] => {
  const batches: Batch[] = [];
  for (const event of dialogue.events) {
    const open = batches.at(-1);
    const first = open?.events[0];
    if (
      open !== undefined &&
      first !== undefined &&
      open.events.length < FLUSH_EVENTS &&
      event.offset_ms - first.offset_ms < FLUSH_MS
    ) {
      open.events.push(event);
    } else {
      batches.push({ dialogue, events: [event] });
    }
  }
  return batches;
};

/** `now` goes out first; `late` only after everything before it is stored, summarised and closed. */
export interface Chaos {
  now: Batch[];
  late: Batch[];
}

/**
 * Every batch twice, all batches of all sessions in random order, and a share of the events held
 * back until the rest has been summarised.
 */
export const chaosBatches = (
  sessions: readonly Dialogue[],
  random: Random,
  lateShare: number,
): Chaos => {
  const now: Batch[] = [];
  const late: Batch[] = [];
  for (const batch of sessions.flatMap(sdkBatches)) {
    const held = batch.events.filter(() => random.chance(lateShare));
    const prompt = batch.events.filter((event) => !held.includes(event));
    if (prompt.length > 0) now.push({ ...batch, events: random.shuffle(prompt) });
    if (held.length > 0) late.push({ ...batch, events: held });
  }
  return { now: random.shuffle([...now, ...now]), late: random.shuffle([...late, ...late]) };
};
