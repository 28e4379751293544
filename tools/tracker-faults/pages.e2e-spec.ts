/** What only a real browser shows: frames, the back/forward cache, policies, missing storage. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, Frame, Page } from 'playwright-core';
import { launchBrowser } from './browser.ts';
import { type CollectedEvent, type Collector, startCollector } from './collector.ts';
import { describeInBrowser } from './in-browser.fixture.ts';
import { startSite, type Site } from './site.ts';

describeInBrowser('a page with the browser SDK', () => {
  let collector: Collector;
  let site: Site;
  let browser: Browser;
  let context: BrowserContext;

  beforeAll(async () => {
    browser = await launchBrowser();
  }, 60_000);
  afterAll(() => browser?.close());
  beforeEach(async () => {
    // One for each: requests of a page outlive it, and are not the next one's.
    collector = await startCollector();
    site = await startSite({ tenant: 't1', writeKey: 'key', endpoint: collector.url });
    context = await browser.newContext();
    // Chromium forgets what a context has stored when its last page is closed.
    await context.newPage();
  });
  afterEach(async () => {
    await context.close();
    await site.close();
    await collector.close();
  });

  const open = async (path: string): Promise<Page> => {
    const page = await context.newPage();
    await page.goto(site.url + path);
    return page;
  };
  const frameOf = async (page: Page): Promise<Frame> => {
    const frame = page.frames().at(-1)!;
    await frame.waitForFunction('window.act !== undefined');
    return frame;
  };
  const act = (where: Page | Frame): Promise<CollectedEvent> =>
    where.evaluate<CollectedEvent>('act()');
  const types = () => collector.types();
  const until = (holds: () => boolean) => collector.until(holds);
  const stored = (where: Page | Frame): Promise<string[]> =>
    where.evaluate<string[]>('Object.keys(localStorage).filter((key) => /\\d$/.test(key))');

  it('sends without asking first, and keeps nothing that was answered', async () => {
    const page = await open('/page?flush=100&utm_source=mail');
    await act(page);
    await until(() => collector.sent.length === 2);
    expect(collector.sent[1]?.attribution).toMatchObject({ utm_source: 'mail' });
    expect(collector.methods).not.toContain('OPTIONS');
    await page.waitForFunction('host.waiting() === 0');
    expect(await stored(page)).toEqual([]);
    expect(await context.cookies()).toEqual([]);
    const globals = await page.evaluate<string[]>(
      `Object.keys(window).filter((name) => /picasso/i.test(name))`,
    );
    expect(globals).toEqual(['PicassoTracker']);
  });

  it('says goodbye as its tab is closed', async () => {
    const page = await open('/page?flush=60000');
    await act(page);
    await page.close({ runBeforeUnload: true });
    await until(() => types().includes('SESSION_ENDED'));
    expect(types()).toEqual(['PAGE_VIEW', 'LINK_CLICKED', 'SESSION_ENDED']);
  });

  it('goes on with its session after a reload, and begins one in a duplicated tab', async () => {
    const page = await open('/page');
    const first = await act(page);
    await page.reload();
    const second = await act(page);
    // SESSION_ENDED has the number between them.
    expect(second).toMatchObject({ session_id: first.session_id, sequence_number: 3 });
    const [duplicate] = await Promise.all([
      context.waitForEvent('page'),
      page.evaluate('void window.open(location.href)'),
    ]);
    await duplicate.waitForLoadState();
    const other = await act(duplicate);
    expect(other.session_id).not.toBe(first.session_id);
    expect(await act(page)).toMatchObject({ session_id: first.session_id, sequence_number: 4 });
  });

  it('begins a session in a tab that was duplicated while it was elsewhere', async () => {
    const page = await open('/page');
    const first = await act(page);
    await page.goto(`${site.url}/elsewhere`);
    const [duplicate] = await Promise.all([
      context.waitForEvent('page'),
      page.evaluate('void window.open(location.href)'),
    ]);
    await Promise.all([page, duplicate].map((tab) => tab.goto(`${site.url}/page`)));
    const sessions = [await act(page), await act(duplicate)].map(({ session_id }) => session_id);
    expect(sessions.filter((session) => session === first.session_id)).toHaveLength(1);
  });

  it('leaves for the next tab what it could not send', async () => {
    collector.up = false;
    const page = await open('/page?flush=100');
    const first = await act(page);
    await act(page);
    await page.close({ runBeforeUnload: true });
    collector.up = true;
    const next = await open('/page?flush=100');
    // The last one, said as the tab was closed, may arrive by itself and before the others.
    const numbers = (): (number | undefined)[] =>
      collector.sent
        .filter(({ session_id }) => session_id === first.session_id)
        .map(({ sequence_number }) => sequence_number)
        .sort();
    await until(() => numbers().length === 3);
    expect(numbers()).toEqual([1, 2, 3]);
    await next.waitForFunction('host.waiting() === 0');
  });

  it('comes back from the back/forward cache, and goes on', async () => {
    const page = await open('/page?flush=100');
    await page.evaluate(`window.restored = 0;
      addEventListener('pageshow', ({ persisted }) => { if (persisted) window.restored += 1; })`);
    const first = await act(page);
    await page.goto(`${site.widgetUrl}/elsewhere`);
    await page.goBack({ waitUntil: 'commit' });
    await page.waitForFunction('window.restored === 1');
    const second = await act(page);
    expect(second).toMatchObject({ session_id: first.session_id, sequence_number: 3 });
    await until(() => collector.sent.length >= 4);
    expect(types()).toEqual(['PAGE_VIEW', 'LINK_CLICKED', 'SESSION_ENDED', 'LINK_CLICKED']);
  });

  it.each([
    ['with storage of its own', true],
    ['without any storage', false],
  ])('has its widget in a frame of another site, %s', async (_name, hasStorage) => {
    if (!hasStorage) {
      await context.addInitScript(`if (window !== window.top) {
        for (const name of ['localStorage', 'sessionStorage']) {
          Object.defineProperty(window, name, { get() { throw new DOMException('no', 'SecurityError'); } });
        }
      }`);
    }
    const page = await open('/framed?flush=100&utm_source=mail');
    const frame = await frameOf(page);
    await frame.waitForTimeout(200);
    const first = await act(frame);
    await act(frame);
    await until(() => collector.sent.length === 3);
    expect(collector.sent[1]).toMatchObject({
      event_id: first.event_id,
      attribution: { utm_source: 'mail' },
    });
    await page.reload();
    const again = await frameOf(page);
    await again.waitForTimeout(200);
    // The host has said SESSION_ENDED, without a number.
    expect(await act(again)).toMatchObject({
      session_id: first.session_id,
      step_number: 3,
      sequence_number: 3,
    });
    await until(() => collector.sent.length === 5);
    expect(types()).toEqual([
      'PAGE_VIEW',
      'LINK_CLICKED',
      'LINK_CLICKED',
      'SESSION_ENDED',
      'LINK_CLICKED',
    ]);
    expect(collector.sent[3]).toMatchObject({ session_id: first.session_id, step_number: 2 });
  });

  it('understands the deployed widget', async () => {
    const page = await context.newPage();
    await page.goto(`${site.url}/framed?flush=100&frame=deployed`);
    const frame = page.frames().at(-1)!;
    await frame.waitForFunction(`heard.some(({ type }) => type === 'PICASSO_INIT')`);
    await frame.evaluate(`parent.postMessage({
      type: 'PICASSO_EVENT', event: 'CTA_CLICKED', payload: { cta_id: 'apply' },
      analytics: {
        schema_version: '1.0.0', session_id: 'sess_old', tenant_id: 't1', step_number: 4,
        timestamp: new Date().toISOString(),
        event: { type: 'CTA_CLICKED', payload: { cta_id: 'apply' } },
      },
    }, '*')`);
    await until(() => types().includes('CTA_CLICKED'));
    expect(collector.sent.at(-1)).toMatchObject({ session_id: 'sess_old', step_number: 4 });
    await page.close({ runBeforeUnload: true });
    await until(() => types().includes('SESSION_ENDED'));
  });

  it('works under a strict content security policy, started by its tag', async () => {
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (/Content Security Policy/i.test(message.text())) complaints.push(message.text());
    });
    await page.goto(`${site.url}/tag?csp`);
    await page.evaluate('PicassoTracker.host.flush()');
    await until(() => types().includes('PAGE_VIEW'));
    expect(complaints).toEqual([]);
  });

  it('works without any storage', async () => {
    await context.addInitScript(`for (const name of ['localStorage', 'sessionStorage']) {
      Object.defineProperty(window, name, { get() { throw new DOMException('no', 'SecurityError'); } });
    }`);
    collector.up = false;
    const page = await open('/page?flush=100');
    await act(page);
    await page.waitForTimeout(300);
    collector.up = true;
    await page.evaluate(`dispatchEvent(new Event('online'))`);
    await until(() => collector.sent.length === 2);
    expect(await page.evaluate('reports')).toEqual([]);
  });

  it('works without Web Locks, as on plain http', async () => {
    await context.addInitScript(`Object.defineProperty(navigator, 'locks', { value: undefined })`);
    collector.up = false;
    const page = await open('/page?flush=100');
    await act(page);
    await page.close({ runBeforeUnload: true });
    collector.up = true;
    await open('/page?flush=100');
    await until(() => types().includes('SESSION_ENDED'));
  });

  it('counts single-page navigations once for every path', async () => {
    const page = await open('/page?flush=100');
    await page.evaluate(`history.pushState({}, '', '/one'); history.pushState({}, '', '/two');
      history.replaceState({}, '', '/one?again')`);
    await until(() => collector.sent.length === 3);
    expect(collector.sent.map(({ payload }) => payload['path'])).toEqual(['/page', '/one', '/two']);
  });
});
