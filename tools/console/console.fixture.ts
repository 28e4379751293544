/** A demo stack and a browser that is signed in as every role; contexts are kept and used again. */
import { afterAll, afterEach, beforeAll, describe, expect } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { findChromium, launchChromium } from '../screenshots/browser.ts';
import { startDemoStack, type DemoStack } from '../screenshots/demo-stack.ts';
import { complaintsOf, settled } from '../screenshots/pages.ts';
import { signedIn, type Role } from '../screenshots/sign-in.ts';

const DEMO = { conversations: 130, days: 12 };

export const inBrowser = findChromium() === undefined ? describe.skip : describe;
if (findChromium() === undefined)
  console.warn('SKIPPED: there is no Chromium here; install it or set CHROMIUM=/path/to/it');

export interface Console {
  demo: DemoStack;
  /** Everything that browsers have complained about so far. */
  complaints: string[];
  /** A page of a context that others use as well; closed after the test. */
  open(role: Role, path: string): Promise<Page>;
  /** With cookies of its own, for tests that end sessions. */
  openAlone(role: Role | null, path: string): Promise<Page>;
  /** The API's own answer, past the console. */
  api<T>(path: string): Promise<T>;
  /** Ids of all sessions of a list, page by page. @param query of the list, as the console has it */
  sessionIds(query: URLSearchParams): Promise<string[]>;
}

/** Of the `describe` that it is called in. */
export function useConsole(): () => Console {
  let it: Console;
  let dir: string;
  let browser: Browser;
  const kept = new Map<Role, BrowserContext>();
  const pages: Page[] = [];
  const alone: BrowserContext[] = [];

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'console-'));
    const demo = await startDemoStack({ dir: join(dir, 'stack'), ...DEMO });
    browser = await launchChromium();
    const authorization = `Bearer ${await demo.stack.token(demo.tenant)}`;
    const complaints: string[][] = [];

    const contextOf = async (role: Role | null): Promise<BrowserContext> =>
      browser.newContext({
        storageState: await signedIn(browser, demo, role),
        colorScheme: 'light',
        locale: 'en-GB',
        viewport: { width: 1280, height: 900 },
        // Colours that are on their way from light to dark are nobody's to judge.
        reducedMotion: 'reduce',
      });
    const openIn = async (context: BrowserContext, path: string): Promise<Page> => {
      const page = await context.newPage();
      complaints.push(complaintsOf(page));
      await page.goto(demo.url + path);
      await settled(page);
      return page;
    };
    const api = async <T>(path: string): Promise<T> => {
      const answer = await fetch(`${demo.url}/analytics/${path}`, { headers: { authorization } });
      expect(answer.status).toBe(200);
      return (await answer.json()) as T;
    };
    it = {
      demo,
      get complaints() {
        return complaints.flat();
      },
      open: async (role, path) => {
        const context = kept.get(role) ?? (await contextOf(role));
        kept.set(role, context);
        const page = await openIn(context, path);
        pages.push(page);
        return page;
      },
      openAlone: async (role, path) => {
        const context = await contextOf(role);
        alone.push(context);
        return openIn(context, path);
      },
      api,
      sessionIds: async (query) => {
        const ids: string[] = [];
        for (let cursor: string | null = ''; cursor !== null;) {
          const asked = new URLSearchParams(query);
          asked.set('limit', '100');
          if (cursor !== '') asked.set('cursor', cursor);
          const page: { items: { session_id: string }[]; next_cursor: string | null } = await api(
            `sessions/${demo.tenant}?${asked.toString()}`,
          );
          ids.push(...page.items.map(({ session_id }) => session_id));
          cursor = page.next_cursor;
        }
        return ids;
      },
    };
  });
  afterEach(async () => {
    for (const page of pages.splice(0)) await page.close();
    for (const context of alone.splice(0)) await context.close();
  });
  afterAll(async () => {
    await browser?.close();
    await it?.demo.stack.stop();
    await rm(dir, { recursive: true, force: true });
  });
  return () => it;
}

export const cardValue = (page: Page, label: string): Promise<string> =>
  page.locator('ui-stat-card', { hasText: label }).locator('.value').innerText();

export const number = (value: number): string => new Intl.NumberFormat('en-GB').format(value);

/** For a `describe`, whose console is there only when its tests run. */
export const shortcuts = (console_: () => Console) => ({
  open: (role: Role, path: string) => console_().open(role, path),
  openAlone: (role: Role | null, path: string) => console_().openAlone(role, path),
  api: <T>(path: string) => console_().api<T>(path),
  tenant: (): string => console_().demo.tenant,
  url: (): string => console_().demo.url,
  /** Sends a visitor's first message through the front door. */
  begin: async (sessionId: string, content: string): Promise<void> => {
    const { stack, tenant } = console_().demo;
    const { write_key } = stack.tenants.find(({ tenant_hash }) => tenant_hash === tenant)!;
    const sent = await fetch(`${stack.ingest.url}/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-write-key': write_key },
      body: JSON.stringify({
        schema_version: '1.0',
        event_id: `evt_${sessionId}`,
        timestamp: new Date().toISOString(),
        session_id: sessionId,
        step_number: 1,
        sequence_number: 1,
        event_type: 'MESSAGE_SENT',
        payload: { content },
      }),
    });
    expect(sent.status).toBe(202);
  },
});
