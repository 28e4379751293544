import type { Routes } from '@angular/router';

/** One lazy line per page. */
export const routes: Routes = [
  { path: '', pathMatch: 'full', redirectTo: 'sessions' },
  {
    path: 'sessions',
    title: 'Sessions',
    loadComponent: () => import('./sessions/sessions-page.ts').then((page) => page.SessionsPage),
  },
  {
    path: 'sessions/:id',
    title: 'Journey',
    loadComponent: () => import('./sessions/journey-page.ts').then((page) => page.JourneyPage),
  },
  {
    path: '**',
    title: 'Page not found',
    loadComponent: () => import('./shell/not-found-page.ts').then((page) => page.NotFoundPage),
  },
];
