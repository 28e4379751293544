/** What the console shows is what the API says. */
import { describe, expect, it } from '@jest/globals';
import { eventually } from '@picasso/testing';
import { inParallel } from '../harness/parallel.ts';
import { settled } from '../screenshots/pages.ts';
import { cardValue, number, shortcuts, type Console } from './console.fixture.ts';
import { linkedNumbers, NUMBERED_PAGES } from './figures-in-page.ts';

export function figuresSuite(console_: () => Console): void {
  const { open, api, tenant, url } = shortcuts(console_);

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
        await page.getByRole('link', { name, exact: true }).click();
        const { cards } = await api<Cards>(`conversations/summary/${tenant()}?range=${range}`);
        await eventually(async () => {
          expect(await cardValue(page, 'Conversations')).toBe(
            number(cards['conversations']!.value!),
          );
          expect(await cardValue(page, 'Messages')).toBe(number(cards['messages']!.value!));
        });
      }
    });

    it('on Attribution, and of one source', async () => {
      interface Attribution extends Cards {
        funnel: { sessions: number | null }[];
        sources: { source: string; medium: string }[];
      }
      const page = await open('admin', '/attribution');
      const all = await api<Attribution>(`attribution/${tenant()}`);
      expect(await cardValue(page, 'Conversions')).toBe(number(all.cards['conversions']!.value!));
      expect(await cardValue(page, 'Estimated value')).toBe(
        new Intl.NumberFormat('en-GB', {
          ...{ style: 'currency', currency: 'USD', maximumFractionDigits: 0 },
        }).format(all.cards['estimated_value']!.value!),
      );
      const steps = ({ funnel }: Attribution): string[] =>
        funnel.map(({ sessions }) => (sessions === null ? 'Not counted' : number(sessions)));
      expect(await page.locator('ui-funnel .figure').allInnerTexts()).toEqual(steps(all));
      await page.getByLabel('Source of the funnel').selectOption({ index: 1 });
      await eventually(() => expect(page.url()).toContain('source='));
      const { searchParams } = new URL(page.url());
      const one = await api<Attribution>(
        `attribution/${tenant()}?source=${searchParams.get('source')}&medium=${searchParams.get('medium')}`,
      );
      expect(steps(one)).not.toEqual(steps(all));
      await eventually(async () =>
        expect(await page.locator('ui-funnel .figure').allInnerTexts()).toEqual(steps(one)),
      );
    });

    it('on Forms, of one form, and submissions by search and order', async () => {
      const page = await open('admin', '/forms');
      const all = await api<Cards>(`forms/summary/${tenant()}`);
      expect(await cardValue(page, 'Completions')).toBe(number(all.cards['completions']!.value!));
      const list = async (query: string): Promise<{ session_id: string }[]> =>
        (
          await api<{ items: { session_id: string }[] }>(
            `forms/submissions/${tenant()}?limit=10&${query}`,
          )
        ).items;
      const shown = async (): Promise<string[]> =>
        Promise.all(
          (await page.locator('uja-submissions tbody a.nowrap').all()).map(
            async (link) => /sess_\w+/.exec((await link.getAttribute('href')) ?? '')![0],
          ),
        );
      await page.getByRole('button', { name: 'Took' }).click();
      const slowest = (await list('sort=duration&order=desc')).map(({ session_id }) => session_id);
      await eventually(async () => expect(await shown()).toEqual(slowest));
      await page.getByLabel('Search submissions').fill(slowest[2]!);
      await page.keyboard.press('Enter');
      await eventually(async () => expect(await shown()).toEqual([slowest[2]]));

      await page.locator('.forms a').first().click();
      await eventually(() => expect(page.url()).toContain('form='));
      const form = new URL(page.url()).searchParams.get('form')!;
      const one = await api<Cards>(`forms/summary/${tenant()}?form=${form}`);
      await eventually(async () =>
        expect(await cardValue(page, 'Completions')).toBe(number(one.cards['completions']!.value!)),
      );
    });

    it('on Items, by kind and state, and on Paths', async () => {
      const items = await open('admin', '/items');
      const clicks = async (query: string): Promise<string[]> => {
        const { items: popular } = await api<{ items: { clicks: number }[] }>(
          `popularity/${tenant()}?limit=15${query}`,
        );
        return popular.map((item) => number(item.clicks));
      };
      const shown = async (): Promise<string[]> =>
        (await items.locator('.bar-cell').allInnerTexts()).map((text) => text.trim());
      expect(await shown()).toEqual(await clicks(''));
      await items.getByRole('link', { name: 'Links', exact: true }).click();
      const links = await clicks('&type=link');
      await eventually(async () => expect(await shown()).toEqual(links));
      await items.getByRole('link', { name: 'All', exact: true }).first().click();
      await items.getByRole('link', { name: 'Never shown' }).click();
      const gaps = await api<{ items: object[] }>(`gaps/${tenant()}?limit=15&state=never_shown`);
      expect(gaps.items.length).toBeGreaterThan(0);
      await eventually(async () =>
        expect(await items.locator('.todo').count()).toBe(gaps.items.length),
      );

      const paths = await open('admin', '/paths');
      const { sessions } = await api<{ sessions: number }>(`patterns/${tenant()}`);
      await paths
        .locator('.head')
        .getByText(`${number(sessions)} sessions`)
        .waitFor();
      await paths.locator('uja-flow a', { hasText: 'Wrote a message' }).first().click();
      await paths.getByRole('link', { name: 'What came before' }).click();
      const before = await api<{ levels: { steps: { sessions: number }[] }[]; sessions: number }>(
        `patterns/${tenant()}?step=MESSAGE_SENT&direction=before&depth=4`,
      );
      await paths
        .locator('.head')
        .getByText(`${number(before.sessions)} sessions`)
        .waitFor();
      await paths.getByRole('link', { name: 'Level by level' }).click();
      const totals = paths.locator('tbody td.number');
      await totals.first().waitFor();
      expect(await totals.allInnerTexts()).toEqual(
        before.levels.map(() => number(before.sessions)),
      );
    });

    it('and every number leads to the sessions behind it', async () => {
      const pages = await Promise.all(
        NUMBERED_PAGES.map(async (path) => linkedNumbers(await open('admin', path), path)),
      );
      const numbers = pages.flat();
      expect(numbers.length).toBeGreaterThan(40);
      const wrong: string[] = [];
      await inParallel(numbers, 4, async ({ where, value, href }) => {
        const listed = await console_().sessionIds(new URL(href, url()).searchParams);
        if (new Set(listed).size !== value) wrong.push(`${where}, but ${listed.length} sessions`);
      });
      expect(wrong).toEqual([]);

      // And so does a click: the list has as many rows, page after page.
      const page = await open('admin', '/conversations');
      const value = await cardValue(page, 'Conversations');
      await page.locator('ui-stat-card', { hasText: 'Conversations' }).getByRole('link').click();
      await page.getByRole('link', { name: 'With a message' }).waitFor();
      const rows = page.locator('uja-session-row');
      let listed = 0;
      for (;;) {
        await rows.first().waitFor();
        await settled(page);
        listed += await rows.count();
        const older = page.getByRole('link', { name: 'Older' });
        if ((await older.count()) === 0) break;
        const first = await rows.first().getByRole('link').getAttribute('href');
        await older.click();
        await eventually(async () => {
          const href = rows.first().getByRole('link').getAttribute('href', { timeout: 1_000 });
          expect(await href.catch(() => first)).not.toBe(first);
        });
      }
      expect(number(listed)).toBe(value);
    });
  });
}
