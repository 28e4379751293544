/** Two tabs and a duplicated one, side by side, with a healthy server: nothing may be said twice. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Frame, Page } from 'playwright-core';
import { createRandom } from '../harness/random.ts';
import { checkJourneys, mistakesIn, type JourneyCheck } from './journeys.ts';
import { explainRepeats, type Repeats } from './repeats.ts';
import { TENANT, type Grounds } from './stack.ts';

export interface TwoTabs {
  minutes: number;
  seed: number;
  /** Longest pause between two events of a tab. */
  pauseMs?: number;
}

export interface TwoTabsReport {
  check: JourneyCheck;
  mistakes: string[];
  requests: number;
  repeats: Repeats;
}

const actor = (page: Page): Frame => page.frames().at(-1)!;

async function playTabs(
  { site }: Grounds,
  browser: Browser,
  path: string,
  { minutes, seed, pauseMs = 2_000 }: TwoTabs,
): Promise<void> {
  const random = createRandom(seed);
  const context = await browser.newContext();
  const address = `${site.url}${path}?visitor=tabs${path.slice(1)}&flush=2000`;
  const one = await context.newPage();
  await one.goto(address);
  await actor(one).waitForFunction('window.act !== undefined');
  // A session that an earlier page of the tab has begun, as duplicated tabs usually have.
  await actor(one).evaluate('void act()');
  // Until the frame knows that its host has it: else both leave it behind, and it is sent twice.
  await sleep(200);
  await one.reload();
  const two = await context.newPage();
  await two.goto(address);
  const [duplicate] = await Promise.all([
    context.waitForEvent('page'),
    one.evaluate('void window.open(location.href)'),
  ]);
  await duplicate.waitForLoadState();
  const tabs = [one, two, duplicate];
  await Promise.all(tabs.map((tab) => actor(tab).waitForFunction('window.act !== undefined')));
  const end = Date.now() + minutes * 60_000;
  await Promise.all(
    tabs.map(async (tab) => {
      while (Date.now() < end) {
        await actor(tab).evaluate(random.chance(0.1) ? `void act('FORM_COMPLETED')` : 'void act()');
        await sleep(random.int(10, pauseMs));
      }
      await tab.waitForFunction('host.waiting() === 0', undefined, { timeout: 30_000 });
    }),
  );
  await context.close();
}

export async function playTwoTabs(
  grounds: Grounds,
  browser: Browser,
  options: TwoTabs,
): Promise<TwoTabsReport> {
  const { gateway, site, stack } = grounds;
  const promisedBefore = site.promised.length;
  const requestsBefore = gateway.requests.length;
  await Promise.all(['/page', '/framed'].map((path) => playTabs(grounds, browser, path, options)));
  const promised = site.promised.slice(promisedBefore);
  const check = await checkJourneys({ stack, tenant: TENANT, promised, left: new Set() });
  const requests = gateway.requests.slice(requestsBefore);
  const repeats = explainRepeats(requests, site.passages);
  // The first two tabs of each kind, and the duplicates' own.
  const sessions = new Set(promised.map(({ session_id }) => session_id)).size;
  return {
    check,
    mistakes: [
      ...mistakesIn(check),
      ...repeats.mistakes,
      // Nobody is killed or offline here.
      ...repeats.vanished,
      ...(sessions === 6 ? [] : [`${sessions} sessions in three tabs of two kinds`]),
    ],
    requests: requests.length,
    repeats,
  };
}
