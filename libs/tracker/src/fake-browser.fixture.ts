/**
 * A browser for specs: tabs with storage, pages that come and go, a network, a clock.
 *
 * The SDK runs against it unchanged, since it looks its globals up when it uses them. One page is
 * in front at a time; `jest` moves the clock.
 */
import { jest } from '@jest/globals';
import type { WireEvent } from './event.ts';

/** Web storage whose keys are its own properties, as in browsers. */
class FakeStorage {
  [key: string]: unknown;

  constructor(
    copied: object = {},
    onChange: (key: string, value: string | null) => void = () => {},
  ) {
    Object.assign(this, copied);
    Object.defineProperty(this, 'onChange', { value: onChange });
    for (const name of ['getItem', 'setItem', 'removeItem'] as const) {
      Object.defineProperty(this, name, {
        value: FakeStorage[name].bind(this),
        configurable: true,
      });
    }
  }

  private static getItem(this: FakeStorage, key: string): unknown {
    return this[key] ?? null;
  }
  private static setItem(this: FakeStorage, key: string, value: string): void {
    this[key] = value;
    (this['onChange'] as (key: string, value: string | null) => void)(key, value);
  }
  private static removeItem(this: FakeStorage, key: string): void {
    delete this[key];
    (this['onChange'] as (key: string, value: string | null) => void)(key, null);
  }
}

export interface SentRequest {
  url: string;
  events: WireEvent[];
  body: string;
  keepalive: boolean;
}

export type NetworkAnswer =
  | { status: number; body?: unknown; headers?: Record<string, string> }
  /** No answer at all. */
  | 'broken'
  /** None yet. */
  | 'hanging';

/** What a page that the browser showed before looks like from outside. */
export interface FakePage {
  window: EventTarget;
  document: EventTarget & { hidden: boolean };
  tab: FakeTab;
  /** Hears of what other pages store. */
  awake: boolean;
}

export interface FakeTab {
  sessionStorage: FakeStorage;
}

export interface FakeBrowser {
  /** What was sent, request by request. */
  requests: SentRequest[];
  /** Every event that was sent, in that order. */
  sent(): WireEvent[];
  beacons: string[];
  /** Decides what a request gets. Default: everything is accepted. */
  answer: (events: WireEvent[]) => NetworkAnswer;
  localStorage: FakeStorage;
  newTab(): FakeTab;
  /** As browsers do it for "Duplicate tab" and `window.open`. */
  duplicate(tab: FakeTab): FakeTab;
  /** Opens an address; the page that was there before has to be left first. */
  open(tab: FakeTab, href?: string, referrer?: string): FakePage;
  /** `pagehide`, on its way into the back/forward cache. */
  leave(page: FakePage): void;
  /** The page comes back from the back/forward cache. */
  restore(page: FakePage): void;
  hide(page: FakePage): void;
  /** Gone without a word; or frozen, which looks the same from outside. */
  crash(page: FakePage): void;
  /** Moves the clock, and lets everything happen that is due by then. */
  pass(ms: number): Promise<void>;
  setGlobal(name: string, value: unknown): void;
  /** Messages that were posted to the window around. */
  toParent: { message: unknown; origin: string }[];
  uninstall(): void;
}

const START_MS = Date.UTC(2026, 10, 22, 14, 30);

export function installFakeBrowser(): FakeBrowser {
  jest.useFakeTimers({ now: START_MS });
  const replaced = new Map<string, PropertyDescriptor | undefined>();
  const setGlobal = (name: string, value: unknown): void => {
    if (!replaced.has(name)) {
      replaced.set(name, Object.getOwnPropertyDescriptor(globalThis, name));
    }
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  };

  const pages = new Set<FakePage>();
  /** Told to all that are awake; a page has nothing to do with what it has written itself. */
  const tellPages = (key: string, newValue: string | null): void => {
    setTimeout(() => {
      for (const { window, awake } of pages) {
        if (awake) window.dispatchEvent(Object.assign(new Event('storage'), { key, newValue }));
      }
    });
  };

  const browser: FakeBrowser = {
    requests: [],
    sent: () => browser.requests.flatMap(({ events }) => events),
    beacons: [],
    answer: (events) => ({
      status: 200,
      body: { accepted: events.length, duplicates: 0, rejected: [] },
    }),
    localStorage: new FakeStorage({}, tellPages),
    newTab: () => ({ sessionStorage: new FakeStorage() }),
    duplicate: (tab) => ({ sessionStorage: new FakeStorage({ ...tab.sessionStorage }) }),
    open: (tab, href = 'https://example.org/', referrer = '') => {
      const page: FakePage = {
        window: new EventTarget(),
        document: Object.assign(new EventTarget(), { hidden: false, referrer, cookie: '' }),
        tab,
        awake: true,
      };
      pages.add(page);
      setGlobal('window', page.window);
      setGlobal('document', page.document);
      setGlobal('location', new URL(href));
      setGlobal('sessionStorage', tab.sessionStorage);
      return page;
    },
    leave: (page) => {
      page.window.dispatchEvent(Object.assign(new Event('pagehide'), { persisted: true }));
      page.awake = false;
    },
    restore: (page) => {
      page.awake = true;
      setGlobal('window', page.window);
      setGlobal('document', page.document);
      setGlobal('sessionStorage', page.tab.sessionStorage);
      page.window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }));
    },
    hide: ({ document }) => {
      document.hidden = true;
      document.dispatchEvent(new Event('visibilitychange'));
    },
    crash: (page) => {
      page.awake = false;
    },
    pass: (ms) => jest.advanceTimersByTimeAsync(ms),
    setGlobal,
    toParent: [],
    uninstall: () => {
      for (const [name, descriptor] of replaced) {
        if (descriptor) Object.defineProperty(globalThis, name, descriptor);
        else Reflect.deleteProperty(globalThis, name);
      }
      jest.useRealTimers();
    },
  };

  setGlobal('localStorage', browser.localStorage);
  setGlobal('innerWidth', 1_920);
  setGlobal('innerHeight', 1_080);
  setGlobal('parent', {
    postMessage: (message: unknown, origin: string) => browser.toParent.push({ message, origin }),
  });
  setGlobal('navigator', {
    userAgent: 'Mozilla/5.0 (spec)',
    doNotTrack: null,
    sendBeacon: (_url: string, body: string) => browser.beacons.push(body) > 0,
  });
  setGlobal('fetch', async (url: string, init: { body: string; keepalive: boolean }) => {
    const { events } = JSON.parse(init.body) as { events: WireEvent[] };
    browser.requests.push({ url, events, body: init.body, keepalive: init.keepalive });
    const answer = browser.answer(events);
    if (answer === 'hanging') return new Promise(() => undefined);
    if (answer === 'broken') throw new TypeError('Failed to fetch');
    const { status, body, headers = {} } = answer;
    return {
      status,
      headers: new Headers(headers),
      json: async () => {
        if (body === undefined) throw new SyntaxError('not JSON');
        return body;
      },
    };
  });
  return browser;
}

/** The events in local storage, whoever left them there. */
export const storedEvents = ({ localStorage }: FakeBrowser): WireEvent[] =>
  Object.entries(localStorage)
    .filter(([key]) => /^picasso\..*\.\d+$/.test(key))
    .map(([, json]) => JSON.parse(json as string) as WireEvent);
