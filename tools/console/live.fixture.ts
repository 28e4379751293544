/** News that come by themselves: told by a stream, or asked for where there is none. */
import { describe, expect, it } from '@jest/globals';
import { eventually } from '@picasso/testing';
import { settled } from '../screenshots/pages.ts';
import { cardValue, shortcuts, type Console } from './console.fixture.ts';

const LIVE = { timeout: 12_000 };
/** Without a stream the console asks every so often; with one it is told at once. */
const ASKS_EVERY_MS = 15_000;
const POLLED = { timeoutMs: 40_000, everyMs: 500 };

export function liveSuite(console_: () => Console): void {
  const { open, openAlone, begin, url } = shortcuts(console_);

  describe('live', () => {
    const ASKED = 'Is anybody there at this very moment?';
    const LATER = 'And who is there a little later?';

    it('new sessions appear by themselves, without moving what somebody reads', async () => {
      const page = await open('admin', '/sessions?range=30d');
      await page.getByText('Live', { exact: true }).first().waitFor();
      const id = `sess_live_${Date.now()}`;
      await begin(id, ASKED);
      await page.getByText(ASKED).waitFor(LIVE);
      await page.getByText('Open now').waitFor(LIVE);

      const seen = page.locator('uja-session-row').nth(18);
      await seen.scrollIntoViewIfNeeded();
      const [text, at] = [await seen.innerText(), (await seen.boundingBox())!.y];
      await begin(`${id}_b`, LATER);
      const pill = page.getByRole('button', { name: '1 new session' });
      await pill.waitFor(LIVE);
      expect(await seen.innerText()).toBe(text);
      expect((await seen.boundingBox())!.y).toBe(at);
      expect(await page.getByText(LATER).count()).toBe(0);
      await pill.click();
      await page.getByText(LATER).waitFor();
    });

    it('figures change where they stand, and say how fresh they are', async () => {
      const page = await open('admin', '/conversations?range=1d');
      const before = Number(await cardValue(page, 'Conversations'));
      await begin(`sess_counted_${Date.now()}`, ASKED);
      await eventually(
        async () => expect(Number(await cardValue(page, 'Conversations'))).toBe(before + 1),
        { timeoutMs: LIVE.timeout },
      );
      expect(await page.locator('live-freshness').innerText()).toBe('Live');
    });

    it('comes by asking where the stream is cut off', async () => {
      const page = await openAlone('admin', '/sign-out-of-the-way');
      await page.route('**/analytics/live/**', (route) => route.abort());
      await page.clock.install();
      await page.goto(`${url()}/sessions?range=30d`);
      await settled(page);
      const content = 'Does this come without a stream?';
      await begin(`sess_polled_${Date.now()}`, content);
      const shown = page.getByText(content);
      await eventually(async () => {
        await page.clock.fastForward(ASKS_EVERY_MS);
        expect(await shown.count()).toBeGreaterThan(0);
      }, POLLED);
      expect(await page.locator('live-freshness').innerText()).not.toBe('Live');
    });
  });
}
