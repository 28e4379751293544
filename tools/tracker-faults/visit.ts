/** One visitor: tabs that open, act, reload, navigate, lose the network, are duplicated and closed. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, BrowserContext, Frame, Page } from 'playwright-core';
import type { Random } from '../harness/random.ts';
import { sabotage, type Sabotage } from './sabotage.ts';
import type { Site } from './site.ts';

export interface VisitOptions {
  browser: Browser;
  site: Site;
  random: Random;
  name: string;
  /** Widget in a frame of another site, or in the page. */
  framed: boolean;
  /** How many things happen. */
  actions: number;
  sabotage?: Sabotage | undefined;
}

export interface VisitResult {
  /** Ids of events that are still in a buffer. */
  left: string[];
  /** Mistakes that the SDK reported about itself, and those that reached the page. */
  errors: string[];
  done: Record<string, number>;
}

const FLUSH_MS = 1_000;
/** A little more than the longest pause that the attacks cause. */
const DRAIN_MS = 60_000;
const MOST_TABS = 3;

/** Where `act` is: in the frame, where there is one. */
const actor = (page: Page): Frame => page.frames().at(-1)!;

/** Of a page that is asked while it goes away, an answer may never come. */
const PATIENCE_MS = 5_000;

/** What the page has done is done; that it went away meanwhile is the point of all this. */
const ifItLives = async <T>(action: Promise<T>): Promise<T | undefined> =>
  Promise.race([action.catch(() => undefined), sleep(PATIENCE_MS, undefined, { ref: false })]);

const act = (page: Page, code: string): Promise<unknown> =>
  ifItLives(actor(page).evaluate(code, undefined));

/** Undefined where the SDK is not loaded (yet). */
const bufferedIds = `(window.tracker ?? window.host) && Object.entries(localStorage)
  .filter(([key]) => /^picasso\\..*\\.\\d+$/.test(key))
  .map(([, json]) => JSON.parse(json).event_id)`;

export async function playVisit(options: VisitOptions): Promise<VisitResult> {
  const { browser, site, random, name, framed } = options;
  const context: BrowserContext = await browser.newContext();
  if (options.sabotage) await sabotage(context, options.sabotage);
  // Chromium forgets a context, with all that it has stored, when its last page is closed.
  await context.newPage();
  const errors: string[] = [];
  const done: Record<string, number> = {};
  const tabs = new Set<Page>();
  const address = (path = ''): string =>
    `${site.url}/${framed ? 'framed' : 'page'}${path}?visitor=${name}&flush=${FLUSH_MS}`;

  context.on('page', (page) => {
    tabs.add(page);
    page.on('close', () => tabs.delete(page));
    page.on('pageerror', (error) => {
      // A page that was loaded without a network has no script.
      if (!/PicassoTracker is not defined/.test(String(error))) errors.push(String(error));
    });
  });
  const open = async (): Promise<Page> => {
    const page = await context.newPage();
    await ifItLives(page.goto(address()));
    return page;
  };
  /** Fails when a tab is being closed at the same moment. */
  const setOffline = async (offline: boolean): Promise<void> => {
    for (let tries = 0; tries < 5; tries += 1) {
      const failed = await context.setOffline(offline).then(
        () => false,
        () => true,
      );
      if (!failed) return;
      await sleep(100);
    }
    throw new Error(`the context cannot go ${offline ? 'offline' : 'online'}`);
  };
  const pickTab = async (): Promise<Page> => (tabs.size > 0 ? random.pick([...tabs]) : open());

  /** Each at its weight. Some go on while the next one begins. */
  const actions: Record<string, [weight: number, play: (page: Page) => Promise<unknown>]> = {
    act: [40, (page) => act(page, 'act()')],
    burst: [8, (page) => act(page, 'for (let i = 0; i < 12; i += 1) act()')],
    large: [4, (page) => act(page, `for (let i = 0; i < 6; i += 1) act('LINK_CLICKED', 15000)`)],
    finish: [5, (page) => act(page, `act('FORM_COMPLETED')`)],
    actAndClose: [
      6,
      async (page) => {
        void act(page, 'act(); act()');
        await ifItLives(page.close({ runBeforeUnload: true }));
      },
    ],
    close: [5, (page) => ifItLives(page.close())],
    actAndReload: [
      6,
      (page) => act(page, 'act(); act(); (window.top ?? window).location.reload()'),
    ],
    reload: [5, (page) => ifItLives(page.reload())],
    navigate: [8, (page) => ifItLives(page.goto(address(`/sub/${random.int(1, 5)}`)))],
    awayAndBack: [
      6,
      async (page) => {
        await ifItLives(page.goto(`${site.widgetUrl}/elsewhere`));
        // A page from the back/forward cache does not load again.
        await ifItLives(page.goBack({ waitUntil: 'commit' }));
      },
    ],
    newTab: [6, () => (tabs.size < MOST_TABS ? open() : Promise.resolve())],
    duplicate: [
      4,
      async (page) => {
        if (tabs.size < MOST_TABS)
          await ifItLives(page.evaluate('void window.open(location.href)'));
      },
    ],
    offline: [4, () => setOffline(true)],
    online: [8, () => setOffline(false)],
    wait: [10, () => sleep(random.int(50, 1_500))],
  };
  const names = Object.entries(actions).flatMap(([key, [weight]]) =>
    Array.from({ length: weight }, () => key),
  );

  await open();
  for (let i = 0; i < options.actions; i += 1) {
    const chosen = random.pick(names);
    done[chosen] = (done[chosen] ?? 0) + 1;
    await actions[chosen]![1](await pickTab());
    if (random.chance(0.5)) await sleep(random.int(5, 100));
  }

  // Whatever is left has to be sent by the next page that the visitor opens.
  await setOffline(false);
  await Promise.all([...tabs].map((page) => ifItLives(page.close({ runBeforeUnload: true }))));
  await sleep(200);
  await Promise.all([...tabs].map((page) => ifItLives(page.close())));
  const last = await open();
  /** Undefined when a part of the page does not answer: it may have a buffer, too. */
  const idsLeft = async (): Promise<string[] | undefined> => {
    const frames = last.frames();
    if (frames.length < (framed ? 2 : 1)) return undefined;
    const ids = frames.map((frame) => ifItLives(frame.evaluate<string[] | undefined>(bufferedIds)));
    const found = await Promise.all(ids);
    return found.every((each) => each !== undefined) ? found.flat() : undefined;
  };
  const deadline = Date.now() + DRAIN_MS;
  let left = await idsLeft();
  while (left?.length !== 0 && Date.now() < deadline) {
    await sleep(200);
    left = await idsLeft();
  }
  if (!left) errors.push('its last page does not say what is left');
  for (const frame of last.frames()) {
    errors.push(...((await ifItLives(frame.evaluate<string[]>('window.reports ?? []'))) ?? []));
  }
  await context.close();
  return { left: left ?? [], errors, done };
}
