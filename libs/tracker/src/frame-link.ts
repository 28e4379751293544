/** How a tracker in a frame reaches the host in the page around it. */
import { type HostMessage, isMessage, type TrackerMessage, type WidgetState } from './bridge.ts';
import type { WireEvent } from './event.ts';
import type { Half } from './half.ts';
import { createOutbox } from './outbox.ts';
import type { Session } from './session.ts';
import { parseUrl } from './store.ts';
import type { TrackerOptions } from './tracker.ts';

/** Where a tracker's events go, and from where it hears of consent. */
export interface Link {
  connect(onConsent: (granted: boolean) => void): void;
  take(event: WireEvent): void;
  /** Lets other pages take over what could not be delivered. */
  release?(): void;
}

/** Events wait in the frame until the host has confirmed them. */
export function frameLink(half: Half<TrackerOptions>, session: Session<WidgetState>): Link {
  const { tenant, consent, hostOrigin } = half.options;
  const origin =
    hostOrigin ??
    (location as { ancestorOrigins?: ArrayLike<string> }).ancestorOrigins?.[0] ??
    parseUrl(document.referrer)?.origin;
  let connected = false;

  const say = (events: TrackerMessage['events']): void => {
    const message: TrackerMessage = {
      type: 'PICASSO_TRACKER',
      tenant,
      events,
      session: session.current(),
    };
    // Never to '*': conversations are nobody else's business.
    if (origin) parent.postMessage(message, origin);
  };
  const handOver = (): void => {
    const waiting = outbox.waiting();
    if (!connected || !waiting[0]) return;
    waiting.forEach((entry) => (entry.sending = true));
    say(waiting.map(({ key, json }) => [key, json]));
  };
  const outbox = createOutbox(half, 'frame', handOver);

  return {
    connect: (onConsent) => {
      half.listen(window, {
        message: ({ data, source, origin: from }: MessageEvent<unknown>) => {
          if (source !== parent || from !== origin) return;
          if (!isMessage<HostMessage>(data, 'PICASSO_HOST', tenant)) return;
          if (data.keys) return outbox.remove(data.keys);
          if (data.consent) {
            onConsent(true);
            session.restore(data.session);
            // Who waits goes on waiting: the host may be doing that, too.
          } else if (half.active()) onConsent(false);
          connected = true;
          outbox.entries().forEach((entry) => (entry.sending = false));
          handOver();
        },
        pageshow: () => say([]),
      });
      if (consent) onConsent(true);
      say([]);
    },
    take: (event) => {
      outbox.add(event);
      handOver();
    },
    release: outbox.release,
  };
}
