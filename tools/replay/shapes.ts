/** The two browser shapes of the wire contract: our SDK's flat batch and the deployed widget's envelope. */
import type { Batch } from './batches.ts';
import type { Dialogue, DialogueEvent } from './dialogues.ts';

export interface Clock {
  /** Midnight (UTC) of the day on which the sessions are replayed, epoch milliseconds. */
  dayMs: number;
  /** Appended to session ids, so that several replays fit into one stack. */
  suffix: string;
}

export const replayedId = (dialogue: Dialogue, { suffix }: Clock): string =>
  `${dialogue.session_id}_${suffix}`;

const timestamp = (dialogue: Dialogue, event: DialogueEvent, { dayMs }: Clock): string =>
  new Date(dayMs + dialogue.start_offset_ms + event.offset_ms).toISOString();

const isFirst = (dialogue: Dialogue, event: DialogueEvent): boolean => dialogue.events[0] === event;

/**
 * What the SDK posts to `/events`. `sent_at` is the true time of sending: the sessions are replayed
 * long after they happened, as from a queue that was offline, and that is no clock skew.
 */
export const flatBody = ({ dialogue, events }: Batch, clock: Clock, sentAtMs: number): string => {
  const session_id = replayedId(dialogue, clock);
  return JSON.stringify({
    sent_at: new Date(sentAtMs).toISOString(),
    sdk: { name: 'replay', version: '1.0.0' },
    events: events.map((event) => ({
      schema_version: '1.0',
      event_id: `evt_${session_id}_${event.sequence_number}`,
      timestamp: timestamp(dialogue, event, clock),
      session_id,
      tenant_hash: dialogue.tenant_hash,
      step_number: event.step_number,
      sequence_number: event.sequence_number,
      event_type: event.event_type,
      payload: event.payload,
      ...(isFirst(dialogue, event) && {
        context: dialogue.context,
        attribution: dialogue.attribution,
      }),
    })),
  });
};

/**
 * What the deployed widget posts to `/w/{key}?action=analytics`: no ids and no sequence numbers,
 * so its step is the running number, and the attribution is in CONVERSATION_STARTED only.
 */
export const widgetBody = ({ dialogue, events }: Batch, clock: Clock): string =>
  JSON.stringify({
    action: 'analytics',
    batch: true,
    events: events.map((event) => ({
      schema_version: '1.0.0',
      session_id: replayedId(dialogue, clock),
      tenant_id: dialogue.tenant_hash,
      timestamp: timestamp(dialogue, event, clock),
      step_number: event.sequence_number,
      event: {
        type: event.event_type,
        payload:
          event.event_type === 'CONVERSATION_STARTED'
            ? { ...event.payload, attribution: dialogue.attribution }
            : event.payload,
      },
    })),
  });
