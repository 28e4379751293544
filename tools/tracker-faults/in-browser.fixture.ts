/** `describe` for specs that need a browser; where there is none they are skipped, and say why. */
import { describe } from '@jest/globals';
import { findChromium } from '../screenshots/browser.ts';

export const describeInBrowser = (name: string, specs: () => void): void => {
  if (findChromium()) describe(name, specs);
  else describe.skip(`${name} (skipped: no Chromium on PATH and none in CHROMIUM)`, specs);
};
