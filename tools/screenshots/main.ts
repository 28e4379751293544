/** `npm run screenshots`: every page of the console at three widths, light and dark, into tmp/. */
import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import type { BrowserContext } from 'playwright-core';
import { buildServices, WORKSPACE } from '../harness/workspace.ts';
import { launchChromium } from './browser.ts';
import { startDemoStack } from './demo-stack.ts';
import { settled, shots, type Shot } from './pages.ts';
import { signedIn } from './sign-in.ts';

const USAGE = `npm run screenshots -- [options]
  --only TEXT        only pages whose name contains it
  --width N          only this width (390, 820, 1440)
  --scheme NAME      only light or only dark
  --conversations N  how many the demo has (300)
  --out DIR          (tmp/screenshots)`;

const WIDTHS = { 390: 844, 820: 1180, 1440: 900 } as const;
const SCHEMES = ['light', 'dark'] as const;
type Scheme = (typeof SCHEMES)[number];

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    width: { type: 'string' },
    scheme: { type: 'string' },
    conversations: { type: 'string', default: '300' },
    out: { type: 'string', default: 'tmp/screenshots' },
    help: { type: 'boolean', default: false },
  },
});

async function photograph(context: BrowserContext, url: string, shot: Shot, file: string) {
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text());
  });
  await page.goto(url + shot.path);
  await settled(page);
  await shot.prepare?.(page);
  await page.evaluate('document.fonts.ready');
  await page.waitForTimeout(150);
  await page.screenshot({ path: file, fullPage: true, animations: 'disabled' });
  await page.close();
  return complaints;
}

async function main(): Promise<void> {
  if (values.help) return console.log(USAGE);
  const out = join(WORKSPACE, values.out);
  if (values.only === '') await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  buildServices();
  const demo = await startDemoStack(
    join(tmpdir(), `screenshots-${process.pid}`),
    Number(values.conversations),
  );
  const browser = await launchChromium().catch(async (error: unknown) => {
    await demo.stack.stop();
    throw error;
  });
  try {
    const wanted = shots(demo).filter(({ name }) => name.includes(values.only));
    const widths = Object.entries(WIDTHS).filter(([w]) => !values.width || values.width === w);
    const schemes = SCHEMES.filter((name) => !values.scheme || values.scheme === name);
    let failed = false;
    for (const role of new Set(wanted.map((shot) => shot.role))) {
      const storageState = await signedIn(browser, demo, role);
      for (const [width, height] of widths) {
        for (const colorScheme of schemes as readonly Scheme[]) {
          const context = await browser.newContext({
            storageState,
            colorScheme,
            viewport: { width: Number(width), height },
            locale: 'en-GB',
          });
          for (const shot of wanted.filter((each) => each.role === role)) {
            const file = join(out, `${shot.name}-${width}-${colorScheme}.png`);
            const complaints = await photograph(context, demo.url, shot, file);
            console.log(relative(WORKSPACE, file), ...complaints);
            failed ||= complaints.length > 0;
            if (shot.name === 'session-ended') await context.addCookies(storageState.cookies);
          }
          await context.close();
        }
      }
    }
    if (failed) process.exitCode = 1;
  } finally {
    await browser.close();
    await demo.stack.stop();
    await rm(join(tmpdir(), `screenshots-${process.pid}`), { recursive: true, force: true });
  }
}

await main();
