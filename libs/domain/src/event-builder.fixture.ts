/** Events for this library's specs: short to write, complete, one second and one step apart. */
import type { JsonObject, SessionSummary, StoredEvent } from '@picasso/contracts';
import { summarise, type SummaryInput } from './session-summary/session-summary.ts';

export const START_MS = Date.UTC(2026, 10, 22, 14, 30);

/** The type alone, or with its payload, or with other fields of the event besides. */
export type Step = string | [type: string, payload?: JsonObject, fields?: Partial<StoredEvent>];

/** A session's events: steps and sequence numbers from 1, ids `evt_1`…, a second between two. */
export function session(...steps: Step[]): StoredEvent[] {
  return steps.map((step, index) => {
    const [type, payload = {}, fields = {}] = typeof step === 'string' ? [step] : step;
    return {
      schema_version: '1.0',
      event_id: `evt_${index + 1}`,
      event_type: type,
      step_number: index + 1,
      sequence_number: index + 1,
      timestamp_ms: START_MS + index * 1000,
      payload,
      received_ms: START_MS + index * 1000 + 250,
      origin: 'browser',
      traffic: 'visitor',
      stream_seq: index + 1,
      ...fields,
    };
  });
}

export const FROM_SERVER = { origin: 'server', sequence_number: null } as const;

export function summaryOf(
  events: readonly StoredEvent[],
  input: Partial<SummaryInput> = {},
): SessionSummary {
  return summarise({
    tenant_hash: 'tn_example',
    session_id: 'sess_1',
    events,
    skew_ms: 0,
    own_hosts: [],
    timed_out: false,
    revision: 0,
    ...input,
  });
}
