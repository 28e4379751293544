/** `npm run screenshots`: every page of the console at three widths, light and dark, into tmp/. */
import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser } from 'playwright-core';
import { inParallel } from '../harness/parallel.ts';
import { buildServices, WORKSPACE } from '../harness/workspace.ts';
import { launchChromium } from './browser.ts';
import { startDemoStack, type DemoStack } from './demo-stack.ts';
import { pictureGuide } from './guide.ts';
import { complaintsOf, settled, shots, type Shot } from './pages.ts';
import { signedIn } from './sign-in.ts';

const USAGE = `npm run screenshots -- [options]
  --only TEXT        only pages whose name contains it
  --width N          only this width (390, 820, 1440)
  --scheme NAME      only light or only dark
  --conversations N  how many the demo has (4000)
  --days N           over so many days (75)
  --guide            the pictures of the user guide instead, into docs/images
  --out DIR          (tmp/screenshots)`;

const WIDTHS = { 390: 844, 820: 1180, 1440: 900 } as const;
const SCHEMES = ['light', 'dark'] as const;
const PARALLEL = 3;

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    width: { type: 'string' },
    scheme: { type: 'string' },
    conversations: { type: 'string', default: '4000' },
    days: { type: 'string', default: '75' },
    out: { type: 'string', default: 'tmp/screenshots' },
    guide: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

/** Opens the page once and takes it in every size and scheme. @returns what the browser complained of */
async function photograph(
  browser: Browser,
  demo: DemoStack,
  shot: Shot,
  out: string,
): Promise<string[]> {
  const context = await browser.newContext({
    storageState: await signedIn(browser, demo, shot.role),
    locale: 'en-GB',
    reducedMotion: 'reduce',
  });
  try {
    const page = await context.newPage();
    const complaints = complaintsOf(page);
    await page.goto(demo.url + shot.path);
    await settled(page);
    await shot.prepare?.(page);
    await page.evaluate('document.fonts.ready');
    for (const [width, height] of Object.entries(WIDTHS)) {
      if (values.width && values.width !== width) continue;
      await page.setViewportSize({ width: Number(width), height });
      for (const colorScheme of SCHEMES) {
        if (values.scheme && values.scheme !== colorScheme) continue;
        await page.emulateMedia({ colorScheme });
        // Charts draw themselves anew when their place changes.
        await page.waitForTimeout(300);
        const path = join(out, `${shot.name}-${width}-${colorScheme}.png`);
        await page.screenshot({ path, fullPage: true, animations: 'disabled' });
        console.log(relative(WORKSPACE, path), ...complaints);
      }
    }
    return complaints;
  } finally {
    await context.close();
  }
}

async function main(): Promise<void> {
  if (values.help) return console.log(USAGE);
  const out = join(WORKSPACE, values.out);
  if (values.only === '' && !values.guide) await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  buildServices();
  const dir = join(tmpdir(), `screenshots-${process.pid}`);
  const demo = await startDemoStack({
    dir: join(dir, 'stack'),
    conversations: Number(values.conversations),
    days: Number(values.days),
  });
  let browser: Browser | undefined;
  try {
    browser = await launchChromium();
    if (values.guide) return await pictureGuide(browser, demo);
    const complaints: string[] = [];
    const wanted = shots(demo).filter(({ name }) => name.includes(values.only));
    await inParallel(wanted, PARALLEL, async (shot) => {
      complaints.push(...(await photograph(browser!, demo, shot, out)));
    });
    if (complaints.length > 0) process.exitCode = 1;
  } finally {
    await browser?.close();
    await demo.stack.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

await main();
