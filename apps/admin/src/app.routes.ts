import type { Routes } from '@angular/router';

/** One lazy line per page. */
export const routes: Routes = [
  { path: '', pathMatch: 'full', redirectTo: 'conversations' },
  {
    path: 'conversations',
    title: 'Conversations',
    loadComponent: () =>
      import('./conversations/conversations-page.ts').then((page) => page.ConversationsPage),
  },
  {
    path: 'attribution',
    title: 'Attribution',
    loadComponent: () =>
      import('./attribution/attribution-page.ts').then((page) => page.AttributionPage),
  },
  {
    path: 'forms',
    title: 'Forms',
    loadComponent: () => import('./forms/forms-page.ts').then((page) => page.FormsPage),
  },
  {
    path: 'items',
    title: 'Items',
    loadComponent: () => import('./items/items-page.ts').then((page) => page.ItemsPage),
  },
  {
    path: 'paths',
    title: 'Paths',
    loadComponent: () => import('./paths/paths-page.ts').then((page) => page.PathsPage),
  },
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
