/**
 * Summaries of real conversations against an independent reading of the wire contract. The data
 * set lies beside the workspace (DIALOGUES_DIR names another place) and is no part of it: its
 * licence is share-alike. Without it these specs are skipped, and say so.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { ClosedBy, JsonObject, SessionSummary, StoredEvent } from '@picasso/contracts';
import { START_MS, summaryOf } from '../event-builder.fixture.ts';

const DIR =
  process.env.DIALOGUES_DIR ?? join(import.meta.dirname, '../../../../../shared/data/dialogues');
const SESSIONS = join(DIR, 'sessions.jsonl.gz');
const EXPECTED = join(DIR, 'expected.jsonl.gz');
const present = existsSync(SESSIONS) && existsSync(EXPECTED);

interface Dialogue {
  session_id: string;
  tenant_hash: string;
  start_offset_ms: number;
  ends: 'closed' | 'unload' | 'silent';
  attribution: JsonObject;
  context: JsonObject;
  events: {
    offset_ms: number;
    event_type: string;
    step_number: number;
    sequence_number: number;
    payload: JsonObject;
  }[];
}

const CLOSED_BY: Record<Dialogue['ends'], ClosedBy> = {
  closed: 'client',
  unload: 'unload',
  silent: 'timeout',
};

const lines = (file: string): JsonObject[] =>
  gunzipSync(readFileSync(file))
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as JsonObject);

type Shape = 'flat' | 'deployed widget';

/** As events lie in the table; the deployed widget numbers nothing but steps. */
function storedEvents(dialogue: Dialogue, shape: Shape): StoredEvent[] {
  const flat = shape === 'flat';
  // The deployed widget tells the attribution in CONVERSATION_STARTED, our SDK with the first event.
  const teller = flat
    ? 0
    : dialogue.events.findIndex((e) => e.event_type === 'CONVERSATION_STARTED');
  return dialogue.events.map((event, index) => ({
    schema_version: flat ? '1.0' : '1.0.0',
    event_id: `${dialogue.session_id}-${index}`,
    event_type: event.event_type,
    step_number: flat ? event.step_number : event.sequence_number,
    sequence_number: flat ? event.sequence_number : null,
    timestamp_ms: START_MS + dialogue.start_offset_ms + event.offset_ms,
    payload: event.payload,
    ...(index === teller && { attribution: dialogue.attribution }),
    ...(flat && index === 0 && { context: dialogue.context }),
    received_ms: START_MS + dialogue.start_offset_ms + event.offset_ms,
    origin: 'browser',
    traffic: 'visitor',
    stream_seq: index + 1,
  }));
}

/** Deterministic disorder: every third event first, from the end, and each of them twice. */
const disordered = (events: StoredEvent[]): StoredEvent[] => {
  const picked = events.filter((_, index) => index % 3 === 0).reverse();
  return [...picked, ...events.toReversed(), ...picked];
};

/** The summary under the data set's names. */
const asExpected = (summary: SessionSummary): JsonObject => ({
  ...summary,
  source: [summary.attribution.source, summary.attribution.medium],
  forms: Object.fromEntries(
    Object.entries(summary.forms).map(([id, { views, starts, completions, abandons }]) => [
      id,
      { views, starts, completions, abandons },
    ]),
  ),
});

(present ? describe : describe.skip)('the dialogues', () => {
  let dialogues: Dialogue[] = [];
  let expected = new Map<unknown, JsonObject>();

  beforeAll(() => {
    dialogues = lines(SESSIONS) as unknown as Dialogue[];
    const sessions = lines(EXPECTED).filter((line) => 'session_id' in line);
    expected = new Map(sessions.map((line) => [line.session_id, line]));
  });

  it('are all there', () => {
    expect([dialogues.length, expected.size]).toEqual([2098, 2098]);
  });

  it.each<[Shape, string, (events: StoredEvent[]) => StoredEvent[]]>([
    ['flat', 'in order', (events) => events],
    ['flat', 'out of order and repeated', disordered],
    ['deployed widget', 'in order', (events) => events],
    ['deployed widget', 'out of order and repeated', disordered],
  ])(
    'of a %s, %s, agree in every field of every session',
    (shape, _, deliver) => {
      const differences = dialogues.flatMap((dialogue) => {
        const { session_id, tenant_hash, ends } = dialogue;
        const events = deliver(storedEvents(dialogue, shape));
        const timed_out = ends === 'silent';
        const actual = asExpected(summaryOf(events, { session_id, tenant_hash, timed_out }));
        const wanted = {
          ...expected.get(session_id),
          closed_by: CLOSED_BY[ends],
          missing: shape === 'flat' ? 0 : null,
        };
        // Jest's own comparison takes seconds for as many.
        return Object.entries(wanted)
          .filter(([field, value]) => !isDeepStrictEqual(actual[field], value))
          .map(([field, value]) => ({ session_id, field, wanted: value, actual: actual[field] }));
      });
      expect(differences).toEqual([]);
    },
    60_000,
  );
});
