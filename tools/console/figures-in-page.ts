/** What a page of the console says: its numbers, and the lists of sessions that they lead to. */
import type { Page } from 'playwright-core';

/** A number that counts sessions, and the address of the list that it leads to. */
export interface LinkedNumber {
  /** Where it stands, for messages. */
  where: string;
  value: number;
  /** Path and query. */
  href: string;
}

/** Places whose number counts sessions: the link, and the element that holds the number. */
const PLACES: readonly { page: string; each: string; link: string; number: string }[] = [
  {
    page: '/conversations',
    each: 'ui-stat-card:first-child',
    link: '.value a',
    number: '.value',
  },
  { page: '/conversations', each: 'ui-bar-list li', link: 'a', number: '.count' },
  { page: '/conversations', each: 'ui-heat-map td', link: 'a', number: 'a' },
  { page: '/conversations', each: 'uja-top-questions .row', link: 'a', number: '.figure' },
  { page: '/attribution', each: 'ui-funnel li', link: '.figure a', number: '.figure' },
  { page: '/attribution', each: '.topics li', link: 'a', number: '.count' },
  { page: '/forms', each: 'ui-funnel li', link: '.figure a', number: '.figure' },
  { page: '/paths', each: '.head', link: 'a', number: 'a' },
  { page: '/paths', each: '.tree .node', link: '.sessions', number: '.sessions' },
  { page: '/paths', each: '.sequences li', link: 'a', number: '.figure' },
];

export const NUMBERED_PAGES = [...new Set(PLACES.map(({ page }) => page))];

/** @param path of the page that is open, without its query */
export async function linkedNumbers(page: Page, path: string): Promise<LinkedNumber[]> {
  const found: LinkedNumber[] = [];
  for (const place of PLACES.filter((each) => each.page === path)) {
    for (const element of await page.locator(place.each).all()) {
      const link = element.locator(place.link).first();
      if ((await link.count()) === 0) continue;
      const text = await element.locator(place.number).first().innerText();
      found.push({
        where: `${path} ${place.each}: ${text}`,
        value: Number(text.replace(/\D/g, '')),
        href: (await link.getAttribute('href')) ?? '',
      });
    }
  }
  return found;
}
