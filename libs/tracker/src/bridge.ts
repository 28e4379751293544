/**
 * What tracker (in the widget's frame) and host (the page around it) say to each other.
 *
 * The tracker writes an event to its own buffer, hands it over, and forgets it when the host has
 * confirmed that it is in the host's. It hands over nothing before the host has spoken: what is
 * said to nobody would have to be said again.
 */

import type { SessionState } from './session.ts';

/** What a tracker keeps with its session. */
export interface WidgetState {
  /** Since when the widget is open. */
  openedMs?: number | undefined;
  /** The last event closed the session. */
  closed?: boolean;
}
export type WidgetSession = SessionState<WidgetState>;

/** Without events: "are you there?" */
export interface TrackerMessage {
  type: 'PICASSO_TRACKER';
  tenant: string;
  /** Buffer key and JSON of each event. */
  events: (readonly [key: string, json: string])[];
  /** The frame's session: browsers may give frames no storage, but the page around has one. */
  session?: WidgetSession | undefined;
}

/** Without keys: "I am here", after which the tracker hands over all that it has. */
export interface HostMessage {
  type: 'PICASSO_HOST';
  tenant: string;
  /** Whether the visitor may be tracked. */
  consent: boolean;
  /** The frame's session as the tab's last page knew it. */
  session?: WidgetSession | undefined;
  /** Buffer keys that the host has taken over. */
  keys?: string[] | undefined;
}

export const isMessage = <Message extends TrackerMessage | HostMessage>(
  data: unknown,
  type: Message['type'],
  tenant: string,
): data is Message => {
  const message = data as Partial<Message> | null | undefined;
  return message?.type === type && message.tenant === tenant;
};
