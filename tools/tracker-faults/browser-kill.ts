/**
 * What nobody can prevent: the browser itself is killed. Chromium writes local storage to disk some
 * seconds after a page has changed it, so the newest events can be gone. How many, is measured here.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { chromiumPath } from '../screenshots/browser.ts';
import { ARGS } from './browser.ts';
import { checkJourneys } from './journeys.ts';
import { TENANT, type Grounds } from './stack.ts';

export interface BrowserKill {
  /** Events that were promised while the server could not be reached. */
  promised: number;
  lost: number;
  /** Between the oldest event that was lost and the kill. */
  oldestLostMs: number;
}

/** For the system to clear the killed processes away. */
const RESTART_MS = 2_000;

/** Not `host.waiting()`: what was left behind is taken over after a while only. */
const NOTHING_STORED = `window.host && !Object.keys(localStorage).some((key) => /\\.\\d+$/.test(key))`;

interface OwnBrowser {
  child: ChildProcess;
  url: string;
}

/** One that can be killed as a whole: playwright's own ends with its profile put in order. */
async function startBrowser(profile: string): Promise<OwnBrowser> {
  const args = [...ARGS, '--headless', '--remote-debugging-port=0', `--user-data-dir=${profile}`];
  // A group of its own: a storage process that outlives the others for a moment keeps its files
  // locked, and the next browser then begins with empty ones.
  const child = spawn(chromiumPath(), args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  const url = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.once('exit', () => reject(new Error(`Chromium ended: ${said}`)));
    child.stderr.on('data', (data: Buffer) => {
      said += data.toString();
      const found = /DevTools listening on (\S+)/.exec(said)?.[1];
      if (found) resolve(found);
    });
  });
  return { child, url };
}

const gone = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
  });

/** @param actingMs how long the visitor acts before the kill */
export async function killBrowser(
  { gateway, site, stack }: Grounds,
  actingMs: number,
): Promise<BrowserKill> {
  const profile = await mkdtemp(join(tmpdir(), 'picasso-profile-'));
  const before = site.promised.length;
  const address = `${site.url}/page?visitor=kill&flush=500`;
  try {
    gateway.mode = 'cut';
    const first = await startBrowser(profile);
    const browser = await chromium.connectOverCDP(first.url);
    const page = await browser.contexts()[0]!.newPage();
    await page.goto(address);
    const end = Date.now() + actingMs;
    while (Date.now() < end) {
      await page.evaluate('void act()');
      await sleep(100);
    }
    process.kill(-first.child.pid!, 'SIGKILL');
    const killedAtMs = Date.now();
    await gone(first.child);
    await sleep(RESTART_MS);
    const promised = site.promised.slice(before);

    gateway.mode = 'pass';
    const second = await startBrowser(profile);
    const again = await chromium.connectOverCDP(second.url);
    const next = await again.contexts()[0]!.newPage();
    await next.goto(address);
    await next.waitForFunction(NOTHING_STORED, undefined, { timeout: 60_000 });
    await again.close();
    second.child.kill();
    await gone(second.child);

    const { lost } = await checkJourneys({ stack, tenant: TENANT, promised, left: new Set() });
    return {
      promised: promised.length,
      lost: lost.length,
      oldestLostMs: Math.max(0, ...lost.map(({ atMs }) => killedAtMs - atMs)),
    };
  } finally {
    gateway.mode = 'pass';
    await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}
