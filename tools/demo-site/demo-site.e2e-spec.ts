/** The demo's widget, used as a visitor would, and its journey as the page shows it. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, FrameLocator, Page } from 'playwright-core';
import { startStack, type Stack } from '../harness/stack.ts';
import { launchBrowser } from '../tracker-faults/browser.ts';
import { describeInBrowser } from '../tracker-faults/in-browser.fixture.ts';
import { startDemoSite, type DemoSite } from './server.ts';

describeInBrowser('the demo site', () => {
  const dir = join(tmpdir(), `picasso-demo-site-${process.pid}`);
  let stack: Stack;
  let site: DemoSite;
  let browser: Browser;
  let page: Page;
  let widget: FrameLocator;
  const complaints: string[] = [];

  beforeAll(async () => {
    stack = await startStack({
      dir,
      tenants: ['demo-site'],
      sessionizers: 1,
      idleTimeoutMs: 30 * 60_000,
      withQuery: true,
      env: { REQUESTS_PER_MINUTE: '1000000' },
    });
    site = await startDemoSite({
      port: 0,
      tenant: stack.tenants[0]!,
      token: await stack.token('demo-site'),
      ingestUrl: stack.ingest.url,
      queryUrl: stack.query.url,
    });
    browser = await launchBrowser();
    page = await browser.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(`${site.url}/?utm_source=newsletter`);
    widget = page.frameLocator('#chat');
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await site?.close();
    await stack?.stop();
    await rm(dir, { recursive: true, force: true });
  }, 60_000);

  /** Milliseconds until the page shows the event. */
  const shown = async (type: string): Promise<number> => {
    const began = Date.now();
    await page.locator('#steps li', { hasText: type }).first().waitFor({ timeout: 10_000 });
    return Date.now() - began;
  };

  it('shows what the visitor does, live', async () => {
    const waits: number[] = [];
    await widget.getByRole('button', { name: 'Chat with us' }).click();
    waits.push(await shown('WIDGET_OPENED'));
    await widget.getByPlaceholder('Ask something').fill('Hello there');
    await widget.getByRole('button', { name: 'Send', exact: true }).click();
    waits.push(await shown('MESSAGE_RECEIVED'), await shown('QA_COMPLETE'));
    await widget.getByRole('button', { name: 'How do I adopt?' }).click();
    waits.push(await shown('ACTION_CHIP_CLICKED'));
    const opened = page.context().waitForEvent('page');
    await widget.getByRole('link', { name: 'Adoption guide' }).click();
    await (await opened).close();
    waits.push(await shown('LINK_CLICKED'));
    await widget.getByRole('button', { name: 'Can I help?' }).click();
    await widget.getByRole('button', { name: 'Apply to volunteer' }).click();
    waits.push(await shown('CTA_CLICKED'), await shown('FORM_VIEWED'));
    await widget.getByLabel('Your name').fill('Ada');
    await widget.getByLabel('E-mail').fill('nonsense');
    await widget.getByLabel('Your name').focus();
    waits.push(await shown('FORM_FIELD_SUBMITTED'), await shown('FORM_FIELD_REJECTED'));
    await widget.getByRole('button', { name: 'Close the chat' }).click();
    waits.push(await shown('FORM_ABANDONED'), await shown('WIDGET_CLOSED'));
    await page.getByText('outcome so far: form_abandoned').waitFor();
    const median = waits.sort((a, b) => a - b)[Math.floor(waits.length / 2)];
    // The page asks every half second, on a machine that runs everything else besides.
    expect(median).toBeLessThan(1_000);
    expect(complaints).toEqual([]);
  });

  it('has one journey without gaps, attributed, over the pages of the site', async () => {
    await page.getByRole('link', { name: 'Volunteer' }).click();
    await widget.getByRole('button', { name: 'Chat with us' }).click();
    await widget.getByRole('button', { name: 'What can you do?' }).click();
    await shown('HELP_MENU_CLICKED');
    const session = await page.evaluate<string>(`sessionStorage.getItem('demo.session')`);
    const answer = await fetch(`${stack.query.url}/analytics/journey/${session}`, {
      headers: { authorization: `Bearer ${await stack.token('demo-site')}` },
    });
    const journey = (await answer.json()) as {
      session: { attribution: Record<string, unknown>; missing: number };
      gaps: unknown[];
      steps: { event_type: string; step_number: number }[];
    };
    expect(journey.gaps).toEqual([]);
    expect(journey.session).toMatchObject({
      missing: 0,
      attribution: { source: 'newsletter' },
      outcome: 'form_abandoned',
    });
    const types = journey.steps.map(({ event_type }) => event_type);
    expect(types.filter((type) => type === 'WIDGET_OPENED')).toHaveLength(2);
    const question = journey.steps.find(({ event_type }) => event_type === 'MESSAGE_SENT');
    const answered = journey.steps.find(({ event_type }) => event_type === 'QA_COMPLETE');
    expect(answered?.step_number).toBe(question?.step_number);
  });

  it('keeps what happens without a network until it is back', async () => {
    await page.getByRole('button', { name: 'Lose the network' }).click();
    await widget.getByRole('button', { name: 'Close the chat' }).click();
    await page.getByText(/^[1-9]\d* events waiting here/).waitFor();
    await page.getByRole('button', { name: 'Bring it back' }).click();
    await page.getByText('0 events waiting here').waitFor();
  });
});
