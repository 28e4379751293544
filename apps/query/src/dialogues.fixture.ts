/**
 * Real conversations beside the workspace, and what an independent reading of the wire contract
 * computes from them.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { JsonObject, SessionSummary, StoredEvent } from '@picasso/contracts';
import { summarise } from '@picasso/domain';

const DIR = join(import.meta.dirname, '../../../../shared/data/dialogues');
const SESSIONS = join(DIR, 'sessions.jsonl.gz');
const EXPECTED = join(DIR, 'expected.jsonl.gz');

export const dialoguesPresent = existsSync(SESSIONS) && existsSync(EXPECTED);

export interface Dialogue {
  session_id: string;
  tenant_hash: string;
  start_offset_ms: number;
  ends: 'closed' | 'unload' | 'silent';
  attribution: JsonObject;
  context: JsonObject;
  events: (Pick<StoredEvent, 'event_type' | 'step_number' | 'sequence_number' | 'payload'> & {
    offset_ms: number;
  })[];
}

export interface TenantFigures {
  tenant: string;
  [figure: string]: unknown;
}

const lines = (file: string): unknown[] =>
  gunzipSync(readFileSync(file))
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);

export const readDialogues = (): Dialogue[] => lines(SESSIONS) as Dialogue[];

export const readTenantFigures = (): TenantFigures[] =>
  (lines(EXPECTED) as JsonObject[]).filter((line): line is TenantFigures => 'tenant' in line);

/** The summary of a dialogue that takes place on the UTC day that begins at `dayMs`. */
export function dialogueSummary(dialogue: Dialogue, dayMs: number): SessionSummary {
  const { session_id, tenant_hash, start_offset_ms, attribution, context, ends } = dialogue;
  const events = dialogue.events.map(({ offset_ms, ...event }, index): StoredEvent => {
    const at = dayMs + start_offset_ms + offset_ms;
    return {
      ...event,
      ...{ schema_version: '1.0', event_id: `${session_id}-${index}` },
      ...{ timestamp_ms: at, received_ms: at, stream_seq: index + 1 },
      ...(index === 0 && { attribution, context }),
      ...{ origin: 'browser', traffic: 'visitor' },
    };
  });
  const timed_out = ends === 'silent';
  const settings = { skew_ms: 0, own_hosts: [], revision: 0, timed_out };
  return summarise({ tenant_hash, session_id, events, ...settings });
}
