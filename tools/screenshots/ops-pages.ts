/** What is photographed of the operators' pages, and of those that set things up. */
import type { DemoStack } from './demo-stack.ts';
import type { Shot } from './pages.ts';

export const opsShots = ({ tenant }: DemoStack): Shot[] => [
  { name: 'ops-pipeline', role: 'ops', path: '/ops/pipeline' },
  { name: 'ops-dead-letters', role: 'ops', path: '/ops/dead-letters' },
  { name: 'ops-tenants', role: 'ops', path: '/ops/tenants' },
  { name: 'ops-tenant', role: 'ops', path: `/ops/tenants/${tenant}` },
  { name: 'ops-not-for-admins', role: 'admin', path: '/ops/pipeline' },
];
