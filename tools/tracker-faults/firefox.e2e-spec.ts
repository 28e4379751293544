/** The same SDK in Firefox ESR, where there is one. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type CollectedEvent, type Collector, startCollector } from './collector.ts';
import { findFirefox, type Firefox, type FirefoxTab, launchFirefox } from './firefox.ts';
import { startSite, type Site } from './site.ts';

const inFirefox = findFirefox() ? describe : describe.skip;

inFirefox(`Firefox${findFirefox() ? '' : ' (skipped: none on PATH and none in FIREFOX)'}`, () => {
  let collector: Collector;
  let site: Site;
  let firefox: Firefox;
  let tab: FirefoxTab;

  beforeAll(async () => {
    collector = await startCollector();
    site = await startSite({ tenant: 't1', writeKey: 'key', endpoint: collector.url });
    firefox = await launchFirefox();
  }, 90_000);
  afterAll(async () => {
    await firefox?.close();
    await site?.close();
    await collector?.close();
  });
  beforeEach(async () => {
    tab = await firefox.newTab();
    collector.reset();
  });
  afterEach(() => tab.close().catch(() => undefined));

  const act = (where: FirefoxTab): Promise<CollectedEvent> => where.evaluate('act()');
  const sentOf = ({ session_id }: CollectedEvent): (number | undefined)[] =>
    collector.sent
      .filter((event) => event.session_id === session_id)
      .map(({ sequence_number }) => sequence_number);
  const until = async (where: FirefoxTab, condition: string): Promise<void> => {
    for (let i = 0; i < 100; i += 1) {
      if (await where.evaluate<boolean>(condition).catch(() => false)) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`not within ten seconds: ${condition}`);
  };
  const emptied = (where: FirefoxTab): Promise<void> => until(where, 'host.waiting() === 0');

  it('sends without asking first, and keeps nothing that was answered', async () => {
    await tab.goto(`${site.url}/page?flush=100&utm_source=mail`);
    const event = await act(tab);
    await collector.until(() => sentOf(event).length === 1);
    expect(collector.methods).not.toContain('OPTIONS');
    await emptied(tab);
    expect(
      await tab.evaluate('Object.keys(localStorage).filter((key) => /\\d$/.test(key))'),
    ).toEqual([]);
    expect(await tab.evaluate('reports')).toEqual([]);
  });

  it('goes on with its session after a reload, and begins one in a window with a copy of it', async () => {
    await tab.goto(`${site.url}/page?flush=100`);
    const first = await act(tab);
    await tab.reload();
    expect(await act(tab)).toMatchObject({ session_id: first.session_id, sequence_number: 3 });
    await tab.evaluate('void window.open(location.href)');
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const [popup] = await firefox.popups();
    const other = await act(popup!);
    await popup!.close();
    expect(other.session_id).not.toBe(first.session_id);
    expect(await act(tab)).toMatchObject({ session_id: first.session_id, sequence_number: 4 });
  });

  it('says goodbye as its tab is closed, and leaves for the next what it could not send', async () => {
    collector.up = false;
    await tab.goto(`${site.url}/page?flush=100`);
    const event = await act(tab);
    await tab.close();
    // What the closed tab says last is to find nobody, either.
    await new Promise((resolve) => setTimeout(resolve, 500));
    collector.up = true;
    const next = await firefox.newTab();
    await next.goto(`${site.url}/page?flush=100`);
    await collector.until(() => sentOf(event).length === 2);
    await emptied(next);
    await next.close();
    expect(sentOf(event)).toEqual([1, 2]);
  });

  it('comes back from the back/forward cache, and goes on', async () => {
    await tab.goto(`${site.url}/page?flush=100`);
    await tab.evaluate(`void (window.mark = 'the same page')`);
    const first = await act(tab);
    // Firefox keeps no page that is left while a request of its is under way.
    await emptied(tab);
    await tab.goto(`${site.widgetUrl}/elsewhere`);
    await tab.back();
    await until(tab, `location.pathname === '/page'`);
    expect(await tab.evaluate('window.mark')).toBe('the same page');
    expect(await act(tab)).toMatchObject({ session_id: first.session_id, sequence_number: 3 });
    await collector.until(() => sentOf(first).length === 3);
  });

  it('has its widget in a frame of another site', async () => {
    await tab.goto(`${site.url}/framed?flush=100&utm_source=mail`);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const first = await tab.evaluate<CollectedEvent>('act()', 'frame');
    await collector.until(() => sentOf(first).length === 1);
    const sent = collector.sent.find(({ event_id }) => event_id === first.event_id);
    expect(sent?.attribution).toMatchObject({ utm_source: 'mail' });
    await tab.reload();
    await new Promise((resolve) => setTimeout(resolve, 500));
    const again = await tab.evaluate<CollectedEvent>('act()', 'frame');
    expect(again).toMatchObject({ session_id: first.session_id, sequence_number: 2 });
    await collector.until(() => collector.types().includes('SESSION_ENDED'));
  });
});
