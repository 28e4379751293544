/** The page's half: knows where the visitor came from, and gets events to the server. */
import { attributionOf, type Attribution, gaClientId, hasCampaign } from './attribution.ts';
import { type HostMessage, isMessage, type TrackerMessage, type WidgetSession } from './bridge.ts';
import { createDelivery } from './delivery.ts';
import { fromDeployedWidget } from './deployed-widget.ts';
import { isClosing, isTerminal, newEvent, type WireEvent } from './event.ts';
import { type CommonOptions, createHalf } from './half.ts';
import { createOutbox } from './outbox.ts';
import { createSession } from './session.ts';
import { attempt, parseJson, parseUrl } from './store.ts';

export interface HostOptions extends CommonOptions {
  /** The tenant's browser key. */
  writeKey: string;
  /** Where ingest is, e.g. `https://ingest.example.org`. */
  endpoint: string;
  /** The widget's frame; not needed when the tracker is in this page. */
  iframe?: HTMLIFrameElement | null;
  /** Origin of the frame. Default: that of its `src`. */
  iframeOrigin?: string;
  /** PAGE_VIEW once for every path of a visit. Default: true. */
  pageViews?: boolean;
  /** Longest time that an event waits for others, and how many go at once. Default: 5 s, 10. */
  flushMs?: number;
  flushEvents?: number;
  /** What else the deployed widget says (sizes, opening, closing): the page's own business. */
  onWidgetMessage?: (message: Record<string, unknown>) => void;
}

export interface Host {
  /** PAGE_VIEW of the present path, unless the visit has it. Happens by itself as pages change. */
  pageView(): void;
  /** The visitor's decision. False forgets the visit and everything that was not sent yet. */
  consent(granted: boolean): void;
  /** Sends what waits, now. */
  flush(): void;
  /** How many events the server has not answered for yet. */
  waiting(): number;
  stop(): void;
  /** For a tracker in the same page. @internal */
  connect(onConsent: (granted: boolean) => void): void;
  /** @internal */
  take(event: WireEvent): void;
}

interface Visit {
  attribution: Attribution;
  /** Whose PAGE_VIEW was sent. */
  paths: string[];
  /** The frame's, in case it can keep nothing itself. */
  session?: WidgetSession | undefined;
}

/** As the deployed widget limits it: a page that makes up addresses must not flood the server. */
const MOST_PATHS = 100;
const LONGEST_PATH = 512;

const deviceClass = (): string =>
  innerWidth <= 768 ? 'mobile' : innerWidth <= 1_024 ? 'tablet' : 'desktop';

export function createHost(given: HostOptions): Host {
  const half = createHalf(given);
  const { options, active } = half;
  const { tenant, iframe, pageViews } = options;
  const frameOrigin = options.iframeOrigin ?? (iframe && parseUrl(iframe.src)?.origin);
  const attribution = attributionOf(location.href, document.referrer);

  let leaving = false;
  /** Events that were taken over from the frame: it may hand them over twice. */
  const seen = new Set<string>();
  /** The frame's last one: the frame cannot say itself that the visitor leaves. */
  let last: WireEvent | undefined;
  let described = '';

  const visit = createSession<Visit>(half, 'pv_', () => ({ attribution, paths: [] }));
  const outbox = createOutbox(half, 'host', () => delivery.notify(true));
  const delivery = createDelivery(
    half,
    outbox,
    `${options.endpoint}/w/${options.writeKey}`.replace(/\/+(?=\/w\/)/, ''),
  );
  const gaId = (): string | undefined => attempt(() => gaClientId(document.cookie));

  const take = (event: WireEvent): void => {
    if (!active()) return;
    const { extra } = visit.touch();
    event.tenant_hash = tenant;
    // Where the visitor is and came from is said with the first event of a session: the deployed
    // widget's, which have no numbers, with the first that this page hears of.
    const { session_id, sequence_number } = event;
    if (sequence_number ? sequence_number === 1 : session_id !== described) {
      described = session_id;
      event.context = {
        user_agent: navigator.userAgent,
        viewport_width: innerWidth,
        viewport_height: innerHeight,
      };
      event.attribution = extra.attribution;
      event.ga_client_id ??= gaId();
    }
    outbox.add(event);
    if (leaving) delivery.flush(true);
    else delivery.notify(isTerminal(event.event_type));
  };

  /** @param current the frame's session: what a closed tab left there is not this page's to end */
  const takeFromFrame = (event: WireEvent, current = event.session_id): void => {
    if (seen.has(event.event_id)) return;
    seen.add(event.event_id);
    if (event.session_id === current) last = event;
    take(event);
  };

  const pageView = (): void => {
    if (!active()) return;
    const path = location.pathname.slice(0, LONGEST_PATH);
    const { paths } = visit.touch().extra;
    if (paths.includes(path) || paths.length >= MOST_PATHS) return;
    paths.push(path);
    const numbers = visit.next(true);
    const payload = {
      path,
      referrer_host: parseUrl(document.referrer)?.hostname,
      device_class: deviceClass(),
    };
    if (numbers) take(newEvent('PAGE_VIEW', payload, numbers));
  };
  const navigated = (): void => {
    if (pageViews) pageView();
  };

  const say = (message: object): void => {
    if (frameOrigin) iframe?.contentWindow?.postMessage(message, frameOrigin);
  };
  const sayToTracker = (keys?: string[]): void => {
    const message: HostMessage = {
      type: 'PICASSO_HOST',
      tenant,
      consent: active(),
      session: visit.current()?.extra.session,
      keys,
    };
    say(message);
  };

  half.onActive((now) => {
    if (now) {
      if (hasCampaign(attribution)) visit.touch().extra.attribution = attribution;
      navigated();
    }
    sayToTracker();
  });
  half.listen(window, {
    message: ({ data, source, origin }: MessageEvent<Record<string, unknown> | null>) => {
      if (source !== iframe?.contentWindow || origin !== frameOrigin || !data) return;
      if (isMessage<TrackerMessage>(data, 'PICASSO_TRACKER', tenant)) {
        if (!data.events[0] || !active()) return sayToTracker();
        visit.touch().extra.session = data.session;
        data.events.forEach(([, json]) => {
          const event = parseJson<WireEvent>(json);
          if (event) takeFromFrame(event, data.session?.id);
        });
        return sayToTracker(data.events.map(([key]) => key));
      }
      const event = fromDeployedWidget(data, tenant);
      if (event) takeFromFrame(event);
      if (data.type === 'PICASSO_IFRAME_READY') {
        say({
          type: 'PICASSO_INIT',
          tenantHash: tenant,
          attribution: active() && { ...attribution, ga_client_id: gaId() },
          hostViewportWidth: innerWidth,
        });
      }
      options.onWidgetMessage?.(data);
    },
    pagehide: () => {
      leaving = true;
      if (
        last &&
        Date.now() - Date.parse(last.timestamp) <= options.idleMs &&
        !isClosing(last.event_type)
      ) {
        take(
          newEvent(
            'SESSION_ENDED',
            { reason: 'page_unload' },
            { session_id: last.session_id, step_number: last.step_number },
          ),
        );
      }
      last = undefined;
      delivery.flush(true);
    },
    pageshow: () => {
      leaving = false;
      navigated();
    },
    popstate: navigated,
  });
  half.listen((window as { navigation?: EventTarget }).navigation, {
    currententrychange: navigated,
  });

  const host = half.guard({
    pageView,
    consent: half.consent,
    flush: () => delivery.flush(),
    waiting: () => outbox.entries().length,
    stop: () => {
      delivery.flush(true);
      half.stop();
      visit.release();
      outbox.release();
    },
    connect: (onConsent: (granted: boolean) => void) => {
      half.onActive(onConsent);
      if (active()) onConsent(true);
    },
    take,
    start: () => {
      if (options.consent) half.consent(true);
      // Also to a tracker that was there first and has asked nobody.
      sayToTracker();
    },
  });
  host.start();
  return host;
}
