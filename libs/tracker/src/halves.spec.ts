/** Tracker and host in one page. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EVENT_TYPES } from '@picasso/contracts';
import { openBatch, parseBatch } from '@picasso/contracts/validation';
import { type FakeBrowser, installFakeBrowser, storedEvents } from './fake-browser.fixture.ts';
import { LINK, load, type LoadedPage, typesOf } from './one-page.fixture.ts';
import type { EventPayloads, TrackedType } from './payloads.ts';

const MINUTE_MS = 60_000;

let browser: FakeBrowser;
beforeEach(() => {
  browser = installFakeBrowser();
});
afterEach(() => browser.uninstall());

const chatEvents = () => browser.sent().filter(({ event_type }) => event_type !== 'PAGE_VIEW');

/** A payload of every type, typed as `track` asks for it. */
const PAYLOADS: EventPayloads = {
  PAGE_VIEW: { path: '/' },
  WIDGET_OPENED: { trigger: 'button' },
  CONVERSATION_STARTED: {},
  MESSAGE_SENT: { content: 'When are you open?', content_length: 18 },
  MESSAGE_RECEIVED: { content: 'From nine.', content_length: 10, response_time_ms: 800 },
  ACTION_CHIP_CLICKED: { chip_id: 'hours' },
  CTA_CLICKED: { cta_id: 'apply', triggers_form: 'application' },
  LINK_CLICKED: LINK,
  HELP_MENU_CLICKED: { prompt_index: 0 },
  SHOWCASE_CTA_CLICKED: { showcase_id: 'tour' },
  ITEMS_SHOWN: { items: [{ item_type: 'cta', item_id: 'apply' }] },
  FORM_VIEWED: { form_id: 'apply' },
  FORM_STARTED: { form_id: 'apply' },
  FORM_FIELD_SUBMITTED: { form_id: 'apply', field_id: 'email' },
  FORM_FIELD_REJECTED: { form_id: 'apply', field_id: 'email', error: 'no address' },
  FORM_COMPLETED: { form_id: 'apply' },
  FORM_ABANDONED: { form_id: 'apply' },
  SCHEDULING_CHIP_CLICKED: { any: 'thing' },
  SCHEDULING_DAY_STRIP_ENGAGED: {},
  SCHEDULING_TYPED_REFINEMENT: {},
  SCHEDULING_TIME_TO_BOOKED: {},
  WIDGET_CLOSED: {},
  SESSION_ENDED: { reason: 'page_unload' },
};

it('sends every type of event as the contract has it', async () => {
  browser.open(browser.newTab(), 'https://example.org/a?utm_source=x', 'https://google.com/');
  const { tracker } = load();
  const types = Object.keys(PAYLOADS) as TrackedType[];
  expect([...types, 'QA_COMPLETE'].sort()).toEqual([...EVENT_TYPES].sort());
  for (const type of types) expect(tracker.track(type, PAYLOADS[type])).toBeDefined();
  await browser.pass(10_000);

  expect(browser.requests[0]?.url).toBe('https://ingest.example/w/key');
  let accepted = 0;
  for (const { body } of browser.requests) {
    const opened = openBatch(JSON.parse(body));
    if ('error' in opened) throw new Error(opened.message);
    const { slices, rejected } = parseBatch(opened, {
      grant: { tenant_hash: 't1', origin: 'browser' },
      received_ms: Date.now(),
      sha256: () => 'unused',
    });
    expect(rejected).toEqual([]);
    accepted += slices.reduce((sum, { slice }) => sum + slice.events.length, 0);
  }
  // And a page view.
  expect(accepted).toBe(types.length + 1);
});

describe('the first event of a session', () => {
  const ATTRIBUTION = {
    utm_source: 'facebook',
    gclid: 'g',
    referrer: 'https://www.facebook.com/',
    landing_page: 'https://example.org/foster',
  };
  const HREF = 'https://example.org/foster?utm_source=facebook&gclid=g';
  const REFERRER = 'https://www.facebook.com/';

  it('says where the visitor is and came from, the others do not', async () => {
    const page = browser.open(browser.newTab(), HREF, REFERRER);
    Object.assign(page.document, { cookie: '_ga=GA1.1.12.34' });
    const { tracker } = load();
    tracker.track('LINK_CLICKED', LINK);
    tracker.track('LINK_CLICKED', LINK);
    await browser.pass(5_000);
    const [view, first, second] = browser.sent();
    expect(view).toMatchObject({ event_type: 'PAGE_VIEW', attribution: ATTRIBUTION });
    expect(first).toMatchObject({
      tenant_hash: 't1',
      attribution: ATTRIBUTION,
      ga_client_id: '12.34',
      context: {
        user_agent: 'Mozilla/5.0 (spec)',
        viewport_width: 1_920,
        viewport_height: 1_080,
      },
    });
    for (const field of ['attribution', 'context', 'ga_client_id']) {
      expect(second).not.toHaveProperty(field);
    }
  });

  it('still knows it on another page of the visit', async () => {
    const tab = browser.newTab();
    const page = browser.open(tab, HREF, REFERRER);
    load();
    browser.leave(page);
    browser.open(tab, 'https://example.org/contact', 'https://example.org/foster');
    load().tracker.track('LINK_CLICKED', LINK);
    await browser.pass(5_000);
    expect(chatEvents()[0]?.attribution).toEqual(ATTRIBUTION);
  });

  it('has forgotten it 30 minutes later', async () => {
    const tab = browser.newTab();
    const page = browser.open(tab, HREF, REFERRER);
    load();
    browser.leave(page);
    await browser.pass(30 * MINUTE_MS + 1);
    browser.open(tab, 'https://example.org/contact', 'https://example.org/foster');
    load().tracker.track('LINK_CLICKED', LINK);
    await browser.pass(5_000);
    expect(chatEvents()[0]?.attribution).toEqual({ landing_page: 'https://example.org/contact' });
  });

  it('has a new one when the visitor comes again with a campaign', async () => {
    const tab = browser.newTab();
    const page = browser.open(tab, HREF, REFERRER);
    load();
    browser.leave(page);
    browser.open(tab, 'https://example.org/?utm_source=mail', '');
    load().tracker.track('LINK_CLICKED', LINK);
    await browser.pass(5_000);
    const attribution = { utm_source: 'mail', landing_page: 'https://example.org/' };
    expect(chatEvents()[0]?.attribution).toEqual(attribution);
  });

  it('says it again in the next session of the same page', async () => {
    browser.open(browser.newTab(), HREF, REFERRER);
    const { tracker } = load();
    tracker.track('LINK_CLICKED', LINK);
    await browser.pass(31 * MINUTE_MS);
    tracker.track('LINK_CLICKED', LINK);
    await browser.pass(5_000);
    const [first, second] = chatEvents();
    expect(second?.session_id).not.toBe(first?.session_id);
    expect(second?.attribution).toEqual(ATTRIBUTION);
  });
});

describe('PAGE_VIEW', () => {
  const paths = () =>
    browser
      .sent()
      .filter(({ event_type }) => event_type === 'PAGE_VIEW')
      .map(({ payload }) => (payload as { path: string }).path);

  it('comes once for every path of a visit, in a session of page views only', async () => {
    const tab = browser.newTab();
    for (const path of ['/a', '/b', '/a', '/b?x=1']) {
      const page = browser.open(tab, `https://example.org${path}`, 'https://google.com/search');
      load();
      await browser.pass(5_000);
      browser.leave(page);
    }
    expect(paths()).toEqual(['/a', '/b']);
    const [first, second] = browser.sent();
    expect(first?.session_id).toMatch(/^pv_/);
    expect(second?.session_id).toBe(first?.session_id);
    expect([first?.sequence_number, second?.sequence_number]).toEqual([1, 2]);
    expect(first?.payload).toEqual({
      path: '/a',
      referrer_host: 'google.com',
      device_class: 'desktop',
    });
    expect(typesOf(browser.sent())).toEqual(['PAGE_VIEW', 'PAGE_VIEW']);
  });

  it('comes again in another visit', async () => {
    browser.open(browser.newTab(), 'https://example.org/a');
    const { host } = load();
    await browser.pass(31 * MINUTE_MS);
    host.pageView();
    await browser.pass(5_000);
    expect(paths()).toEqual(['/a', '/a']);
  });

  it('comes when the address changes without a new page', async () => {
    const { window } = browser.open(browser.newTab(), 'https://example.org/a');
    load();
    browser.setGlobal('location', new URL('https://example.org/b'));
    window.dispatchEvent(new Event('popstate'));
    await browser.pass(5_000);
    expect(paths()).toEqual(['/a', '/b']);
  });

  it('can be switched off', async () => {
    browser.open(browser.newTab());
    load({ pageViews: false });
    await browser.pass(10_000);
    expect(browser.requests).toEqual([]);
  });
});

describe('the widget', () => {
  it('is opened and closed once, and knows for how long', async () => {
    const tab = browser.newTab();
    const page = browser.open(tab);
    const { tracker } = load({ pageViews: false });
    tracker.closed();
    tracker.opened('callout');
    tracker.opened();
    await browser.pass(2_000);
    browser.leave(page);
    browser.open(tab);
    const next = load({ pageViews: false }).tracker;
    next.opened();
    await browser.pass(40_000);
    next.closed();
    next.closed();
    await browser.pass(5_000);
    expect(typesOf(browser.sent())).toEqual(['WIDGET_OPENED', 'SESSION_ENDED', 'WIDGET_CLOSED']);
    expect(browser.sent()[0]?.payload).toEqual({ trigger: 'callout' });
    expect(browser.sent()[2]?.payload).toEqual({ dwell_time_seconds: 42 });
  });

  it.each([
    ['FORM_COMPLETED', { form_id: 'f' }],
    ['WIDGET_CLOSED', {}],
    ['SESSION_ENDED', { reason: 'page_unload' }],
  ] as const)('%s is sent at once', async (type, payload) => {
    browser.open(browser.newTab());
    load().tracker.track(type, payload);
    await browser.pass(0);
    expect(typesOf(browser.sent())).toContain(type);
  });
});

describe('SESSION_ENDED', () => {
  const ended = () => browser.sent().filter(({ event_type }) => event_type === 'SESSION_ENDED');

  it('is sent as the page is left, with the number after the last one', () => {
    const page = browser.open(browser.newTab());
    const { tracker } = load();
    tracker.track('LINK_CLICKED', LINK);
    browser.leave(page);
    expect(ended()).toMatchObject([
      { payload: { reason: 'page_unload' }, sequence_number: 2, step_number: 1 },
    ]);
  });

  it('is not the end where the visitor goes on', async () => {
    const tab = browser.newTab();
    const page = browser.open(tab);
    load().tracker.track('LINK_CLICKED', LINK);
    browser.leave(page);
    browser.open(tab);
    const again = load().tracker.track('LINK_CLICKED', LINK);
    expect(again).toMatchObject({ session_id: ended()[0]?.session_id, sequence_number: 3 });
    await browser.pass(5_000);
  });

  it('comes once for every time that the page is left, and not if nothing happened since', () => {
    const page = browser.open(browser.newTab());
    const { tracker } = load();
    tracker.track('LINK_CLICKED', LINK);
    browser.leave(page);
    browser.restore(page);
    browser.leave(page);
    expect(ended()).toHaveLength(1);
    browser.restore(page);
    tracker.track('LINK_CLICKED', LINK);
    browser.leave(page);
    expect(ended()).toHaveLength(2);
  });

  it.each([
    ['before anything was tracked', async () => undefined],
    [
      'after the widget was closed',
      async ({ tracker }: LoadedPage) => {
        tracker.opened();
        tracker.closed();
      },
    ],
    [
      'after 30 minutes, when the session was over already',
      async ({ tracker }: LoadedPage) => {
        tracker.track('LINK_CLICKED', LINK);
        await browser.pass(31 * MINUTE_MS);
      },
    ],
  ])('does not come %s', async (_name, happen) => {
    const page = browser.open(browser.newTab());
    await happen(load());
    browser.leave(page);
    expect(ended()).toEqual([]);
  });
});

it('has every event in storage when `track` returns', () => {
  browser.open(browser.newTab());
  browser.answer = () => 'broken';
  const { tracker } = load({ pageViews: false });
  for (let n = 1; n <= 30; n += 1) {
    const tracked = tracker.track('LINK_CLICKED', LINK);
    expect(storedEvents(browser)).toHaveLength(n);
    expect(storedEvents(browser).at(-1)).toMatchObject({ event_id: tracked?.event_id });
  }
});

it('goes on after a stay in the cache, though no answer comes any more to what it sent before', async () => {
  const page = browser.open(browser.newTab());
  const accept = browser.answer;
  browser.answer = () => 'hanging';
  const { tracker, host } = load({ pageViews: false });
  tracker.track('LINK_CLICKED', LINK);
  browser.leave(page);
  browser.answer = accept;
  browser.requests.length = 0;
  browser.restore(page);
  tracker.track('CTA_CLICKED', { cta_id: 'apply' });
  await browser.pass(10_000);
  expect(typesOf(browser.sent()).sort()).toEqual(['CTA_CLICKED', 'LINK_CLICKED', 'SESSION_ENDED']);
  expect(host.waiting()).toBe(0);
});

it('has a session for the chat backend', async () => {
  browser.open(browser.newTab());
  const { tracker } = load();
  expect(tracker.session()).toBeUndefined();
  const tracked = tracker.track('MESSAGE_SENT', { content: 'x' });
  const { session_id, step_number } = tracked!;
  expect(tracker.session()).toEqual({ session_id, step_number });
  await browser.pass(31 * MINUTE_MS);
  expect(tracker.session()).toBeUndefined();
});
