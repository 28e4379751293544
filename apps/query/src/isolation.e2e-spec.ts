/**
 * Every route × role × tenant, generated from the route table: a route that nobody has said
 * anything about fails here. A canary planted in the other tenant may be in no byte of an answer.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectBroker, provisionStreams, type Broker } from '@picasso/messaging';
import { SiteTrafficStore } from '@picasso/storage';
import { eventSlice, sessionOf, storedEvents, useEngines } from '@picasso/testing';
import { SignJWT } from 'jose';
import request from 'supertest';
import { isoDay } from './figures.fixture.ts';
import {
  createTenants,
  SECRET,
  signToken,
  startQuery,
  storeSession,
  type RunningQuery,
} from './query.fixture.ts';

const OWN = 'tenant_own';
const OTHER = 'tenant_other';
const CANARY = 'zanzibar4711';

type Role = 'viewer' | 'admin' | 'ops';
interface Row {
  /** Who gets an answer; the other roles get 403. */
  roles: Role[] | 'public';
  /** Whose data is named in the address; null: nobody's. */
  tenant?: (tenant: string) => string;
  query?: string;
  body?: object;
  /** Goes on until the reader goes. */
  stream?: boolean;
}

const ALL: Role[] = ['viewer', 'admin', 'ops'];
const TEXT: Role[] = ['admin', 'ops'];
const OPS: Role[] = ['ops'];
const path =
  (prefix: string) =>
  (tenant: string): string =>
    `${prefix}/${tenant}`;
const ofTenant = (prefix: string, roles: Role[], more: Partial<Row> = {}): [string, Row] => [
  `GET ${prefix}/:tenant`,
  { roles, tenant: path(prefix), ...more },
];

const ROWS: Record<string, Row> = Object.fromEntries<Row>([
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
  ['GET /analytics/ops/pipeline', { roles: OPS }],
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

const engines = useEngines({ tables: true, nats: true });
let query: RunningQuery;
let broker: Broker;
let base: string;

beforeAll(async () => {
  broker = await connectBroker({ url: engines().nats.url, name: 'spec' });
  await provisionStreams(broker.jsm);
  query = await startQuery(engines().tables.url, { NATS_URL: engines().nats.url });
  await createTenants(query.tables, [{ tenant_hash: OWN }, { tenant_hash: OTHER }]);
  const started = Date.now() - 120_000;
  for (const [tenantHash, word] of [
    [OWN, 'ours'],
    [OTHER, CANARY],
  ] as const) {
    const steps = [
      { type: 'MESSAGE_SENT', payload: { content: `What about ${word}?` } },
      { type: 'MESSAGE_RECEIVED', payload: { content: word, branch_id: word } },
      { type: 'CTA_CLICKED', payload: { cta_id: word, cta_label: word } },
      { type: 'LINK_CLICKED', payload: { url: `https://example.org/${word}` } },
      { type: 'FORM_VIEWED', payload: { form_id: word, form_label: word } },
      { type: 'FORM_STARTED', payload: { form_id: word } },
      { type: 'FORM_COMPLETED', payload: { form_id: word } },
      'WIDGET_CLOSED',
    ];
    const session = { tenantHash, sessionId: `sess_${tenantHash}`, startMs: started };
    const flat = sessionOf(steps, { ...session, attribution: { utm_source: word } });
    const key = { tenant_hash: tenantHash, session_id: session.sessionId };
    await storeSession(query.tables, key, storedEvents(eventSlice(flat)));
    const visits = [{ day: isoDay(started), source: word, medium: 'cpc', visits: 5 }];
    await new SiteTrafficStore(query.tables).put(tenantHash, visits, isoDay(started));
  }
  await query.app.listen(0, '127.0.0.1');
  base = await query.app.getUrl();
});
afterAll(async () => {
  await query.stop();
  await broker.close();
});

const addressOf = (route: string, row: Row, tenant: string): string => {
  const address =
    row.tenant?.(tenant) ??
    (route.split(' ')[1] as string).replace(':tenant', tenant).replace(/:\w+/g, '1');
  return row.query ? `${address}?${row.query}` : address;
};

/** Status and what the answer holds; of a stream, its first bytes. */
async function ask(route: string, address: string, authorization: string | undefined) {
  const row = ROWS[route] as Row;
  const controller = new AbortController();
  const response = await fetch(`${base}${address}`, {
    method: route.split(' ')[0] as string,
    headers: {
      ...(authorization !== undefined && { authorization }),
      ...(row.body && { 'content-type': 'application/json' }),
    },
    ...(row.body && { body: JSON.stringify(row.body) }),
    signal: controller.signal,
  });
  if (row.stream && response.ok) {
    const first = await response.body?.getReader().read();
    controller.abort();
    return { status: response.status, text: Buffer.from(first?.value ?? []).toString() };
  }
  return { status: response.status, text: await response.text() };
}

const bearer = async (role: Role, tenant_hash?: string): Promise<string> =>
  `Bearer ${await signToken({ role, ...(tenant_hash && { tenant_hash }) })}`;

it('every route has a row, and every row a route', () => {
  const routes = query.routes.filter((route) => !/^(HEAD|OPTIONS) /.test(route));
  expect([...new Set(routes)].sort()).toEqual(Object.keys(ROWS).sort());
});

const guarded = Object.entries(ROWS).filter(([, { roles }]) => roles !== 'public');
const tenants = guarded.filter(([, { tenant }]) => tenant !== undefined);

describe('without a valid token', () => {
  it.each(guarded)('%s answers 401', async (route, row) => {
    const claims = { role: 'admin', tenant_hash: OWN, sub: 'user-1' };
    const exp = Math.floor(Date.now() / 1000) + 300;
    const unsigned = [
      { alg: 'none', typ: 'JWT' },
      { ...claims, exp },
    ]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    const otherKey = new TextEncoder().encode(SECRET.split('').reverse().join(''));
    const forged = await new SignJWT({ ...claims, exp })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(otherKey);
    const expired = await signToken({ ...claims, expiresIn: -60 });
    const endless = await signToken({ ...claims, expiresIn: null });
    const headers = [undefined, 'Bearer x', `Bearer ${unsigned}.`];
    for (const header of [
      ...headers,
      `Bearer ${forged}`,
      `Bearer ${expired}`,
      `Bearer ${endless}`,
    ]) {
      const { status, text } = await ask(route, addressOf(route, row, OWN), header);
      expect([header, status]).toEqual([header, 401]);
      expect(text).not.toContain(CANARY);
    }
  });
});

describe('roles', () => {
  it.each(guarded)('%s is for those who may', async (route, row) => {
    for (const role of ALL) {
      const tenant = role === 'ops' ? undefined : OWN;
      const { status, text } = await ask(
        route,
        addressOf(route, row, OWN),
        await bearer(role, tenant),
      );
      const may = (row.roles as Role[]).includes(role);
      // Operators have no tenant of their own: they have to name one.
      const nameless = role === 'ops' && route.includes(':session_id');
      if (!may) expect([role, status]).toEqual([role, 403]);
      else expect([role, status, text]).toEqual([role, nameless ? 400 : expect.any(Number), text]);
      if (may) expect([role, status]).not.toEqual([role, 403]);
      if (may) expect(status).toBeLessThan(500);
      if (role !== 'ops') expect(text).not.toContain(CANARY);
      if (role === 'viewer') expect(text).not.toContain('What about');
    }
  });
});

describe('tenants', () => {
  it.each(tenants)('%s answers for the own tenant', async (route, row) => {
    const role = (row.roles as Role[])[0] as Role;
    const token = await bearer(role, role === 'ops' ? undefined : OWN);
    const { status } = await ask(route, addressOf(route, row, OWN), token);
    expect([200, 404]).toContain(status);
    if (!row.query) expect(status).toBe(200);
  });

  it.each(tenants.filter(([, { roles }]) => roles !== OPS))(
    '%s answers 404 for another tenant, as for none at all',
    async (route, row) => {
      for (const role of (row.roles as Role[]).filter((name) => name !== 'ops')) {
        const token = await bearer(role, OWN);
        const other = await ask(route, addressOf(route, row, OTHER), token);
        const nobody = await ask(route, addressOf(route, row, 'tenant_nobody'), token);
        expect([other.status, other.text]).toEqual([404, nobody.text]);
        const named = `${addressOf(route, row, OWN)}${row.query ? '&' : '?'}tenant=${OTHER}`;
        expect((await ask(route, named, token)).text).not.toContain(CANARY);
      }
    },
  );

  it.each(tenants.filter(([, row]) => !row.stream))(
    '%s gives operators any tenant, and says so in the log',
    async (route, row) => {
      const address = route.includes(':session_id')
        ? `${addressOf(route, row, OTHER)}?tenant=${OTHER}`
        : addressOf(route, row, OTHER);
      const before = query.log.length;
      const { status } = await ask(route, address, await bearer('ops'));
      expect([200, 404]).toContain(status);
      if (row.roles === OPS) return;
      expect(query.log.slice(before).join('')).toContain('read across tenants');
    },
  );

  it('a cursor opens for its own tenant only', async () => {
    const list = async (tenant: string, cursor?: string) =>
      request(query.app.getHttpServer())
        .get(`/analytics/topics/${tenant}`)
        .query({ limit: 1, ...(cursor && { cursor }) })
        .set('authorization', await bearer('admin', tenant));
    const { body } = await list(OTHER);
    expect(body.items[0].topic).toBe(CANARY);
    const forged = Buffer.from(JSON.stringify([0, Date.now(), '0'])).toString('base64url');
    for (const cursor of [forged, 'x']) {
      const answer = await list(OWN, cursor);
      expect([answer.status, answer.body.code]).toEqual([400, 'invalid_cursor']);
    }
  });

  it('a viewer cannot find texts out by searching for them', async () => {
    for (const filter of ['text=ours', 'question=0123456789abcdef']) {
      const { status } = await request(query.app.getHttpServer())
        .get(`/analytics/sessions/${OWN}?${filter}`)
        .set('authorization', await bearer('viewer', OWN));
      expect(status).toBe(403);
    }
  });
});
