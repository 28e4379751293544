/** What a page may expect of a script that it has let in. */
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type FakeBrowser, installFakeBrowser } from './fake-browser.fixture.ts';
import { LINK, load, typesOf } from './one-page.fixture.ts';

let browser: FakeBrowser;
beforeEach(() => {
  browser = installFakeBrowser();
});
afterEach(() => browser.uninstall());

describe('manners', () => {
  const nothingKept = (tab: { sessionStorage: object }): void => {
    expect(Object.keys(browser.localStorage)).toEqual([]);
    expect(Object.keys(tab.sessionStorage)).toEqual([]);
  };

  it('keep and send nothing before consent', async () => {
    const tab = browser.newTab();
    const page = browser.open(tab);
    const { tracker, host } = load({ consent: false });
    expect(tracker.track('LINK_CLICKED', LINK)).toBeUndefined();
    await browser.pass(60_000);
    nothingKept(tab);
    // Of an earlier visit, when there was consent: it has to wait for the next.
    const key = 'picasso.t1.host.1.2';
    Object.assign(browser.localStorage, { [key]: '{}' });
    page.window.dispatchEvent(new Event('online'));
    expect(Object.keys(browser.localStorage)).toEqual([key]);
    Reflect.deleteProperty(browser.localStorage, key);
    host.consent(true);
    expect(tracker.track('LINK_CLICKED', LINK)).toMatchObject({ sequence_number: 1 });
    await browser.pass(5_000);
    expect(typesOf(browser.sent())).toEqual(['PAGE_VIEW', 'LINK_CLICKED']);
    browser.leave(page);
  });

  it('forget everything when consent is taken back, from either half', async () => {
    const tab = browser.newTab();
    const page = browser.open(tab);
    const { tracker } = load();
    tracker.track('LINK_CLICKED', LINK);
    tracker.consent(false);
    expect(tracker.track('LINK_CLICKED', LINK)).toBeUndefined();
    browser.leave(page);
    await browser.pass(60_000);
    nothingKept(tab);
    expect(browser.requests).toEqual([]);
  });

  it('forget what an earlier visit left when the answer to the question for consent is no', async () => {
    const tab = browser.newTab();
    const before = browser.open(tab);
    load().tracker.track('LINK_CLICKED', LINK);
    browser.leave(before);
    browser.open(tab);
    const { host } = load({ consent: false });
    expect(Object.keys(browser.localStorage)).not.toEqual([]);
    host.consent(false);
    await browser.pass(60_000);
    nothingKept(tab);
  });

  it.each([
    ['Do Not Track', { doNotTrack: '1' }],
    ['Global Privacy Control', { globalPrivacyControl: true }],
  ])('respect %s when asked to', async (_name, signal) => {
    Object.assign(navigator, signal);
    const tab = browser.newTab();
    browser.open(tab);
    const { tracker, host } = load({ respectDoNotTrack: true });
    host.consent(true);
    expect(tracker.track('LINK_CLICKED', LINK)).toBeUndefined();
    nothingKept(tab);
    browser.open(browser.newTab());
    expect(load().tracker.track('LINK_CLICKED', LINK)).toBeDefined();
  });

  it('never let an error out, and lose no number to one', () => {
    browser.open(browser.newTab());
    const { tracker, reports } = load();
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    expect(tracker.track('SCHEDULING_CHIP_CLICKED', circle)).toBeUndefined();
    expect(tracker.track('LINK_CLICKED', undefined as never)).toBeUndefined();
    expect(reports.map(({ type }) => type)).toEqual(['error', 'error']);
    expect(tracker.track('LINK_CLICKED', LINK)).toMatchObject({ sequence_number: 1 });
  });

  it('take options that are undefined for absent', async () => {
    browser.open(browser.newTab());
    const { tracker } = load({
      consent: undefined,
      sampling: undefined,
      idleMs: undefined,
      flushMs: undefined,
      pageViews: undefined,
    });
    tracker.track('LINK_CLICKED', LINK);
    await browser.pass(5_000);
    expect(typesOf(browser.sent())).toEqual(['PAGE_VIEW', 'LINK_CLICKED']);
  });

  it('begin when a page that was prepared in advance is shown', async () => {
    const { document } = browser.open(browser.newTab());
    Object.assign(document, { prerendering: true });
    const { tracker } = load();
    expect(tracker.track('LINK_CLICKED', LINK)).toBeUndefined();
    Object.assign(document, { prerendering: false });
    document.dispatchEvent(new Event('prerenderingchange'));
    expect(tracker.track('LINK_CLICKED', LINK)).toMatchObject({ sequence_number: 1 });
    await browser.pass(5_000);
    expect(typesOf(browser.sent())).toEqual(['PAGE_VIEW', 'LINK_CLICKED']);
  });

  it('know what the visitor decided before the page was shown', async () => {
    const tab = browser.newTab();
    const { document } = browser.open(tab);
    Object.assign(document, { prerendering: true });
    load().host.consent(false);
    Object.assign(document, { prerendering: false });
    document.dispatchEvent(new Event('prerenderingchange'));
    await browser.pass(5_000);
    nothingKept(tab);
    expect(browser.requests).toEqual([]);
  });

  it('survive options that make no sense', async () => {
    browser.open(browser.newTab());
    browser.answer = () => 'broken';
    const { tracker, reports } = load({ endpoint: undefined, tenant: undefined });
    tracker.track('LINK_CLICKED', LINK);
    await browser.pass(5_000);
    expect(reports).toMatchObject([{ type: 'delayed' }]);
    load({ iframe: { src: 'about:blank' } as HTMLIFrameElement }).host.consent(false);
  });

  it('survive a callback of the page that throws', () => {
    browser.open(browser.newTab());
    const { tracker } = load({
      onReport: () => {
        throw new Error('the page’s own');
      },
    });
    expect(tracker.track('LINK_CLICKED', undefined as never)).toBeUndefined();
    expect(tracker.track('LINK_CLICKED', LINK)).toBeDefined();
  });

  it('refuse what the server would refuse for its size', () => {
    browser.open(browser.newTab());
    const { tracker, reports } = load();
    const content = 'ä'.repeat(16_000);
    expect(tracker.track('MESSAGE_SENT', { content })).toBeUndefined();
    expect(reports).toEqual([{ type: 'dropped', count: 1, reason: 'too_large' }]);
  });

  it('keep what was tracked apart from what the page does with its objects afterwards', async () => {
    browser.open(browser.newTab());
    const payload = { content: 'before' };
    load({ pageViews: false }).tracker.track('MESSAGE_SENT', payload);
    payload.content = 'after';
    await browser.pass(5_000);
    expect(browser.sent()[0]?.payload).toEqual({ content: 'before' });
  });

  it.each([true, false])('show what is recorded and sent when asked to: %p', async (debug) => {
    const said = jest.spyOn(console, 'debug').mockReturnValue(undefined);
    browser.open(browser.newTab());
    load({ debug, pageViews: false }).tracker.track('LINK_CLICKED', LINK);
    await browser.pass(5_000);
    const whats = said.mock.calls.map(([, what]) => what as string);
    expect(whats).toEqual(debug ? ['event', 'send', 'answer'] : []);
    if (debug) expect(said.mock.calls[1]?.[2]).toBe(browser.requests[0]?.body);
    said.mockRestore();
  });

  it('stop when told to', async () => {
    const tab = browser.newTab();
    const page = browser.open(tab);
    const { tracker, host } = load({ pageViews: false });
    const first = tracker.track('LINK_CLICKED', LINK);
    tracker.stop();
    host.stop();
    expect(tracker.track('LINK_CLICKED', LINK)).toBeUndefined();
    browser.leave(page);
    await browser.pass(60_000);
    expect(typesOf(browser.sent())).toEqual(['LINK_CLICKED']);
    host.consent(false);
    host.consent(true);
    expect(tracker.track('LINK_CLICKED', LINK)).toBeUndefined();
    // What comes after it in the same page goes on.
    const next = load({ pageViews: false }).tracker.track('LINK_CLICKED', LINK);
    expect(next).toMatchObject({ session_id: first?.session_id, sequence_number: 2 });
  });
});
