/** From lines of JSON in any of the three event shapes to events as they are stored. */
import { hash } from 'node:crypto';
import { SERVER_ONLY_TYPES, type RejectionCode, type StoredEvent } from '@picasso/contracts';
import { parseBatch } from '@picasso/contracts/validation';

/** Why something of a history was not taken. Never message text. */
export interface Refusal {
  /** Line of the file, from 1; absent where a whole session was refused. */
  line?: number;
  session_id: string | null;
  code: RejectionCode | 'unreadable' | 'exists' | 'unfinished';
  /** JSON pointer into the event. */
  path: string;
  message: string;
}

export interface HistoryLine {
  events: { session_id: string; event: StoredEvent }[];
  refused: Refusal[];
}

const sha256 = (text: string): string => hash('sha256', text);

type Sent = { event_type?: unknown; event?: { type?: unknown } } | null;

const isServerOnly = (sent: unknown): boolean => {
  const event = sent as Sent;
  const type = event?.event_type ?? event?.event?.type;
  return typeof type === 'string' && SERVER_ONLY_TYPES.includes(type);
};

/**
 * @param text a bare event, a list of events, or a batch (`{"events": […]}`), of any length
 * @param nowMs events that lie ahead of it are no history
 */
export function readHistoryLine(
  text: string,
  line: number,
  tenantHash: string,
  nowMs: number,
): HistoryLine {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return refuse({ line, session_id: null, code: 'unreadable', path: '', message: 'is no JSON' });
  }
  const { events } = (parsed ?? {}) as { events?: unknown };
  const list = Array.isArray(parsed) ? parsed : Array.isArray(events) ? events : [parsed];
  const taken: HistoryLine = { events: [], refused: [] };
  for (const origin of ['browser', 'server'] as const) {
    const sent = list.filter((event) => isServerOnly(event) === (origin === 'server'));
    const { slices, rejected } = parseBatch(
      { shape: 'flat', events: sent, sent_ms: null },
      { grant: { tenant_hash: tenantHash, origin }, received_ms: nowMs, sha256 },
    );
    for (const { code, path, message, session_id } of rejected) {
      taken.refused.push({ line, session_id, code, path, message });
    }
    for (const { slice } of slices) {
      const { session_id } = slice;
      for (const event of slice.events) {
        if (event.timestamp_ms > nowMs || event.clock) {
          const message = 'lies in the future';
          taken.refused.push({ line, session_id, code: 'invalid', path: '/timestamp', message });
          continue;
        }
        taken.events.push({
          session_id,
          event: {
            ...event,
            // Nobody knows when it arrived; a clock would make every import another history.
            received_ms: event.timestamp_ms,
            origin,
            traffic: 'visitor',
            stream_seq: 0,
          },
        });
      }
    }
  }
  return taken;
}

const refuse = (refusal: Refusal): HistoryLine => ({ events: [], refused: [refusal] });
