/** The widget's half: turns what happens into events with a session and numbers. */
import type { WidgetState } from './bridge.ts';
import { byteLength } from './browser.ts';
import { isClosing, isPassive, newEvent } from './event.ts';
import { frameLink, type Link } from './frame-link.ts';
import { type CommonOptions, createHalf } from './half.ts';
import type { Host } from './host.ts';
import type { EventPayloads, TrackedType } from './payloads.ts';
import { createSession } from './session.ts';

/** The contract allows 32 KB an event; the rest is for what stands around the payload. */
const PAYLOAD_BYTES = 30_000;

export interface TrackerOptions extends CommonOptions {
  /** The host half, when it is in the same page. Otherwise it is looked for in the parent window. */
  host?: Host;
  /** Origin of the page around the frame. Default: what the browser says of it. */
  hostOrigin?: string;
}

/** What the chat backend needs so that its answers join the session. */
export interface TrackedEvent {
  event_id: string;
  session_id: string;
  /** For `in_response_to_step`. */
  step_number: number;
  sequence_number: number;
}

export interface Tracker {
  /**
   * Records one event. When this returns, the event is in the buffer.
   * @returns undefined when nothing was recorded: no consent, sampled out, or over 30 KB
   */
  track<Type extends TrackedType>(
    type: Type,
    payload: EventPayloads[Type],
  ): TrackedEvent | undefined;
  /** WIDGET_OPENED, unless the widget is open already (before a reload, say). */
  opened(trigger?: string): void;
  /** WIDGET_CLOSED with the time since `opened`, if the widget was open. */
  closed(): void;
  /** The visitor's decision. False forgets the session and everything that was not sent yet. */
  consent(granted: boolean): void;
  /** The session, if there is one that is not over. */
  session(): { session_id: string; step_number: number } | undefined;
  /** Ends the recording; another tracker of this tab can go on with the session. */
  stop(): void;
}

export function createTracker(given: TrackerOptions): Tracker {
  const half = createHalf(given);
  const { host } = given;
  const session = createSession<WidgetState>(half, 'sess_', () => ({}));
  const link: Link = host ?? frameLink(half, session);
  const openedMs = (): number | undefined => session.current()?.extra.openedMs;

  const track = (type: string, payload: object): TrackedEvent | undefined => {
    if (!half.active()) return undefined;
    // Whatever cannot be written as JSON fails here, before it has cost a number.
    const json = JSON.stringify(payload);
    const copy = JSON.parse(json) as object;
    if (byteLength(json) > PAYLOAD_BYTES) {
      half.report({ type: 'dropped', count: 1, reason: 'too_large' });
      return undefined;
    }
    const { extra } = session.touch();
    extra.closed = isClosing(type);
    if (type === 'WIDGET_OPENED') extra.openedMs = Date.now();
    if (type === 'WIDGET_CLOSED') extra.openedMs = undefined;
    const numbers = session.next(!isPassive(type));
    if (!numbers) return undefined;
    const event = newEvent(type, copy, numbers);
    link.take(event);
    return { event_id: event.event_id, ...numbers };
  };

  half.listen(window, {
    pagehide: () => {
      // A frame's last messages arrive nowhere: there the host says it.
      if (host && session.current()?.extra.closed === false) {
        track('SESSION_ENDED', { reason: 'page_unload' });
      }
    },
  });
  const tracker = half.guard({
    track,
    opened: (trigger?: string) => {
      if (!openedMs()) track('WIDGET_OPENED', { trigger });
    },
    closed: () => {
      const since = openedMs();
      if (since) {
        track('WIDGET_CLOSED', { dwell_time_seconds: Math.round((Date.now() - since) / 1_000) });
      }
    },
    consent: (host ?? half).consent,
    session: () => {
      const state = session.current();
      return state && { session_id: state.id, step_number: state.step };
    },
    stop: () => {
      half.stop();
      session.release();
      link.release?.();
    },
    connect: () => link.connect(half.consent),
  });
  tracker.connect();
  return tracker as Tracker;
}
