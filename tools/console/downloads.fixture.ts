/** Files of every table and dashboard. */
import { describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import type { Locator, Page } from 'playwright-core';
import { number, shortcuts, type Console } from './console.fixture.ts';

export function downloadsSuite(console_: () => Console): void {
  const { open } = shortcuts(console_);

  describe('downloads', () => {
    const download = async (page: Page, start: () => Promise<void>): Promise<Buffer> => {
      const [file] = await Promise.all([page.waitForEvent('download'), start()]);
      return readFile(await file.path());
    };
    const choose = async (page: Page, menu: Locator, choice: RegExp): Promise<Buffer> => {
      await menu.click();
      return download(page, () => page.getByRole('menuitem', { name: choice }).click());
    };

    it.each(['/conversations', '/attribution', '/forms', '/items', '/paths'])(
      'every table of %s',
      async (path) => {
        const page = await open('admin', path);
        const menus = await page.getByRole('button', { name: /^Export/ }).all();
        expect(menus.length).toBeGreaterThan(1);
        for (const menu of menus) {
          if ((await menu.innerText()).startsWith('Export ' + path.slice(1))) continue;
          await menu.click();
          const csv = page.getByRole('menuitem', { name: /^CSV/ });
          if ((await csv.count()) === 0) {
            const pdf = await download(page, () => page.getByRole('menuitem').first().click());
            expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
            continue;
          }
          const file = (await download(page, () => csv.click())).toString();
          expect(file).toMatch(/^\uFEFF\w+,.*\r\n/);
        }
      },
    );

    it('hold the whole list as it is filtered, not the page that is shown', async () => {
      const page = await open('admin', '/sessions?range=30d&traffic=visitor');
      const menu = page.getByRole('button', { name: 'Export sessions' });
      const ids = await console_().sessionIds(new URLSearchParams('range=30d&traffic=visitor'));
      expect(ids.length).toBeGreaterThan(100);
      const rows = JSON.parse((await choose(page, menu, /^JSON sessions/)).toString()) as object[];
      expect(rows).toHaveLength(ids.length);
      await page.getByText(`${number(ids.length)} rows`).waitFor();
    });

    it('that fail are no files, and say so', async () => {
      const page = await open('admin', '/sessions');
      await page.route('**/analytics/sessions/**format=csv**', (route) => route.abort());
      let saved = false;
      page.on('download', () => (saved = true));
      await page.getByRole('button', { name: 'Export sessions' }).click();
      await page.getByRole('menuitem', { name: /^CSV/ }).click();
      await page.getByRole('alert').getByText('The file broke off').waitFor();
      expect(saved).toBe(false);
      await page.unroute('**/analytics/sessions/**format=csv**');
      await download(page, () => page.getByRole('button', { name: 'Try again' }).click());
    });
  });
}
