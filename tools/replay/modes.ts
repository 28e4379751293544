/** The ways in which the dialogues are replayed, and what a replay found. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SessionSummary } from '@picasso/contracts';
import { createRandom } from '../harness/random.ts';
import { chaosBatches, sdkBatches } from './batches.ts';
import { compareSession, compareTenant, type Difference } from './compare.ts';
import { tenantHashes, type Dialogues } from './dialogues.ts';
import { readSummaries } from './read-back.ts';
import { sendAll, sendInOrder, type SendTarget, type Shape } from './send.ts';
import type { Clock } from './shapes.ts';

export const MODES = ['flat', 'widget', 'chaos'] as const;
export type Mode = (typeof MODES)[number];

export interface ReplayTarget extends SendTarget {
  queryUrl: string;
  token(tenantHash: string): Promise<string>;
  /** What stands for the 30-minute rule there. */
  idleTimeoutMs: number;
}

export interface ModeReport {
  mode: Mode;
  sessions: number;
  events: number;
  sendSeconds: number;
  seconds: number;
  /** What was compared (a session, a tenant's sums) → what differed. */
  failures: Map<string, Difference[]>;
  checks: number;
}

const LATE_SHARE = 0.05;
const DAY_MS = 86_400_000;
const POLL_MS = 3_000;
/** Nothing moved for so long beyond the idle time: nothing will, even on a loaded machine. */
const STANDSTILL_MS = 30_000;

/** Each mode has a day of its own, in the past by whole days: within the too-late limit. */
const clockFor = (mode: Mode, run: string): Clock => ({
  dayMs: (Math.floor(Date.now() / DAY_MS) - 1 - MODES.indexOf(mode)) * DAY_MS,
  suffix: `${mode}_${run}`,
});

interface ReadBack {
  /** Summaries of this replay by the data set's session id. */
  summaries: Map<string, SessionSummary>;
  /** Listed more than once: happens while a session's start still moves between two pages. */
  twice: string[];
}

const readBack = async (
  target: ReplayTarget,
  dialogues: Dialogues,
  clock: Clock,
): Promise<ReadBack> => {
  const ending = `_${clock.suffix}`;
  const found: ReadBack = { summaries: new Map(), twice: [] };
  for (const tenantHash of tenantHashes(dialogues)) {
    const summaries = await readSummaries({
      queryUrl: target.queryUrl,
      tenantHash,
      token: await target.token(tenantHash),
      date: new Date(clock.dayMs).toISOString().slice(0, 10),
    });
    for (const summary of summaries) {
      if (!summary.session_id.endsWith(ending)) continue;
      const id = summary.session_id.slice(0, -ending.length);
      if (found.summaries.has(id)) found.twice.push(id);
      found.summaries.set(id, summary);
    }
  }
  return found;
};

const MISSING: Difference[] = [{ field: '(session)', expected: 'listed', actual: 'missing' }];

const TWICE: Difference[] = [{ field: '(session)', expected: 'listed once', actual: 'twice' }];

/** What differs: by session, and by tenant. */
const differencesIn = (
  found: ReadBack,
  dialogues: Dialogues,
  clock: Clock,
  shape: Shape,
): Map<string, Difference[]> => {
  const failures = new Map<string, Difference[]>();
  for (const dialogue of dialogues.sessions) {
    const expected = dialogues.expected.get(dialogue.session_id);
    if (!expected) throw new Error(`${dialogue.session_id} has no expectation`);
    const summary = found.summaries.get(dialogue.session_id);
    const different = summary
      ? compareSession(summary, dialogue, expected, clock, shape === 'flat')
      : MISSING;
    if (different.length > 0) failures.set(dialogue.session_id, different);
  }
  for (const id of found.twice) failures.set(id, TWICE);
  for (const expected of dialogues.tenants.values()) {
    const summaries = [...found.summaries.values()].filter(
      (each) => each.tenant_hash === expected.tenant,
    );
    const different = compareTenant(summaries, expected);
    if (different.length > 0) failures.set(`all of ${expected.tenant}`, different);
  }
  return failures;
};

/** Rises while the pipeline is still working: events that arrived, sessions that were closed. */
const progressOf = (found: ReadBack): number =>
  [...found.summaries.values()].reduce(
    (sum, each) => sum + each.event_count + (each.closed_by === null ? 0 : 1),
    0,
  );

/** Reads until `done`, or until nothing has moved for the idle time and then some. */
const readUntil = async (
  target: ReplayTarget,
  dialogues: Dialogues,
  clock: Clock,
  done: (found: ReadBack) => boolean,
): Promise<ReadBack> => {
  let progress = -1;
  let movedAt = Date.now();
  for (;;) {
    const startedAt = Date.now();
    const found = await readBack(target, dialogues, clock);
    const tookMs = Date.now() - startedAt;
    if (done(found)) return found;
    if (progressOf(found) !== progress) {
      progress = progressOf(found);
      movedAt = Date.now();
    } else if (Date.now() - movedAt > 2 * target.idleTimeoutMs + STANDSTILL_MS) {
      return found;
    }
    // Running summaries are computed on reading: asking all the time would be a load of its own.
    await sleep(Math.max(POLL_MS, 3 * tookMs));
  }
};

const send = async (
  target: ReplayTarget,
  dialogues: Dialogues,
  mode: Mode,
  clock: Clock,
  seed: number,
): Promise<void> => {
  if (mode !== 'chaos') {
    await sendInOrder(target, mode, clock, dialogues.sessions.map(sdkBatches));
    return;
  }
  const { now, late } = chaosBatches(dialogues.sessions, createRandom(seed), LATE_SHARE);
  await sendAll(target, 'flat', clock, now);
  // "Minutes late" is after the idle rule has closed everything, however short the rule is.
  await readUntil(
    target,
    dialogues,
    clock,
    (found) =>
      found.summaries.size === dialogues.sessions.length &&
      [...found.summaries.values()].every((each) => each.closed_by !== null),
  );
  await sendAll(target, 'flat', clock, late);
};

export const replay = async (
  target: ReplayTarget,
  dialogues: Dialogues,
  mode: Mode,
  run: string,
  seed: number,
): Promise<ModeReport> => {
  const clock = clockFor(mode, run);
  const shape = mode === 'widget' ? 'widget' : 'flat';
  const started = Date.now();
  await send(target, dialogues, mode, clock, seed);
  const sent = Date.now();
  const differences = (found: ReadBack): Map<string, Difference[]> =>
    differencesIn(found, dialogues, clock, shape);
  const found = await readUntil(target, dialogues, clock, (now) => differences(now).size === 0);
  return {
    mode,
    sessions: dialogues.sessions.length,
    events: dialogues.sessions.reduce((sum, each) => sum + each.events.length, 0),
    sendSeconds: (sent - started) / 1_000,
    seconds: (Date.now() - started) / 1_000,
    failures: differences(found),
    checks: dialogues.sessions.length + dialogues.tenants.size,
  };
};
