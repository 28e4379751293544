/** Chromium as it is installed on this machine. */
import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const PATHS = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/google-chrome'];
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** undefined where there is none. */
export const findChromium = (): string | undefined =>
  PATHS.find((path) => path !== undefined && existsSync(path));

/** @throws Error that says how to bring one */
export async function launchChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (!executablePath)
    throw new Error('There is no Chromium here: install it, or name it in CHROMIUM=/path/to/it');
  return chromium.launch({ executablePath, args: QUIET });
}
