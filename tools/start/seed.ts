/** The demo's history, sent once; after an interruption the same events are sent again. */
import { setTimeout as sleep } from 'node:timers/promises';
import { history } from '../demo/generate.ts';
import { sendJourneys, type Sender } from '../demo/send.ts';
import { readJson, writeJson } from '../local/json-file.ts';

/** What makes the history repeatable, and whether it arrived. */
interface DemoState {
  seed: number;
  end_ms: number;
  done: boolean;
}

const SHAPE = { days: 5, conversations: 420, pageViewSessions: 180 };
/** A longer interruption would leave the oldest journeys too late to be taken. */
const RESUMABLE_MS = 12 * 3_600_000;
const VISIBLE_MS = 120_000;

export const isSeeded = (file: string): boolean => readJson<DemoState>(file)?.done ?? false;

export interface SeedOptions {
  stateFile: string;
  sender: Sender;
  /** How many events of this session can be read back; undefined while there is no such session. */
  readBack(tenantHash: string, sessionId: string): Promise<number | undefined>;
  note(line: string): void;
}

/** Sends the history and waits until the last of it can be read back. @returns what was sent */
export async function seedHistory(
  options: SeedOptions,
): Promise<{ journeys: number; events: number }> {
  const { stateFile, sender, note } = options;
  const now = Date.now();
  const known = readJson<DemoState>(stateFile);
  const resumes = known !== undefined && now - known.end_ms < RESUMABLE_MS;
  const state = resumes ? known : { seed: now, end_ms: now, done: false };
  writeJson(stateFile, state);
  const journeys = history({ ...SHAPE, seed: state.seed, endMs: state.end_ms });
  await sendJourneys(sender, journeys, (done) => {
    if (done % 150 === 0) note(`${done} of ${journeys.length} visits sent`);
  });
  // The pipeline keeps no order between sessions, so that the last ones sent are all looked at.
  for (const { tenant_hash, session_id, events } of journeys.slice(-20)) {
    for (const end = Date.now() + VISIBLE_MS; ; await sleep(100)) {
      if ((await options.readBack(tenant_hash, session_id)) === events.length) break;
      if (Date.now() > end) throw new Error(`${session_id} was sent but cannot be read back`);
    }
  }
  writeJson(stateFile, { ...state, done: true });
  return {
    journeys: journeys.length,
    events: journeys.reduce((sum, { events }) => sum + events.length, 0),
  };
}
