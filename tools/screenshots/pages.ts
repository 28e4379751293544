/** What is photographed. */
import type { Page } from 'playwright-core';
import type { DemoStack } from './demo-stack.ts';

export interface Shot {
  name: string;
  role: 'admin' | 'viewer' | 'ops' | null;
  path: string;
  /** Brings the page into the state that is meant, once it is there. */
  prepare?(page: Page): Promise<void>;
}

export const shots = ({ sessions, tenant }: DemoStack): Shot[] => [
  { name: 'sign-in', role: null, path: '/' },
  { name: 'sessions', role: 'admin', path: '/sessions' },
  { name: 'sessions-empty', role: 'admin', path: '/sessions?from=2020-01-01&to=2020-01-02' },
  { name: 'sessions-form-completed', role: 'admin', path: '/sessions?outcome=form_completed' },
  { name: 'journey-completed', role: 'admin', path: `/sessions/${sessions.completed}` },
  { name: 'journey-abandoned', role: 'admin', path: `/sessions/${sessions.abandoned}` },
  { name: 'journey-gaps', role: 'admin', path: `/sessions/${sessions.gaps}` },
  { name: 'journey-live', role: 'admin', path: `/sessions/${sessions.live}` },
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
  {
    name: 'menu',
    role: 'admin',
    path: '/sessions',
    prepare: (page) => page.getByRole('button', { name: 'Account' }).click(),
  },
];
