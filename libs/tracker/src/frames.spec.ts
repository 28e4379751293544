/** Tracker and host on the two sides of a frame's border: what each makes of the other's messages. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { TrackerMessage } from './bridge.ts';
import { CLAIM_MS } from './claims.ts';
import type { WireEvent } from './event.ts';
import {
  type FakeBrowser,
  type FakePage,
  installFakeBrowser,
  storedEvents,
} from './fake-browser.fixture.ts';
import { createHost, type Host, type HostOptions } from './host.ts';
import { createTracker, type TrackerOptions } from './tracker.ts';

const WIDGET = 'https://widget.example';
const SITE = 'https://example.org';

let browser: FakeBrowser;
let page: FakePage;
beforeEach(() => {
  browser = installFakeBrowser();
});
afterEach(() => browser.uninstall());

const hear = (data: unknown, source: unknown, origin: string): void => {
  page.window.dispatchEvent(Object.assign(new Event('message'), { data, source, origin }));
};

describe('the host', () => {
  let said: { message: Record<string, unknown>; origin: string }[];
  let frame: HTMLIFrameElement;
  let widgetMessages: unknown[];

  const load = (options: Partial<HostOptions> = {}): Host => {
    page = browser.open(browser.newTab(), `${SITE}/?utm_source=x`);
    Object.assign(page.document, { cookie: '_ga=GA1.1.12.34' });
    said = [];
    widgetMessages = [];
    const contentWindow = {
      postMessage: (message: Record<string, unknown>, origin: string) =>
        said.push({ message, origin }),
    };
    frame = { src: `${WIDGET}/frame.html`, contentWindow } as unknown as HTMLIFrameElement;
    return createHost({
      tenant: 't1',
      endpoint: 'https://ingest.example',
      writeKey: 'key',
      iframe: frame,
      pageViews: false,
      onWidgetMessage: (message) => widgetMessages.push(message),
      ...options,
    });
  };
  const fromFrame = (data: unknown): void => hear(data, frame.contentWindow, WIDGET);
  const event = (n: number, fields: Partial<WireEvent> = {}): WireEvent => ({
    schema_version: '1.0',
    event_id: `evt_${n}`,
    timestamp: new Date().toISOString(),
    session_id: 'sess_f',
    step_number: n,
    sequence_number: n,
    event_type: 'LINK_CLICKED',
    payload: { url: 'https://example.org' },
    ...fields,
  });
  const handOver = (...events: WireEvent[]): TrackerMessage => ({
    type: 'PICASSO_TRACKER',
    tenant: 't1',
    events: events.map((each) => [`key.${each.event_id}`, JSON.stringify(each)] as const),
    session: { id: 'sess_f', sequence: events.length } as never,
  });

  it('says hello to a frame that is there, and to one that asks', () => {
    load();
    const hello = { type: 'PICASSO_HOST', tenant: 't1', consent: true };
    expect(said.at(-1)).toMatchObject({ message: hello, origin: WIDGET });
    const { length } = said;
    fromFrame(handOver());
    expect(said).toHaveLength(length + 1);
    expect(said.at(-1)?.message).toMatchObject(hello);
    expect(said.at(-1)?.message['keys']).toBeUndefined();
  });

  it('takes events over before it confirms them, and adds what it knows', async () => {
    const host = load();
    fromFrame(handOver(event(1), event(2)));
    expect(host.waiting()).toBe(2);
    expect(storedEvents(browser)).toHaveLength(2);
    expect(said.at(-1)?.message).toMatchObject({ keys: ['key.evt_1', 'key.evt_2'] });
    await browser.pass(5_000);
    expect(browser.sent()).toMatchObject([
      { ...event(1), timestamp: expect.any(String), tenant_hash: 't1', ga_client_id: '12.34' },
      { event_id: 'evt_2' },
    ]);
    expect(browser.sent()[0]?.attribution).toMatchObject({ utm_source: 'x' });
    expect(browser.sent()[1]).not.toHaveProperty('attribution');
  });

  it('sends once what is handed over twice', async () => {
    load();
    fromFrame(handOver(event(1)));
    fromFrame(handOver(event(1), event(2)));
    expect(said.at(-1)?.message).toMatchObject({ keys: ['key.evt_1', 'key.evt_2'] });
    await browser.pass(5_000);
    expect(browser.sent().map(({ event_id }) => event_id)).toEqual(['evt_1', 'evt_2']);
  });

  it.each([
    ['another window', () => hear(handOver(event(1)), {}, WIDGET)],
    ['another origin', () => hear(handOver(event(1)), frame.contentWindow, 'https://evil.example')],
    ['no origin', () => hear(handOver(event(1)), frame.contentWindow, 'null')],
    ['another tenant', () => fromFrame({ ...handOver(event(1)), tenant: 't2' })],
    ['a deployed widget elsewhere', () => hear({ type: 'PICASSO_IFRAME_READY' }, {}, WIDGET)],
    ['nothing', () => fromFrame(null)],
    ['text', () => fromFrame('PICASSO_TRACKER')],
  ])('does not listen to %s', (_name, speak) => {
    const host = load();
    const { length } = said;
    speak();
    expect(host.waiting()).toBe(0);
    expect(said).toHaveLength(length);
  });

  it('is not spoilt by an event that cannot be read', () => {
    const host = load();
    const message = handOver(event(1));
    message.events = [['key.bad', '{'], ...message.events];
    fromFrame(message);
    expect(host.waiting()).toBe(1);
    expect(said.at(-1)?.message).toMatchObject({ keys: ['key.bad', 'key.evt_1'] });
  });

  it('takes nothing without consent, and tells when there is some', () => {
    const host = load({ consent: false });
    fromFrame(handOver(event(1)));
    expect(said.at(-1)?.message).toMatchObject({ consent: false });
    expect(said.at(-1)?.message['keys']).toBeUndefined();
    expect(storedEvents(browser)).toEqual([]);
    host.consent(true);
    expect(said.at(-1)?.message).toMatchObject({ consent: true });
    host.consent(false);
    expect(said.at(-1)?.message).toMatchObject({ consent: false });
  });

  it('keeps the session for a frame that has no storage, over pages of the tab', () => {
    load();
    fromFrame(handOver(event(1)));
    const { tab } = page;
    browser.leave(page);
    const session = { id: 'sess_f', sequence: 1 };
    const { newTab } = browser;
    browser.newTab = () => tab;
    load();
    expect(said.at(-1)?.message).toMatchObject({ session });
    // Nor for the duplicate of such a tab.
    browser.newTab = () => browser.duplicate(tab);
    load();
    expect(said.at(-1)?.message['session']).toBeUndefined();
    browser.newTab = newTab;
  });

  it('says for the frame that the visitor has left, whatever a closed tab had left there', () => {
    load();
    fromFrame(handOver(event(1), event(2)));
    fromFrame(handOver(event(3, { session_id: 'sess_closed' })));
    browser.leave(page);
    const [last] = browser.sent().slice(-1);
    expect(last).toMatchObject({
      session_id: 'sess_f',
      step_number: 2,
      event_type: 'SESSION_ENDED',
      payload: { reason: 'page_unload' },
    });
    // Numbers are the tracker's: it may go on with the next one.
    expect(last).not.toHaveProperty('sequence_number');
    browser.restore(page);
    const { length } = browser.sent();
    browser.leave(page);
    expect(browser.sent()).toHaveLength(length);
  });

  it.each([
    [
      'closed the widget',
      async () => fromFrame(handOver(event(1, { event_type: 'WIDGET_CLOSED' }))),
    ],
    [
      'has been idle for 30 minutes',
      async () => {
        fromFrame(handOver(event(1)));
        await browser.pass(1_800_001);
      },
    ],
    ['did nothing', async () => undefined],
  ])('does not say so when the visitor %s before', async (_name, happen) => {
    load();
    await happen();
    browser.leave(page);
    expect(browser.sent().map(({ event_type }) => event_type)).not.toContain('SESSION_ENDED');
  });

  describe('with the deployed widget', () => {
    const deployed = (step_number: number, type: string, payload: object = {}) => ({
      type: 'PICASSO_EVENT',
      event: type,
      payload,
      analytics: {
        schema_version: '1.0.0',
        session_id: 'sess_mb2k1x_a9f3c1',
        tenant_id: 't1',
        timestamp: '2026-11-22T14:30:00.123Z',
        step_number,
        event: { type, payload },
      },
    });

    it('forwards its events, with where the visitor came from on the first', async () => {
      load();
      fromFrame(deployed(1, 'WIDGET_OPENED', { trigger: 'button' }));
      fromFrame({ type: 'PICASSO_EVENT', event: 'CHAT_OPENED', payload: {} });
      fromFrame(deployed(2, 'MESSAGE_SENT', { content: 'x' }));
      await browser.pass(5_000);
      expect(browser.sent()).toMatchObject([
        {
          session_id: 'sess_mb2k1x_a9f3c1',
          step_number: 1,
          event_type: 'WIDGET_OPENED',
          attribution: { utm_source: 'x' },
          ga_client_id: '12.34',
          tenant_hash: 't1',
        },
        { step_number: 2, event_type: 'MESSAGE_SENT', payload: { content: 'x' } },
      ]);
      expect(browser.sent()[1]).not.toHaveProperty('attribution');
      expect(browser.sent().some((sent) => 'sequence_number' in sent)).toBe(false);
      expect(widgetMessages).toHaveLength(3);
    });

    it('tells it what it asks for', () => {
      load();
      fromFrame({ type: 'PICASSO_IFRAME_READY', performance: {} });
      expect(said.at(-1)).toEqual({
        origin: WIDGET,
        message: {
          type: 'PICASSO_INIT',
          tenantHash: 't1',
          attribution: {
            utm_source: 'x',
            landing_page: `${SITE}/`,
            ga_client_id: '12.34',
          },
          hostViewportWidth: 1_920,
        },
      });
    });

    it('leaves the rest to the page', () => {
      load();
      const size = { type: 'PICASSO_SIZE_CHANGE', isOpen: true };
      fromFrame(size);
      expect(widgetMessages).toEqual([size]);
    });
  });
});

describe('the tracker in a frame', () => {
  const load = (options: Partial<TrackerOptions> = {}) => {
    page ??= browser.open(browser.newTab(), `${WIDGET}/frame.html`, `${SITE}/`);
    browser.toParent.length = 0;
    return createTracker({ tenant: 't1', ...options });
  };
  beforeEach(() => {
    page = browser.open(browser.newTab(), `${WIDGET}/frame.html`, `${SITE}/`);
  });

  const fromHost = (fields: object = {}, origin = SITE, source: unknown = parent): void =>
    hear({ type: 'PICASSO_HOST', tenant: 't1', consent: true, ...fields }, source, origin);
  const LINK = { url: 'https://example.org' };
  const handedOver = (): TrackerMessage['events'] =>
    browser.toParent.flatMap(({ message }) => (message as TrackerMessage).events);

  it('asks for the host, whose origin it takes from the browser', () => {
    load();
    expect(browser.toParent).toMatchObject([
      { origin: SITE, message: { type: 'PICASSO_TRACKER', tenant: 't1', events: [] } },
    ]);
    load({ hostOrigin: 'https://other.example' });
    expect(browser.toParent[0]?.origin).toBe('https://other.example');
  });

  it('speaks to nobody when it does not know whom to', () => {
    page = browser.open(browser.newTab(), `${WIDGET}/frame.html`, '');
    load().track('LINK_CLICKED', LINK);
    expect(browser.toParent).toEqual([]);
    expect(storedEvents(browser)).toHaveLength(1);
  });

  it('keeps events until the host has confirmed them', () => {
    const tracker = load();
    tracker.track('LINK_CLICKED', LINK);
    expect(handedOver()).toEqual([]);
    fromHost();
    expect(handedOver()).toHaveLength(1);
    tracker.track('LINK_CLICKED', LINK);
    expect(handedOver()).toHaveLength(2);
    expect(storedEvents(browser)).toHaveLength(2);
    const [first, second] = handedOver().map(([key]) => key);
    fromHost({ keys: [first] });
    expect(storedEvents(browser)).toMatchObject([{ sequence_number: 2 }]);
    fromHost({ keys: [second] });
    expect(storedEvents(browser)).toEqual([]);
  });

  it('hands over again what was not confirmed when a host says hello', () => {
    const tracker = load();
    fromHost();
    tracker.track('LINK_CLICKED', LINK);
    tracker.track('LINK_CLICKED', LINK);
    fromHost({ keys: [handedOver()[0]?.[0]] });
    fromHost();
    const numbers = handedOver().map(([, json]) => (JSON.parse(json) as WireEvent).sequence_number);
    expect(numbers).toEqual([1, 2, 2]);
  });

  it('hands over what an earlier page of the frame left', async () => {
    load().track('LINK_CLICKED', LINK);
    browser.leave(page);
    page = browser.open(browser.newTab(), `${WIDGET}/frame.html`, `${SITE}/`);
    load();
    fromHost();
    await browser.pass(CLAIM_MS);
    expect(handedOver()).toHaveLength(1);
  });

  it.each([
    ['another window', () => fromHost({}, SITE, {})],
    ['another origin', () => fromHost({}, 'https://evil.example')],
    ['another tenant', () => fromHost({ tenant: 't2' })],
    ['somebody else', () => hear('hello', parent, SITE)],
  ])('does not listen to %s', (_name, speak) => {
    load().track('LINK_CLICKED', LINK);
    speak();
    expect(handedOver()).toEqual([]);
  });

  it('records nothing, and forgets what it had, without consent at the host', () => {
    const tracker = load();
    tracker.track('LINK_CLICKED', LINK);
    fromHost({ consent: false });
    expect(tracker.track('LINK_CLICKED', LINK)).toBeUndefined();
    expect(storedEvents(browser)).toEqual([]);
    expect(Object.keys(page.tab.sessionStorage)).toEqual([]);
    fromHost();
    expect(tracker.track('LINK_CLICKED', LINK)).toMatchObject({ sequence_number: 1 });
  });

  it('waits for consent when it is told to', () => {
    const tracker = load({ consent: false });
    expect(tracker.track('LINK_CLICKED', LINK)).toBeUndefined();
    fromHost();
    expect(tracker.track('LINK_CLICKED', LINK)).toBeDefined();
  });

  it('goes on with the session that the host has kept, where it has none itself', () => {
    const kept = {
      id: 'sess_kept',
      step: 4,
      sequence: 5,
      startedMs: Date.now() - 60_000,
      lastMs: Date.now() - 60_000,
      free: '',
      sampled: true,
      extra: {},
    };
    const tracker = load();
    fromHost({ session: kept });
    expect(tracker.track('LINK_CLICKED', LINK)).toMatchObject({
      session_id: 'sess_kept',
      step_number: 5,
      sequence_number: 6,
    });
    page = browser.open(browser.newTab(), `${WIDGET}/frame.html`, `${SITE}/`);
    const other = load();
    const own = other.track('LINK_CLICKED', LINK);
    fromHost({ session: kept });
    expect(other.track('LINK_CLICKED', LINK)).toMatchObject({ session_id: own?.session_id });
  });

  it('leaves SESSION_ENDED to the host', () => {
    load().track('LINK_CLICKED', LINK);
    browser.leave(page);
    expect(storedEvents(browser)).toMatchObject([{ event_type: 'LINK_CLICKED' }]);
  });
});
