/**
 * Who may use which route, and whose data its address names: one row per route, written by hand.
 * What a route takes besides (parameters, bodies) comes from the API's description.
 */
export const OWN = 'tenant_own';
export const OTHER = 'tenant_other';

export type Role = 'viewer' | 'admin' | 'ops';
export interface Row {
  /** Who gets an answer; the other roles get 403. */
  roles: Role[] | 'public';
  /** Whose data is named in the address; null: nobody's. */
  tenant?: (tenant: string) => string;
  query?: string;
  body?: object;
  /** Goes on until the reader goes. */
  stream?: boolean;
}

export const ALL: Role[] = ['viewer', 'admin', 'ops'];
const TEXT: Role[] = ['admin', 'ops'];
export const OPS: Role[] = ['ops'];
const path =
  (prefix: string) =>
  (tenant: string): string =>
    `${prefix}/${tenant}`;
const ofTenant = (prefix: string, roles: Role[], more: Partial<Row> = {}): [string, Row] => [
  `GET ${prefix}/:tenant`,
  { roles, tenant: path(prefix), ...more },
];

export const ROWS: Record<string, Row> = Object.fromEntries<Row>([
  ...[
    'sessions',
    'tenant',
    'conversations/summary',
    'conversations/heatmap',
    'conversations/depth',
    'conversations/trend',
    'topics',
    'attribution',
    'sources',
    'links',
    'site-traffic',
    'forms/summary',
    'forms/funnel',
    'forms/bottlenecks',
    'forms/ranking',
    'popularity',
    'items',
    'gaps',
    'patterns',
  ].map((name) => ofTenant(`/analytics/${name}`, ALL)),
  ofTenant('/analytics/live', ALL, { stream: true }),
  ofTenant('/analytics/conversations/questions', TEXT),
  ofTenant('/analytics/conversations/questions/variants', TEXT, { query: 'id=0123456789abcdef' }),
  ofTenant('/analytics/forms/submissions', TEXT),
  ofTenant('/analytics/events', TEXT),
  ofTenant('/analytics/ops/audit', OPS),
  [
    'GET /analytics/journey/:session_id',
    { roles: ALL, tenant: (tenant) => `/analytics/journey/sess_${tenant}` },
  ],
  [
    'GET /analytics/reports/:dashboard/:tenant',
    { roles: ALL, tenant: path('/analytics/reports/attribution') },
  ],
  ['GET /analytics/auth/session', { roles: ALL }],
  ['POST /analytics/auth/sign-out', { roles: ALL }],
  ['POST /analytics/auth/exchange', { roles: 'public' }],
  ['POST /analytics/events/check', { roles: TEXT, body: { key: 'wk_none', body: {} } }],
  ['GET /analytics/ops/pipeline', { roles: OPS }],
  ['GET /analytics/ops/balance', { roles: OPS }],
  ['GET /analytics/ops/dead-letters', { roles: OPS }],
  ['GET /analytics/ops/dead-letters/:seq', { roles: OPS }],
  ['POST /analytics/ops/dead-letters/:seq/replay', { roles: OPS, body: {} }],
  ['DELETE /analytics/ops/dead-letters/:seq', { roles: OPS }],
  ['GET /analytics/ops/erasures', { roles: OPS }],
  ['GET /analytics/ops/erasures/:erasure_id', { roles: OPS }],
  [
    'POST /analytics/ops/erasures',
    { roles: OPS, body: { tenant_hash: OWN, scope: { session_id: 'nobody' } } },
  ],
  ['GET /analytics/ops/runs', { roles: OPS }],
  ['GET /analytics/ops/tenants', { roles: OPS }],
  ['POST /analytics/ops/tenants', { roles: OPS, body: { tenant_hash: 'new_one' } }],
  ['PATCH /analytics/ops/tenants/:tenant', { roles: OPS, body: {} }],
  ['POST /analytics/ops/tenants/:tenant/write-keys', { roles: OPS }],
  ['DELETE /analytics/ops/tenants/:tenant/write-keys/:sha256', { roles: OPS }],
  ['POST /analytics/ops/tenants/:tenant/server-key', { roles: OPS }],
  ['GET /docs/*', { roles: 'public' }],
  ['GET /health/live', { roles: 'public' }],
  ['GET /health/ready', { roles: 'public' }],
  ['GET /metrics', { roles: 'public' }],
]);
