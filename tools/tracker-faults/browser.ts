/** The Chromium of this machine, driven through playwright-core. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, type BrowserContext, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

export const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // The last of its kind counts: playwright's own would also take storage from frames of other sites.
  '--disable-features=Translate',
];

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** `CHROMIUM` if it is set, else what is on PATH; undefined where there is none. */
export function findChromium(env: NodeJS.ProcessEnv = process.env): string | undefined {
  if (env['CHROMIUM']) return env['CHROMIUM'];
  return (env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find(isExecutable);
}

/** playwright switches the back/forward cache off; visitors have it. */
const OPTIONS = { headless: true, args: ARGS, ignoreDefaultArgs: ['--disable-back-forward-cache'] };

/** @throws Error where there is no browser */
export function executable(): string {
  const found = findChromium();
  if (!found) throw new Error('no Chromium on PATH: install one, or name it in CHROMIUM');
  return found;
}

export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({ ...OPTIONS, executablePath: executable() });

/** With a profile on disk, which survives the browser. */
export const launchProfile = (folder: string): Promise<BrowserContext> =>
  chromium.launchPersistentContext(folder, { ...OPTIONS, executablePath: executable() });
