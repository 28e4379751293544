/** The short form of `npm run tracker-faults`. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { launchBrowser } from './browser.ts';
import { describeInBrowser } from './in-browser.fixture.ts';
import { playRandomVisits } from './random-visits.ts';
import { startGrounds, type Grounds } from './stack.ts';
import { playTwoTabs } from './two-tabs.ts';

describeInBrowser('the browser SDK against the real ingest', () => {
  let grounds: Grounds;
  let browser: Browser;
  beforeAll(async () => {
    grounds = await startGrounds();
    browser = await launchBrowser();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await grounds?.stop();
  }, 60_000);

  it('shares no number and says nothing twice in two tabs and a duplicated one', async () => {
    const options = { minutes: 0.1, seed: 1, pauseMs: 500 };
    const { mistakes, check, repeats } = await playTwoTabs(grounds, browser, options);
    expect(mistakes).toEqual([]);
    // The reload at its beginning: three events of a page that has read no answer, of each kind.
    expect(repeats.inherited).toBeLessThanOrEqual(6);
    expect(check.promised).toBeGreaterThan(30);
    expect(grounds.gateway.preflights).toBe(0);
  });

  it('loses nothing through closed tabs, reloads, lost networks, 503s and kills of ingest', async () => {
    const { gateway } = grounds;
    const report = await playRandomVisits(grounds, browser, {
      runs: 6,
      parallel: 3,
      actions: 12,
      seed: 20_261_122,
    });
    expect(report.mistakes).toEqual([]);
    expect(report.left).toBe(0);
    expect(report.check.promised).toBeGreaterThan(50);
    expect(report.largestBody).toBeLessThan(64_000);
    expect(Object.keys(report.attacks).length).toBeGreaterThan(1);
    expect(gateway.preflights).toBe(0);
  });
});
