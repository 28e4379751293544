/** `npm run screenshots -- --guide`: the few pictures of the user guide, small files in docs/images. */
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { WORKSPACE } from '../harness/workspace.ts';
import type { DemoStack } from './demo-stack.ts';
import { settled } from './pages.ts';
import { signedIn } from './sign-in.ts';

interface Picture {
  name: string;
  path: string;
  /** Pixels of the page. */
  height: number;
  scheme?: 'light' | 'dark';
}

const WIDTH = 1320;
const QUALITY = 82;
const DIR = 'docs/images';

const pictures = ({ sessions }: DemoStack): Picture[] => [
  { name: 'conversations', path: '/conversations?range=30d', height: 1120 },
  { name: 'conversations-dark', path: '/conversations?range=30d', height: 1120, scheme: 'dark' },
  { name: 'attribution', path: '/attribution?range=30d', height: 1180 },
  { name: 'forms', path: '/forms?range=30d', height: 1160 },
  { name: 'paths', path: '/paths?range=30d&step=MESSAGE_SENT', height: 660 },
  { name: 'journey', path: `/sessions/${sessions.completed}`, height: 860 },
];

/** As WebP, which Chromium writes by its protocol only. */
export async function pictureGuide(browser: Browser, demo: DemoStack): Promise<void> {
  await mkdir(join(WORKSPACE, DIR), { recursive: true });
  const context = await browser.newContext({
    storageState: await signedIn(browser, demo, 'admin'),
    locale: 'en-GB',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const protocol = await context.newCDPSession(page);
  for (const { name, path, height, scheme } of pictures(demo)) {
    await page.setViewportSize({ width: WIDTH, height });
    await page.emulateMedia({ colorScheme: scheme ?? 'light' });
    await page.goto(demo.url + path);
    await settled(page);
    await page.evaluate('document.fonts.ready');
    await page.waitForTimeout(500);
    const { data } = await protocol.send('Page.captureScreenshot', {
      format: 'webp',
      quality: QUALITY,
    });
    const file = join(DIR, `${name}.webp`);
    await writeFile(join(WORKSPACE, file), Buffer.from(data, 'base64'));
    console.log(file, Math.round((await stat(join(WORKSPACE, file))).size / 1024), 'KB');
  }
  await context.close();
}
