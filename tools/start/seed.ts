/** What makes the demo's past repeatable, and its last days sent as browsers send them. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { DemoJourney } from '../demo/journey-writer.ts';
import { sendJourneys, type Sender } from '../demo/send.ts';
import { readJson, writeJson } from '../local/json-file.ts';

/** After an interruption the same seed and end give the same events, which double nothing. */
export interface DemoState {
  seed: number;
  end_ms: number;
  done: boolean;
}

/** A longer interruption would leave the oldest journeys too late to be taken. */
const RESUMABLE_MS = 12 * 3_600_000;
const VISIBLE_MS = 120_000;

export const isSeeded = (file: string): boolean => readJson<DemoState>(file)?.done ?? false;

/** The state of a seeding that was interrupted lately, or of a new one. */
export function beginSeeding(file: string, nowMs: number): DemoState {
  const known = readJson<DemoState>(file);
  const resumes = known !== undefined && nowMs - known.end_ms < RESUMABLE_MS;
  const state = resumes ? known : { seed: nowMs, end_ms: nowMs, done: false };
  writeJson(file, state);
  return state;
}

export const endSeeding = (file: string, state: DemoState): void =>
  writeJson(file, { ...state, done: true });

export interface SeedOptions {
  sender: Sender;
  /** How many events of this session can be read back; undefined while there is no such session. */
  readBack(tenantHash: string, sessionId: string): Promise<number | undefined>;
  note(line: string): void;
}

/** Sends journeys, oldest first, and waits until the last of them can be read back. */
export async function sendThroughFrontDoor(
  journeys: readonly DemoJourney[],
  { sender, readBack, note }: SeedOptions,
): Promise<void> {
  await sendJourneys(sender, journeys, (done) => {
    if (done % 150 === 0) note(`${done} of ${journeys.length} visits sent`);
  });
  // The pipeline keeps no order between sessions, so that the last ones sent are all looked at.
  for (const { tenant_hash, session_id, events } of journeys.slice(-20)) {
    for (const end = Date.now() + VISIBLE_MS; ; await sleep(100)) {
      if ((await readBack(tenant_hash, session_id)) === events.length) break;
      if (Date.now() > end) throw new Error(`${session_id} was sent but cannot be read back`);
    }
  }
}
