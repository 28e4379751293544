/** The console as people use it: built, served by query, over a real pipeline, in a real browser. */
import { describe, expect, it } from '@jest/globals';
import AxeBuilder from '@axe-core/playwright';
import { eventually } from '@picasso/testing';
import { SITES } from '../demo/generate.ts';
import { inParallel } from '../harness/parallel.ts';
import { shots } from '../screenshots/pages.ts';
import { inBrowser, shortcuts, useConsole } from './console.fixture.ts';
import { downloadsSuite } from './downloads.fixture.ts';
import { figuresSuite } from './figures.fixture.ts';
import { liveSuite } from './live.fixture.ts';

/** Three dozen pages and states, each looked at twice, on a machine that may be busy. */
const AXE_MS = 600_000;
const COLOUR_RULES = ['color-contrast', 'link-in-text-block'];
const AXE_PAGES = 3;

inBrowser('the console', () => {
  const console_ = useConsole();
  const { open, openAlone, api, tenant, url } = shortcuts(console_);

  figuresSuite(console_);
  downloadsSuite(console_);

  describe('sessions', () => {
    it('are filtered by outcome, topic, source and text', async () => {
      const page = await open('admin', '/sessions?range=30d');
      const shown = async (): Promise<(string | undefined)[]> =>
        Promise.all(
          (await page.locator('uja-session-row a').all()).map(
            async (link) => /sess_\w+|pv_\w+/.exec((await link.getAttribute('href')) ?? '')?.[0],
          ),
        );
      const filtersTo = async (query: string): Promise<void> => {
        const { items } = await api<{ items: { session_id: string }[] }>(
          `sessions/${tenant()}?range=30d&limit=25&${query}`,
        );
        expect(items.length).toBeGreaterThan(0);
        await eventually(async () =>
          expect(await shown()).toEqual(items.map(({ session_id }) => session_id)),
        );
      };
      await page.getByRole('link', { name: 'Form completed', exact: true }).click();
      await filtersTo('outcome=form_completed');
      await page.getByRole('link', { name: 'All', exact: true }).click();
      await page.getByLabel('Topic').selectOption('adoption');
      await filtersTo('topic=adoption');
      await page.getByLabel('Source').selectOption('google');
      await filtersTo('topic=adoption&source=google');
      await page.getByLabel('Source').selectOption('');
      await page.getByLabel('Search in first questions').fill('dog');
      await page.keyboard.press('Enter');
      await filtersTo('topic=adoption&text=dog');
    });

    it('show what got lost', async () => {
      const { gaps } = console_().demo.sessions;
      const page = await open('admin', `/sessions/${gaps}`);
      const { session } = await api<{ session: { missing: number } }>(`journey/${gaps}`);
      expect(session.missing).toBeGreaterThan(0);
      const words = session.missing === 1 ? '1 event' : `${session.missing} events`;
      await page.getByText(`${words} never arrived`).first().waitFor();
    });

    it('show viewers what happened, and no text', async () => {
      const { completed } = console_().demo.sessions;
      const { steps } = await api<{ steps: { payload: { content?: string } }[] }>(
        `journey/${completed}`,
      );
      const texts = steps.flatMap(({ payload }) => payload.content ?? []);
      expect(texts.length).toBeGreaterThan(0);
      const admin = await open('admin', `/sessions/${completed}`);
      for (const text of texts) await admin.getByText(text).first().waitFor();
      const viewer = await open('viewer', `/sessions/${completed}`);
      await viewer
        .getByText(/Text not shown/)
        .first()
        .waitFor();
      const shown = await viewer.locator('body').innerText();
      for (const text of texts) expect(shown).not.toContain(text);
    });

    it('of other tenants are not found', async () => {
      const { foreign } = console_().demo;
      const answer = await fetch(`${url()}/analytics/journey/${foreign.session}`, {
        headers: { authorization: `Bearer ${await console_().demo.stack.token(foreign.tenant)}` },
      });
      expect(answer.status).toBe(200);
      const page = await open('admin', `/sessions/${foreign.session}`);
      await page.getByRole('heading', { name: 'Not found' }).waitFor();
    });
  });

  describe('accessibility', () => {
    it(
      'axe finds nothing on any page and state, light and dark',
      async () => {
        const found: string[] = [];
        await inParallel(shots(console_().demo), AXE_PAGES, async (shot) => {
          const page =
            shot.role === null || shot.isAlone
              ? await openAlone(shot.role, shot.path)
              : await open(shot.role, shot.path);
          await shot.prepare?.(page);
          for (const colorScheme of ['light', 'dark'] as const) {
            await page.emulateMedia({ colorScheme });
            const axe = new AxeBuilder({ page })
              .options({ resultTypes: ['violations'] })
              // Without a page of its own for each report: there are no frames of others here.
              .setLegacyMode();
            // In the dark the page is the same but for its colours.
            if (colorScheme === 'dark') axe.withRules(COLOUR_RULES);
            else axe.withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']);
            // An open menu floats outside of the page's landmarks.
            if (shot.name.endsWith('menu')) axe.disableRules(['region']);
            const { violations } = await axe.analyze();
            for (const { id, nodes } of violations)
              found.push(
                `${shot.name} ${colorScheme}: ${id}: ${nodes.map(({ html }) => html.slice(0, 99)).join(' ')}`,
              );
          }
          await page.close();
        });
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

  describe('on a phone', () => {
    it('every hour is in sight, and no date lies over the next', async () => {
      const page = await open('admin', '/conversations?range=30d');
      await page.setViewportSize({ width: 390, height: 844 });
      // Fewer of them once the chart has drawn itself anew.
      await eventually(async () => {
        const days = await page.locator('ui-trend-chart [ngx-charts-x-axis-ticks] text').all();
        const boxes = await Promise.all(days.map((day) => day.boundingBox({ timeout: 1_000 })));
        expect(boxes.length).toBeGreaterThan(2);
        for (const [i, box] of boxes.slice(1).entries())
          expect(box!.x).toBeGreaterThan(boxes[i]!.x + boxes[i]!.width);
      });
      const hours = "document.querySelector('ui-heat-map .table-scroll')";
      expect(await page.evaluate(`${hours}.scrollWidth - ${hours}.clientWidth`)).toBe(0);
    });
  });

  describe('signing in', () => {
    it('takes one click in local mode and stays at the address', async () => {
      const page = await openAlone(null, '/forms?range=30d');
      const name = SITES[0]!.name;
      await page.getByRole('button', { name: `Admin of ${name}` }).click();
      await page.getByRole('heading', { name: 'Forms', exact: true }).waitFor();
      expect(page.url()).toBe(`${url()}/forms?range=30d`);
      await page.getByText(name).first().waitFor();
    });

    it('follows the links that npm start prints', async () => {
      const page = await openAlone(null, `/?sign-in=viewer&as=${tenant()}`);
      await page.getByText('Viewer', { exact: true }).waitFor();
      expect(page.url()).not.toContain('sign-in');
    });

    it('exchanges the portal’s token and takes it out of the address', async () => {
      const token = await console_().demo.stack.token(tenant());
      const page = await openAlone(null, `/sessions?token=${token}&range=30d`);
      await page.getByRole('heading', { name: 'Sessions', exact: true }).waitFor();
      expect(page.url()).toBe(`${url()}/sessions?range=30d`);
      const [cookie] = await page.context().cookies();
      expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax', value: token });
      expect(await page.evaluate('document.cookie')).toBe('');
    });

    it('says that a link is not valid any more, and shows it nowhere', async () => {
      const page = await openAlone(null, '/sessions?token=a.b.c');
      await page.getByText('This link is not valid any more').waitFor();
      expect(page.url()).toBe(`${url()}/sessions`);
    });

    it('goes on at the same place after the session has ended', async () => {
      const page = await openAlone('admin', '/sessions?outcome=form_completed');
      await page.context().clearCookies();
      await page.getByRole('link', { name: '30 days' }).click();
      await page.getByRole('alertdialog').waitFor();
      await page.getByRole('button', { name: 'Sign in again' }).click();
      await page.getByRole('alertdialog').waitFor({ state: 'detached' });
      await page.locator('uja-session-row').first().waitFor();
      expect(page.url()).toBe(`${url()}/sessions?outcome=form_completed&range=30d`);
    });

    it('ends in this browser when asked to', async () => {
      const page = await openAlone('admin', '/sessions');
      await page.getByRole('button', { name: 'Account' }).click();
      await page.getByRole('menuitem', { name: 'Sign out' }).click();
      await page.getByText('You are signed out of this browser').waitFor();
      expect(await page.context().cookies()).toEqual([]);
    });

    it('lets operators choose whose data they read', async () => {
      const page = await open('ops', `/sessions?tenant=${tenant()}`);
      await page.locator('uja-session-row').first().waitFor();
      expect(page.url()).toContain(`tenant=${tenant()}`);
    });
  });

  // Last, since it leaves open sessions behind.
  liveSuite(console_);

  it('the browser has nothing to complain about', () => {
    expect(console_().complaints).toEqual([]);
  });
});
