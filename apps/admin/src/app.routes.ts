import type { Routes } from '@angular/router';
import type { PageRules } from './shell/page-rules.ts';

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
    path: 'check',
    title: 'Check events',
    data: { roles: ['admin', 'ops'], isTenantless: true } satisfies PageRules,
    loadComponent: () => import('./validate/check-page.ts').then((page) => page.CheckPage),
  },
  {
    path: 'google-analytics',
    title: 'Google Analytics',
    data: { roles: ['admin', 'ops'] } satisfies PageRules,
    loadComponent: () => import('./ga4/ga4-page.ts').then((page) => page.Ga4Page),
  },
  {
    path: 'ops',
    data: { roles: ['ops'], isTenantless: true } satisfies PageRules,
    loadComponent: () => import('./ops/ops-area.ts').then((page) => page.OpsArea),
    loadChildren: () => import('./ops/ops.routes.ts').then((area) => area.OPS_ROUTES),
  },
  {
    path: '**',
    title: 'Page not found',
    loadComponent: () => import('./shell/not-found-page.ts').then((page) => page.NotFoundPage),
  },
];
