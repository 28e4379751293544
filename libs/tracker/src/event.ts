/** One event on its way: the flat shape of the wire contract. */
import { newId } from './browser.ts';

export interface EventNumbers {
  session_id: string;
  step_number: number;
  /** Absent where the sender keeps none. */
  sequence_number?: number;
}

export interface WireEvent extends EventNumbers {
  schema_version: string;
  event_id: string;
  /** ISO 8601, the client's clock. */
  timestamp: string;
  tenant_hash?: string;
  event_type: string;
  payload: object;
  context?: object;
  attribution?: object;
  ga_client_id?: string;
}

export const newEvent = (
  event_type: string,
  payload: object,
  numbers: EventNumbers,
): WireEvent => ({
  schema_version: '1.0',
  event_id: newId('evt_'),
  timestamp: new Date().toISOString(),
  ...numbers,
  event_type,
  payload,
});

/** After these the session is closed, until another event reopens it. */
export const isClosing = (type: string): boolean => /^(WIDGET_CLOSED|SESSION_ENDED)$/.test(type);
/** These cannot wait: the visitor has finished, or is about to leave. */
export const isTerminal = (type: string): boolean => isClosing(type) || type === 'FORM_COMPLETED';
/** These belong to the step that they follow. */
export const isPassive = (type: string): boolean => /^(ITEMS_SHOWN|SESSION_ENDED)$/.test(type);
