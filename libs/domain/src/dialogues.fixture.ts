/**
 * Real conversations and what an independent reading of the wire contract computes from them. They
 * lie beside the workspace (DIALOGUES_DIR names another place) and are no part of it: their licence
 * is share-alike.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { ClosedBy, JsonObject, SessionSummary, StoredEvent } from '@picasso/contracts';
import { START_MS, summaryOf } from './event-builder.fixture.ts';

const DIR =
  process.env.DIALOGUES_DIR ?? join(import.meta.dirname, '../../../../shared/data/dialogues');
const SESSIONS = join(DIR, 'sessions.jsonl.gz');
const EXPECTED = join(DIR, 'expected.jsonl.gz');

/** Whether the data is there. */
export const dialoguesPresent = existsSync(SESSIONS) && existsSync(EXPECTED);

export interface Dialogue {
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

export const CLOSED_BY: Record<Dialogue['ends'], ClosedBy> = {
  closed: 'client',
  unload: 'unload',
  silent: 'timeout',
};

export const readDialogues = (): Dialogue[] => lines(SESSIONS) as unknown as Dialogue[];

/** A line per session, then a line per tenant. */
export const readExpected = (): JsonObject[] => lines(EXPECTED);

const lines = (file: string): JsonObject[] =>
  gunzipSync(readFileSync(file))
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as JsonObject);

export type Shape = 'flat' | 'deployed widget';

/** As events lie in the table; the deployed widget numbers nothing but steps. */
export function storedEvents(dialogue: Dialogue, shape: Shape, dayMs = START_MS): StoredEvent[] {
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
    timestamp_ms: dayMs + dialogue.start_offset_ms + event.offset_ms,
    payload: event.payload,
    ...(index === teller && { attribution: dialogue.attribution }),
    ...(flat && index === 0 && { context: dialogue.context }),
    received_ms: dayMs + dialogue.start_offset_ms + event.offset_ms,
    origin: 'browser',
    traffic: 'visitor',
    stream_seq: index + 1,
  }));
}

/** A dialogue's summary as it is once the session has ended. */
export const dialogueSummary = (dialogue: Dialogue, dayMs?: number): SessionSummary => {
  const { session_id, tenant_hash, ends } = dialogue;
  const events = storedEvents(dialogue, 'flat', dayMs);
  return summaryOf(events, { session_id, tenant_hash, timed_out: ends === 'silent' });
};
