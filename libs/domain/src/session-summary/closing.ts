import { SERVER_ONLY_TYPES, type ClosedBy, type StoredEvent } from '@picasso/contracts';

/** Whether the chat backend sent the event: it tells nothing of the visitor's presence or clock. */
export function isServerEvent(event: Pick<StoredEvent, 'event_type' | 'origin'>): boolean {
  return event.origin === 'server' || SERVER_ONLY_TYPES.includes(event.event_type);
}

/** The events that tell of the visitor; all of them in a session that the backend alone wrote. */
export function visitorEvents(ordered: readonly StoredEvent[]): readonly StoredEvent[] {
  const visitors = ordered.filter((event) => !isServerEvent(event));
  return visitors.length > 0 ? visitors : ordered;
}

/**
 * Who closed the session, null while it is open. The visitor's last event decides, so anything that
 * the page sends after a close reopens the session; server events neither close nor reopen it.
 *
 * @param ordered the session's events as `orderEvents` returns them
 * @param timedOut whether the idle time has passed
 */
export function closedBy(ordered: readonly StoredEvent[], timedOut: boolean): ClosedBy {
  const last = visitorEvents(ordered).at(-1);
  if (last?.event_type === 'WIDGET_CLOSED') return 'client';
  if (last?.event_type === 'SESSION_ENDED') {
    return last.payload.reason === 'timeout' ? 'timeout' : 'unload';
  }
  return timedOut ? 'timeout' : null;
}
