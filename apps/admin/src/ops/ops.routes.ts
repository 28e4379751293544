import type { Routes } from '@angular/router';

/** Under `/ops`, one lazy line per page. */
export const OPS_ROUTES: Routes = [
  { path: '', pathMatch: 'full', redirectTo: 'pipeline' },
  {
    path: 'pipeline',
    title: 'Pipeline',
    loadComponent: () => import('./pipeline/pipeline-page.ts').then((page) => page.PipelinePage),
  },
  {
    path: 'dead-letters',
    title: 'Dead letters',
    loadComponent: () =>
      import('./dead-letters/dead-letters-page.ts').then((page) => page.DeadLettersPage),
  },
  {
    path: 'dead-letters/:seq',
    title: 'Dead letter',
    loadComponent: () =>
      import('./dead-letters/dead-letter-page.ts').then((page) => page.DeadLetterPage),
  },
  {
    path: 'tenants',
    title: 'Tenants',
    loadComponent: () => import('./tenants/tenants-page.ts').then((page) => page.TenantsPage),
  },
  {
    path: 'tenants/new',
    title: 'New tenant',
    loadComponent: () => import('./tenants/new-tenant-page.ts').then((page) => page.NewTenantPage),
  },
  {
    path: 'tenants/:hash',
    title: 'Tenant',
    loadComponent: () => import('./tenants/tenant-page.ts').then((page) => page.TenantPage),
  },
  {
    path: 'runs',
    title: 'Runs',
    loadComponent: () => import('./runs/runs-page.ts').then((page) => page.RunsPage),
  },
  {
    path: 'erasures',
    title: 'Erasure',
    loadComponent: () => import('./erasure/erasures-page.ts').then((page) => page.ErasuresPage),
  },
  {
    path: 'erasures/:id',
    title: 'Erasure',
    loadComponent: () => import('./erasure/erasure-page.ts').then((page) => page.ErasurePage),
  },
  {
    path: 'audit',
    title: 'Audit trail',
    loadComponent: () => import('./audit/audit-page.ts').then((page) => page.AuditPage),
  },
  {
    path: '**',
    title: 'Page not found',
    loadComponent: () => import('../shell/not-found-page.ts').then((page) => page.NotFoundPage),
  },
];
