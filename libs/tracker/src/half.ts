/** What both halves have in common: their options, and what the page around hears of them. */

/** What the page that uses the SDK may want to know. Nothing of it needs an answer. */
export type TrackerReport =
  /** The server will never take this event. */
  | { type: 'rejected'; event: unknown; code: string; path?: string; message?: string }
  /** Events that are gone: the buffer was full (the oldest went), or one was too large. */
  | { type: 'dropped'; count: number; reason: 'buffer_full' | 'too_large' }
  /** Sending failed; it goes on by itself. `status`: HTTP, undefined without an answer. */
  | { type: 'delayed'; status: number | undefined }
  /** A mistake, ours or in what we were given. It stays in here. */
  | { type: 'error'; error: unknown };

export interface CommonOptions {
  /** The tenant's hash. */
  tenant: string;
  /** False: record and store nothing until `consent(true)` is called. Default: true. */
  consent?: boolean;
  /** Record nothing of visitors who send Do Not Track or Global Privacy Control. Default: false. */
  respectDoNotTrack?: boolean;
  /** Share of sessions that are recorded, 0 to 1. Default: 1, all of them. */
  sampling?: number;
  /** Without an event for this long a session is over. Default: 30 minutes. */
  idleMs?: number;
  /** Bounds of the buffer; the oldest events go first. Default: 500 events, 512 KB. */
  maxEvents?: number;
  maxBytes?: number;
  /** Shows in the console what is recorded and sent. Default: false. */
  debug?: boolean;
  /** Hears of rejected, dropped and delayed events, and of errors. */
  onReport?: (report: TrackerReport) => void;
}

type Action = (...args: never[]) => unknown;
type Actions = Record<string, Action>;

export interface Half<Options extends CommonOptions = CommonOptions> {
  options: Options & typeof DEFAULTS;
  /** Of all keys in storage. */
  prefix: string;
  report(report: TrackerReport): void;
  debug(what: string, details: unknown): void;
  /** The same functions, without their exceptions: those are reported. */
  guard<Given extends Actions>(actions: Given): Given;
  /** Guarded listeners by event type, until `stop`. */
  listen(target: EventTarget | undefined, listeners: Actions): void;
  /** Whether anything may be recorded. */
  active(): boolean;
  /** What the visitor decided; heard of by everybody in `onActive`. */
  consent(granted: boolean): void;
  /** Calls back at every change, in the order of registration. */
  onActive(change: (active: boolean) => void): void;
  stop(): void;
}

const DEFAULTS = {
  consent: true,
  sampling: 1,
  idleMs: 1_800_000,
  maxEvents: 500,
  maxBytes: 524_288,
  pageViews: true,
  flushMs: 5_000,
  flushEvents: 10,
};

export function createHalf<Options extends CommonOptions>(given: Options): Half<Options> {
  // Not by spreading alone: an option that is there and undefined means its default, too.
  const options = Object.fromEntries(
    Object.entries({ ...DEFAULTS, ...given }).map(([name, value]) => [
      name,
      (value as unknown) ?? DEFAULTS[name as keyof typeof DEFAULTS],
    ]),
  ) as unknown as Options & typeof DEFAULTS;
  const ended = new AbortController();
  const changes: ((active: boolean) => void)[] = [];
  let active = false;
  /** The visitor's last word, which may come before there is a visitor to record. */
  let decided = false;

  const debug = (what: string, details: unknown): void => {
    if (options.debug) console.debug('[picasso]', what, details);
  };
  const report = (it: TrackerReport): void => {
    try {
      debug('report', it);
      options.onReport?.(it);
    } catch {
      // The page's own mistake, in its own callback.
    }
  };
  const guarded =
    (action: Action): Action =>
    (...args) => {
      try {
        return action(...args);
      } catch (error) {
        return report({ type: 'error', error });
      }
    };

  const listen = (target: EventTarget | undefined, listeners: Actions): void =>
    Object.entries(listeners).forEach(([type, action]) =>
      target?.addEventListener(type, guarded(action) as EventListener, { signal: ended.signal }),
    );

  const consent = (granted: boolean): void => {
    decided = granted;
    // Before it is shown, a page has no visitor.
    if ((document as { prerendering?: boolean }).prerendering) {
      return listen(document, { prerenderingchange: () => consent(decided) });
    }
    // A no is heard also by who waited for a yes: there may be something of an earlier visit.
    if ((granted && active) || ended.signal.aborted) return;
    active = granted && !(options.respectDoNotTrack && forbidsTracking());
    changes.forEach((change) => change(active));
  };

  return {
    options,
    prefix: `picasso.${options.tenant}.`,
    report,
    debug,
    guard: (actions) =>
      Object.fromEntries(
        Object.entries(actions).map(([name, action]) => [name, guarded(action)]),
      ) as typeof actions,
    listen,
    active: () => active,
    consent,
    onActive: (change) => changes.push(change),
    stop: () => {
      ended.abort();
      active = false;
    },
  };
}

/** Whether the visitor said no, once for all sites. */
const forbidsTracking = (): boolean => {
  const { doNotTrack, globalPrivacyControl } = navigator as Navigator & {
    globalPrivacyControl?: boolean;
  };
  return doNotTrack === '1' || !!globalPrivacyControl;
};
