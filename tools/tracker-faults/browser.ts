/** Chromium as visitors have it: with its back/forward cache, and storage in frames of other sites. */
import { type Browser, chromium } from 'playwright-core';
import { chromiumPath, QUIET } from '../screenshots/browser.ts';

export const ARGS = [
  ...QUIET,
  // The last of its kind counts: playwright's own would also take storage from frames of other sites.
  '--disable-features=Translate',
];

/** playwright switches the back/forward cache off; visitors have it. */
const OPTIONS = { headless: true, args: ARGS, ignoreDefaultArgs: ['--disable-back-forward-cache'] };

export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({ ...OPTIONS, executablePath: chromiumPath() });
