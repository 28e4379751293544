/**
 * The deployed widget's messages to the page around it.
 *
 *     { type: 'PICASSO_EVENT', event: 'CTA_CLICKED', payload: {…},
 *       analytics: { schema_version: '1.0.0', session_id, tenant_id, timestamp, step_number,
 *                    event: { type, payload }, ga_client_id? } }
 *
 * Only what carries `analytics` is an event: the same message type without it tells the page to
 * open, close or resize the frame, and repeats messages that are tracked already.
 */
import { newEvent, type WireEvent } from './event.ts';

interface DeployedMessage {
  type?: unknown;
  analytics?: {
    session_id: string;
    tenant_id?: string | null;
    timestamp: string;
    step_number: number;
    event: { type: string; payload?: object };
    ga_client_id?: string;
  };
}

/**
 * The event in a message, undefined if there is none. Session, step and time stay the widget's own:
 * the chat backend knows them and answers under them. The widget has no sequence numbers, and none
 * are made up here: two tabs of one visitor may share such a session.
 *
 * @throws TypeError when a part of it is missing
 */
export function fromDeployedWidget(
  { type, analytics }: DeployedMessage,
  tenant: string,
): WireEvent | undefined {
  if (type !== 'PICASSO_EVENT' || !analytics) return undefined;
  const { session_id, tenant_id, timestamp, step_number, event, ga_client_id } = analytics;
  if ((tenant_id ?? tenant) !== tenant) return undefined;
  return {
    ...newEvent(event.type, event.payload ?? {}, { session_id, step_number }),
    timestamp,
    ...(ga_client_id && { ga_client_id }),
  };
}
