/** The console as people use it: built, served by query, over a real pipeline, in a real browser. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import AxeBuilder from '@axe-core/playwright';
import { eventually } from '@picasso/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { SITES } from '../demo/generate.ts';
import { findChromium, launchChromium } from '../screenshots/browser.ts';
import { startDemoStack, type DemoStack } from '../screenshots/demo-stack.ts';
import { settled, shots } from '../screenshots/pages.ts';
import { signedIn, type Role } from '../screenshots/sign-in.ts';

const CONVERSATIONS = 150;
/** Two dozen pages, each looked at twice, on a machine that may be busy. */
const AXE_MS = 600_000;
/** The console asks again every 15 seconds. */
const LIVE = { timeout: 40_000 };

const inBrowser = findChromium() === undefined ? describe.skip : describe;
if (findChromium() === undefined)
  console.warn('SKIPPED: there is no Chromium here; install it or set CHROMIUM=/path/to/it');

inBrowser('the console', () => {
  let dir: string;
  let demo: DemoStack;
  let browser: Browser;
  const contexts: BrowserContext[] = [];

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'console-'));
    demo = await startDemoStack(join(dir, 'stack'), CONVERSATIONS);
    browser = await launchChromium();
  });
  afterEach(async () => {
    for (const context of contexts.splice(0)) await context.close();
  });
  afterAll(async () => {
    await browser?.close();
    await demo?.stack.stop();
    await rm(dir, { recursive: true, force: true });
  });

  /** Everything that the browser complains about, refused requests aside. */
  const complaints: string[] = [];

  async function open(role: Role | null, path: string) {
    const context = await browser.newContext({
      storageState: await signedIn(browser, demo, role),
      colorScheme: 'light',
      locale: 'en-GB',
      viewport: { width: 1280, height: 900 },
      // Colours that are on their way from light to dark are nobody's to judge.
      reducedMotion: 'reduce',
    });
    contexts.push(context);
    const page = await context.newPage();
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('console', (message) => {
      const text = message.text();
      if (message.type() === 'error' && !text.startsWith('Failed to load resource'))
        complaints.push(text);
    });
    await page.goto(demo.url + path);
    await settled(page);
    return page;
  }

  /** The API's own answer, past the console. */
  async function api<T>(path: string): Promise<T> {
    const answer = await fetch(`${demo.url}/analytics/${path}`, {
      headers: { authorization: `Bearer ${await demo.stack.token(demo.tenant)}` },
    });
    expect(answer.status).toBe(200);
    return (await answer.json()) as T;
  }

  const cardValue = (page: Page, label: string): Promise<string> =>
    page.locator('ui-stat-card', { hasText: label }).locator('.value').innerText();
  const number = (value: number): string => new Intl.NumberFormat('en-GB').format(value);

  describe('signing in', () => {
    it('takes one click in local mode and stays at the address', async () => {
      const page = await open(null, '/forms?range=30d');
      const name = SITES[0]!.name;
      await page.getByRole('button', { name: `Admin of ${name}` }).click();
      await page.getByRole('heading', { name: 'Forms', exact: true }).waitFor();
      expect(page.url()).toBe(`${demo.url}/forms?range=30d`);
      await page.getByText(name).first().waitFor();
    });

    it('follows the links that npm start prints', async () => {
      const page = await open(null, `/?sign-in=viewer&as=${demo.tenant}`);
      await page.getByText('Viewer', { exact: true }).waitFor();
      expect(page.url()).not.toContain('sign-in');
    });

    it('exchanges the portal’s token and takes it out of the address', async () => {
      const token = await demo.stack.token(demo.tenant);
      const page = await open(null, `/sessions?token=${token}&range=30d`);
      await page.getByRole('heading', { name: 'Sessions', exact: true }).waitFor();
      expect(page.url()).toBe(`${demo.url}/sessions?range=30d`);
      const [cookie] = await page.context().cookies();
      expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax', value: token });
      expect(await page.evaluate('document.cookie')).toBe('');
    });

    it('says that a link is not valid any more, and shows it nowhere', async () => {
      const page = await open(null, '/sessions?token=a.b.c');
      await page.getByText('This link is not valid any more').waitFor();
      expect(page.url()).toBe(`${demo.url}/sessions`);
    });

    it('goes on at the same place after the session has ended', async () => {
      const page = await open('admin', '/sessions?outcome=form_completed');
      await page.context().clearCookies();
      await page.getByRole('link', { name: '30 days' }).click();
      await page.getByRole('alertdialog').waitFor();
      await page.getByRole('button', { name: 'Sign in again' }).click();
      await page.getByRole('alertdialog').waitFor({ state: 'detached' });
      await page.locator('uja-session-row').first().waitFor();
      expect(page.url()).toBe(`${demo.url}/sessions?outcome=form_completed&range=30d`);
    });

    it('ends in this browser when asked to', async () => {
      const page = await open('admin', '/sessions');
      await page.getByRole('button', { name: 'Account' }).click();
      await page.getByRole('menuitem', { name: 'Sign out' }).click();
      await page.getByText('You are signed out of this browser').waitFor();
      expect(await page.context().cookies()).toEqual([]);
    });

    it('lets operators choose whose data they read', async () => {
      const page = await open('ops', '/sessions');
      await page.getByLabel('Tenant hash').fill(demo.tenant);
      await page.getByRole('button', { name: 'Open' }).click();
      await page.locator('uja-session-row').first().waitFor();
      expect(page.url()).toContain(`tenant=${demo.tenant}`);
    });
  });

  describe('figures are those of the API', () => {
    interface Cards {
      cards: Record<string, { value: number | null }>;
    }

    it('on Conversations, by every range', async () => {
      const page = await open('admin', '/conversations');
      for (const [name, range] of [
        ['7 days', '7d'],
        ['30 days', '30d'],
        ['Today', '1d'],
      ] as const) {
        await page.getByRole('link', { name }).click();
        const { cards } = await api<Cards>(`conversations/summary/${demo.tenant}?range=${range}`);
        await eventually(async () => {
          expect(await cardValue(page, 'Conversations')).toBe(
            number(cards['conversations']!.value!),
          );
          expect(await cardValue(page, 'Messages')).toBe(number(cards['messages']!.value!));
        });
      }
    });

    it('on Attribution', async () => {
      const page = await open('admin', '/attribution');
      const { cards, funnel } = await api<Cards & { funnel: { sessions: number | null }[] }>(
        `attribution/${demo.tenant}`,
      );
      expect(await cardValue(page, 'Conversions')).toBe(number(cards['conversions']!.value!));
      const shown = await page.locator('ui-funnel .figure').allInnerTexts();
      expect(shown).toEqual(
        funnel.map(({ sessions }) => (sessions === null ? 'Not counted' : number(sessions))),
      );
    });

    it('on Forms, and of one form', async () => {
      const page = await open('admin', '/forms');
      const all = await api<Cards>(`forms/summary/${demo.tenant}`);
      expect(await cardValue(page, 'Completions')).toBe(number(all.cards['completions']!.value!));
      await page.locator('.forms a').first().click();
      await eventually(() => expect(page.url()).toContain('form='));
      const form = new URL(page.url()).searchParams.get('form')!;
      const one = await api<Cards>(`forms/summary/${demo.tenant}?form=${form}`);
      await eventually(async () =>
        expect(await cardValue(page, 'Completions')).toBe(number(one.cards['completions']!.value!)),
      );
    });

    it('on Items and Paths', async () => {
      const items = await open('admin', '/items');
      const { items: popular } = await api<{ items: { clicks: number }[] }>(
        `popularity/${demo.tenant}?limit=15`,
      );
      const clicks = await items.locator('.bar-cell').allInnerTexts();
      expect(clicks.map((text) => text.trim())).toEqual(popular.map((item) => number(item.clicks)));

      const paths = await open('admin', '/paths');
      const { sessions } = await api<{ sessions: number }>(`patterns/${demo.tenant}`);
      await paths.getByText(`${number(sessions)} sessions`).waitFor();
    });
  });

  describe('sessions', () => {
    it('are filtered by their outcome', async () => {
      const page = await open('admin', '/sessions');
      await page.getByRole('link', { name: 'Form completed', exact: true }).click();
      const { items } = await api<{ items: { session_id: string }[] }>(
        `sessions/${demo.tenant}?outcome=form_completed&limit=25`,
      );
      await eventually(async () => {
        const chips = await page.locator('uja-session-row ui-chip').allInnerTexts();
        expect(chips).toEqual(items.map(() => 'Form completed'));
      });
    });

    it('appear by themselves when they begin', async () => {
      const page = await open('admin', '/sessions?range=1d');
      const session_id = `sess_live_${Date.now()}`;
      const { write_key } = demo.stack.tenants.find(
        ({ tenant_hash }) => tenant_hash === demo.tenant,
      )!;
      const sent = await fetch(`${demo.stack.ingest.url}/events`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-write-key': write_key },
        body: JSON.stringify({
          schema_version: '1.0',
          event_id: `evt_${session_id}`,
          timestamp: new Date().toISOString(),
          session_id,
          step_number: 1,
          sequence_number: 1,
          event_type: 'MESSAGE_SENT',
          payload: { content: 'Is anybody there at this very moment?' },
        }),
      });
      expect(sent.status).toBe(202);
      await page.getByText('Is anybody there at this very moment?').waitFor(LIVE);
    });

    it('show what got lost', async () => {
      const page = await open('admin', `/sessions/${demo.sessions.gaps}`);
      const { session } = await api<{ session: { missing: number } }>(
        `journey/${demo.sessions.gaps}`,
      );
      expect(session.missing).toBeGreaterThan(0);
      const words = session.missing === 1 ? '1 event' : `${session.missing} events`;
      await page.getByText(`${words} never arrived`).first().waitFor();
    });

    it('show viewers what happened, and no text', async () => {
      const path = `journey/${demo.sessions.completed}`;
      const { steps } = await api<{ steps: { payload: { content?: string } }[] }>(path);
      const texts = steps.flatMap(({ payload }) => payload.content ?? []);
      expect(texts.length).toBeGreaterThan(0);
      const admin = await open('admin', `/sessions/${demo.sessions.completed}`);
      for (const text of texts) await admin.getByText(text).first().waitFor();
      const viewer = await open('viewer', `/sessions/${demo.sessions.completed}`);
      await viewer
        .getByText(/Text not shown/)
        .first()
        .waitFor();
      const shown = await viewer.locator('body').innerText();
      for (const text of texts) expect(shown).not.toContain(text);
    });

    it('of other tenants are not found', async () => {
      const foreign = SITES[1]!.tenant_hash;
      const answer = await fetch(`${demo.url}/analytics/sessions/${foreign}?limit=1`, {
        headers: { authorization: `Bearer ${await demo.stack.token(foreign)}` },
      });
      const { items } = (await answer.json()) as { items: { session_id: string }[] };
      const page = await open('admin', `/sessions/${items[0]!.session_id}`);
      await page.getByRole('heading', { name: 'Not found' }).waitFor();
    });
  });

  describe('accessibility', () => {
    it(
      'axe finds nothing on any page, light and dark',
      async () => {
        const found: string[] = [];
        for (const shot of shots(demo)) {
          const page = await open(shot.role, shot.path);
          await shot.prepare?.(page);
          for (const colorScheme of ['light', 'dark'] as const) {
            await page.emulateMedia({ colorScheme });
            const { violations } = await new AxeBuilder({ page })
              .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'])
              // An open menu floats outside of the page's landmarks.
              .disableRules(shot.name === 'menu' ? ['region'] : [])
              .analyze();
            for (const { id, nodes } of violations)
              found.push(
                `${shot.name} ${colorScheme}: ${id}: ${nodes.map(({ html }) => html.slice(0, 99)).join(' ')}`,
              );
          }
          await contexts.pop()?.close();
        }
        expect(found).toEqual([]);
      },
      AXE_MS,
    );

    it('the whole way to a journey needs no mouse', async () => {
      const page = await open('admin', '/sessions');
      await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
      await page.keyboard.press('Enter');
      for (let presses = 0; presses < 40; presses += 1) {
        await page.keyboard.press('Tab');
        if (await page.evaluate("document.activeElement.closest('uja-session-row') !== null"))
          break;
      }
      await page.keyboard.press('Enter');
      await page.locator('uja-timeline').waitFor();
    });
  });

  it('is fast, and the browser has nothing to complain about', async () => {
    const page = await open('admin', '/conversations');
    await page.reload();
    await settled(page);
    const paint = await page.evaluate<number>(
      `new Promise((done) => new PerformanceObserver((list) => done(list.getEntries().at(-1).startTime))
        .observe({ type: 'largest-contentful-paint', buffered: true }))`,
    );
    console.log(`largest contentful paint: ${Math.round(paint)} ms`);
    expect(paint).toBeLessThan(5_000);
    expect(complaints).toEqual([]);
  });
});
