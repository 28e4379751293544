/** What is photographed. */
import type { Page } from 'playwright-core';
import type { DemoStack } from './demo-stack.ts';
import { opsShots } from './ops-pages.ts';
import type { Role } from './sign-in.ts';

export interface Shot {
  name: string;
  role: Role | null;
  path: string;
  /** It changes what the browser keeps: in a browser of its own. */
  isAlone?: true;
  /** Brings the page into the state that is meant, once it is there. */
  prepare?(page: Page): Promise<void>;
}

const day = (ago: number): string =>
  new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);

const pageShots = ({ sessions, tenant }: DemoStack): Shot[] => [
  { name: 'sign-in', role: null, path: '/' },
  { name: 'conversations', role: 'admin', path: '/conversations?range=30d' },
  { name: 'attribution', role: 'admin', path: '/attribution?range=30d' },
  { name: 'forms', role: 'admin', path: '/forms?range=30d' },
  { name: 'items', role: 'admin', path: '/items?range=30d' },
  { name: 'paths', role: 'admin', path: '/paths?range=30d' },
  { name: 'sessions', role: 'admin', path: '/sessions' },
  {
    name: 'sessions-filtered',
    role: 'admin',
    path: '/sessions?topic=adoption&traffic=visitor&range=30d',
  },
  {
    name: 'conversations-empty',
    role: 'admin',
    path: `/conversations?from=${day(88)}&to=${day(80)}`,
  },
  { name: 'conversations-viewer', role: 'viewer', path: '/conversations' },
  { name: 'forms-one', role: 'admin', path: '/forms?form=adoption' },
  { name: 'paths-tree', role: 'admin', path: '/paths?look=tree' },
  { name: 'paths-levels', role: 'admin', path: '/paths?look=levels' },
  { name: 'paths-before', role: 'admin', path: '/paths?step=FORM_COMPLETED&direction=before' },
  {
    name: 'outage',
    role: 'admin',
    path: '/conversations',
    prepare: async (page) => {
      await page.route('**/analytics/conversations/**', (route) =>
        route.fulfill({
          status: 503,
          contentType: 'application/problem+json',
          body: JSON.stringify({ code: 'unavailable', title: 'unavailable', status: 503 }),
        }),
      );
      await page.getByRole('link', { name: '30 days' }).click();
      await page.getByRole('alert').first().waitFor();
    },
  },
  { name: 'sessions-empty', role: 'admin', path: `/sessions?from=${day(88)}&to=${day(80)}` },
  { name: 'sessions-form-completed', role: 'admin', path: '/sessions?outcome=form_completed' },
  { name: 'journey-completed', role: 'admin', path: `/sessions/${sessions.completed}` },
  { name: 'journey-abandoned', role: 'admin', path: `/sessions/${sessions.abandoned}` },
  { name: 'journey-gaps', role: 'admin', path: `/sessions/${sessions.gaps}` },
  { name: 'journey-viewer', role: 'viewer', path: `/sessions/${sessions.completed}` },
  { name: 'journey-missing', role: 'admin', path: '/sessions/sess_nobody' },
  { name: 'operator-chooses', role: 'ops', path: '/sessions' },
  { name: 'operator-reads', role: 'ops', path: `/sessions?tenant=${tenant}` },
  {
    name: 'session-ended',
    role: 'admin',
    path: '/sessions',
    isAlone: true,
    prepare: async (page) => {
      await page.context().clearCookies();
      // The page may have noticed by itself, and its notice lies over what is clicked.
      await page.getByRole('link', { name: '30 days' }).dispatchEvent('click');
      await page.getByRole('alertdialog').waitFor();
    },
  },
  { name: 'page-missing', role: 'admin', path: '/nowhere' },
  {
    name: 'loading',
    role: 'admin',
    path: '/conversations',
    prepare: async (page) => {
      await page.route('**/analytics/conversations/**', () => undefined);
      await page.getByRole('link', { name: '30 days' }).click();
      await page.getByRole('status', { name: 'Loading' }).first().waitFor();
    },
  },
  {
    name: 'out-of-date',
    role: 'admin',
    path: '/conversations',
    prepare: async (page) => {
      await page.route('**/analytics/conversations/**', (route) => route.abort());
      await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
      await page.getByText('may be out of date').first().waitFor();
    },
  },
  {
    name: 'spellings',
    role: 'admin',
    path: '/conversations',
    prepare: async (page) => {
      await page.getByRole('button', { name: 'Spellings of' }).first().click();
      await page.locator('.spellings li').first().waitFor();
    },
  },
  {
    name: 'trend-table',
    role: 'admin',
    path: '/conversations',
    prepare: (page) => page.getByRole('button', { name: 'As a table' }).click(),
  },
  {
    name: 'export-menu',
    role: 'admin',
    path: '/attribution',
    prepare: (page) => page.getByRole('button', { name: 'Export sources' }).click(),
  },
  {
    name: 'export-failed',
    role: 'admin',
    path: '/sessions',
    prepare: async (page) => {
      await page.route('**/analytics/sessions/**format=csv**', (route) => route.abort());
      await page.getByRole('button', { name: 'Export sessions' }).click();
      await page.getByRole('menuitem', { name: 'CSV' }).click();
      await page.getByText('The file broke off').waitFor();
    },
  },
  {
    name: 'custom-range',
    role: 'admin',
    path: '/items',
    prepare: (page) => page.getByRole('button', { name: 'Custom' }).click(),
  },
  {
    name: 'menu',
    role: 'admin',
    path: '/sessions',
    prepare: (page) => page.getByRole('button', { name: 'Account' }).click(),
  },
];

export const shots = (demo: DemoStack): Shot[] => [...pageShots(demo), ...opsShots(demo)];

/** Grows by everything that the browser complains about, refused requests aside. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('console', (message) => {
    const text = message.text();
    if (message.type() === 'error' && !text.startsWith('Failed to load resource'))
      complaints.push(text);
  });
  return complaints;
}

/** Every part of the page is there. The page polls, so that the network is never silent for long. */
export async function settled(page: Page): Promise<void> {
  await page.locator('h1').first().waitFor();
  for (const part of await page.getByRole('status', { name: 'Loading' }).all())
    await part.waitFor({ state: 'detached' });
}
