/** What is photographed. */
import type { Page } from 'playwright-core';
import type { DemoStack } from './demo-stack.ts';
import { opsShots } from './ops-pages.ts';
import type { Role } from './sign-in.ts';

export interface Shot {
  name: string;
  role: Role | null;
  path: string;
  /** Brings the page into the state that is meant, once it is there. */
  prepare?(page: Page): Promise<void>;
}

const day = (ago: number): string =>
  new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);

const pageShots = ({ sessions, tenant }: DemoStack): Shot[] => [
  { name: 'sign-in', role: null, path: '/' },
  { name: 'conversations', role: 'admin', path: '/conversations' },
  { name: 'attribution', role: 'admin', path: '/attribution' },
  { name: 'forms', role: 'admin', path: '/forms' },
  { name: 'items', role: 'admin', path: '/items' },
  { name: 'paths', role: 'admin', path: '/paths' },
  { name: 'sessions', role: 'admin', path: '/sessions' },
  {
    name: 'sessions-filtered',
    role: 'admin',
    path: '/sessions?topic=adoption&traffic=visitor&range=30d',
  },
  {
    name: 'conversations-empty',
    role: 'admin',
    path: `/conversations?from=${day(60)}&to=${day(50)}`,
  },
  { name: 'conversations-viewer', role: 'viewer', path: '/conversations' },
  { name: 'forms-one', role: 'admin', path: '/forms?form=adoption' },
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
  { name: 'sessions-empty', role: 'admin', path: '/sessions?from=2020-01-01&to=2020-01-02' },
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
    prepare: async (page) => {
      await page.context().clearCookies();
      await page.getByRole('link', { name: '30 days' }).click();
      await page.getByRole('alertdialog').waitFor();
    },
  },
  { name: 'page-missing', role: 'admin', path: '/nowhere' },
  {
    name: 'menu',
    role: 'admin',
    path: '/sessions',
    prepare: (page) => page.getByRole('button', { name: 'Account' }).click(),
  },
];

export const shots = (demo: DemoStack): Shot[] => [...pageShots(demo), ...opsShots(demo)];

/** Every part of the page is there. The page polls, so that the network is never silent for long. */
export async function settled(page: Page): Promise<void> {
  await page.locator('h1').first().waitFor();
  for (const part of await page.getByRole('status', { name: 'Loading' }).all())
    await part.waitFor({ state: 'detached' });
}
