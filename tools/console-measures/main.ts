/**
 * `npm run console-measures`: what the production build of the console costs a browser, page by page:
 * largest contentful paint, layout shift, blocking time, bytes; how fast filters answer, and how many
 * rows lists render. Ends with 1 when a promise is broken.
 */
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { buildServices } from '../harness/workspace.ts';
import { launchChromium } from '../screenshots/browser.ts';
import { startDemoStack, type DemoStack } from '../screenshots/demo-stack.ts';
import { settled } from '../screenshots/pages.ts';
import { signedIn } from '../screenshots/sign-in.ts';

const USAGE = `npm run console-measures -- [options]
  --sessions N  of a single tenant in 90 days (45000)
  --runs N      of which the median counts (5)`;

/** Milliseconds; layout shift as Web Vitals count it. */
const LIMITS = { paint: 1_000, blocking: 200, shift: 0.1, filter: 300 };
const MOST_ROWS = 100;
const PAGES = ['conversations', 'attribution', 'forms', 'items', 'paths', 'sessions'] as const;

const { values } = parseArgs({
  options: {
    sessions: { type: 'string', default: '45000' },
    runs: { type: 'string', default: '5' },
    help: { type: 'boolean', default: false },
  },
});

interface Load {
  paint: number;
  shift: number;
  /** Of tasks above 50 ms, what is above (total blocking time). */
  blocking: number;
  kilobytes: number;
  /** What shifted, and from where to where. */
  moved: string[];
}

const OBSERVE = `
  window.measured = { paint: 0, shift: 0, blocking: 0, moved: [] };
  const observe = (type, take) =>
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
  observe('largest-contentful-paint', (entry) => (measured.paint = entry.startTime));
  observe('layout-shift', (entry) => {
    if (entry.hadRecentInput) return;
    measured.shift += entry.value;
    for (const { node, previousRect, currentRect } of entry.sources)
      measured.moved.push((node?.localName ?? '') + '.' + (node?.className ?? '') + ' ' +
        previousRect.top + ' to ' + currentRect.top);
  });
  observe('longtask', (entry) => (measured.blocking += Math.max(0, entry.duration - 50)));`;

async function load(browser: Browser, demo: DemoStack, path: string): Promise<Load> {
  const context = await browser.newContext({
    storageState: await signedIn(browser, demo, 'admin'),
    locale: 'en-GB',
    viewport: { width: 1350, height: 940 },
  });
  try {
    const page = await context.newPage();
    await page.addInitScript(OBSERVE);
    await page.goto(demo.url + path);
    await settled(page);
    return await page.evaluate<Load>(`({ ...measured, kilobytes:
      [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
        .reduce((sum, { transferSize }) => sum + transferSize, 0) / 1024 })`);
  } finally {
    await context.close();
  }
}

/** From the click to the answer that it asks for, as the browser sees it. */
async function timeOf(page: Page, answer: string, act: () => Promise<void>): Promise<number> {
  const [response] = await Promise.all([
    page.waitForResponse((each) => each.url().includes(answer) && each.ok()),
    act(),
  ]);
  await response.finished();
  return response.request().timing().responseEnd;
}

async function filters(page: Page, url: string): Promise<[name: string, ms: number][]> {
  const times: [string, number][] = [];
  const click = async (name: string, answer: string, link: string): Promise<void> => {
    const act = (): Promise<void> => page.getByRole('link', { name: link, exact: true }).click();
    times.push([name, await timeOf(page, answer, act)]);
    await settled(page);
  };
  await page.goto(`${url}/sessions?range=90d`);
  await settled(page);
  await click('sessions by outcome', '/analytics/sessions/', 'Form completed');
  await page.goto(`${url}/conversations?range=30d`);
  await settled(page);
  await click('conversations, 90 days', '/conversations/summary/', '90 days');
  await page.goto(`${url}/attribution?range=90d`);
  await settled(page);
  const source = page.getByLabel('Source of the funnel');
  const choose = async (): Promise<void> => void (await source.selectOption({ index: 1 }));
  times.push(['attribution by source', await timeOf(page, '/analytics/attribution/', choose)]);
  await page.goto(`${url}/items?range=90d`);
  await settled(page);
  await click('items by kind', '/analytics/popularity/', 'Links');
  await page.goto(`${url}/forms?range=90d`);
  await settled(page);
  const form = page.locator('.forms a').first();
  times.push(['forms by form', await timeOf(page, '/forms/summary/', () => form.click())]);
  return times;
}

const middle = (numbers: number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

let isBroken = false;
function say(name: string, value: number, limit: number, unit = 'ms'): void {
  const verdict = value > limit ? ` is above ${limit}` : '';
  isBroken ||= verdict !== '';
  const shown = unit === '' ? value.toFixed(3) : Math.round(value).toString();
  console.log(`${shown.padStart(8)} ${unit.padEnd(3)} ${name}${verdict}`);
}

async function measure(browser: Browser, demo: DemoStack): Promise<void> {
  // Once for nothing: caches of the services fill, as they are after the first visitor of a day.
  for (const name of PAGES) await load(browser, demo, `/${name}?range=90d`);
  for (const name of PAGES) {
    const loads: Load[] = [];
    for (let run = 0; run < Number(values.runs); run += 1)
      loads.push(await load(browser, demo, `/${name}?range=90d`));
    const of = (key: Exclude<keyof Load, 'moved'>): number =>
      middle(loads.map((each) => each[key]));
    say(`${name}: largest contentful paint`, of('paint'), LIMITS.paint);
    say(`${name}: blocking time`, of('blocking'), LIMITS.blocking);
    say(`${name}: layout shift`, of('shift'), LIMITS.shift, '');
    if (of('shift') > LIMITS.shift) console.log(`             ${loads[0]?.moved.join('; ')}`);
    say(`${name}: transferred`, of('kilobytes'), Infinity, 'KB');
  }
  const context = await browser.newContext({
    storageState: await signedIn(browser, demo, 'admin'),
    locale: 'en-GB',
  });
  const page = await context.newPage();
  for (const [name, ms] of await filters(page, demo.url)) say(name, ms, LIMITS.filter);
  for (const name of PAGES) {
    await page.goto(`${demo.url}/${name}?range=90d`);
    await settled(page);
    const rows = await page.locator('main li, main tbody tr').count();
    say(`${name}: rows and entries rendered`, rows, MOST_ROWS * 2, '#');
  }
  await context.close();
}

async function main(): Promise<void> {
  if (values.help) return console.log(USAGE);
  buildServices();
  const dir = join(tmpdir(), `console-measures-${process.pid}`);
  const demo = await startDemoStack({
    ...{ dir: join(dir, 'stack'), conversations: 0, days: 90 },
    big: Number(values.sessions),
  });
  let browser: Browser | undefined;
  try {
    browser = await launchChromium();
    await measure(browser, demo);
    if (isBroken) process.exitCode = 1;
  } finally {
    await browser?.close();
    await demo.stack.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

await main();
