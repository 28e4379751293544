/**
 * Every route × role × tenant, generated from the route table: a route that nobody has said
 * anything about fails here. A canary planted in the other tenant may be in no byte of an answer.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { itemKey } from '@picasso/domain';
import { connectBroker, provisionStreams, type Broker } from '@picasso/messaging';
import {
  ErasureStore,
  InventoryStore,
  JobStore,
  RunLog,
  type RunProgress,
  SiteTrafficStore,
  TenantStore,
} from '@picasso/storage';
import type { OpenAPIObject } from '@nestjs/swagger';
import { eventSlice, sessionOf, storedEvents, useEngines } from '@picasso/testing';
import { SignJWT } from 'jose';
import request from 'supertest';
import { isoDay } from './figures.fixture.ts';
import { describeApi } from './openapi.ts';
import {
  createTenants,
  SECRET,
  signToken,
  startQuery,
  storeSession,
  type RunningQuery,
} from './query.fixture.ts';
import { ALL, OPS, OTHER, OWN, type Role, ROWS, type Row } from './isolation.fixture.ts';

const CANARY = 'zanzibar4711';
const DAY_MS = 86_400_000;

const engines = useEngines({ tables: true, nats: true });
let query: RunningQuery;
let broker: Broker;
let base: string;
let ingest: Server;
let document: OpenAPIObject;

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']> & { 'x-roles'?: Role[] };

beforeAll(async () => {
  broker = await connectBroker({ url: engines().nats.url, name: 'spec' });
  await provisionStreams(broker.jsm);
  ingest = createServer((_request, response) => {
    const refusal = { code: 'unknown_key', message: 'no such key' };
    response.writeHead(401, { 'content-type': 'application/json' }).end(JSON.stringify(refusal));
  }).listen(0, '127.0.0.1');
  await once(ingest, 'listening');
  query = await startQuery(engines().tables.url, {
    NATS_URL: engines().nats.url,
    INGEST_URL: `http://127.0.0.1:${(ingest.address() as AddressInfo).port}`,
  });
  await createTenants(query.tables, [{ tenant_hash: OWN }, { tenant_hash: OTHER }]);
  const started = Date.now() - 120_000;
  for (const [tenantHash, word] of [
    [OWN, 'ours'],
    [OTHER, CANARY],
  ] as const) {
    await plant(tenantHash, word, `sess_${tenantHash}`, started);
    await plant(tenantHash, `${word}_2`, `sess2_${tenantHash}`, started);
    const visits = [word, `${word}_2`].map((source) => ({
      ...{ day: isoDay(started), source, medium: 'cpc', visits: 5 },
    }));
    await new SiteTrafficStore(query.tables).put(tenantHash, visits, isoDay(started));
    const items = [word, `${word}_2`].map((id) => ({
      ...{ key: itemKey('cta', `un${id}`), type: 'cta' as const, id: `un${id}`, label: id },
    }));
    const inventory = { items, forms: [], warnings: [] };
    await new InventoryStore(query.tables).record(tenantHash, isoDay(started - DAY_MS), inventory);
    const erasures = new ErasureStore(query.tables);
    for (const session_id of ['nobody', 'nobody_2']) {
      const request = { tenant_hash: tenantHash, scope: { session_id }, reason: word };
      await erasures.request({ ...request, requested_by: 'olga' }, started);
    }
    for (const id of ['AUDIT#1', 'AUDIT#2'])
      await new JobStore(query.tables).saveRecord(tenantHash, id, { reason: word });
    const runs = new RunLog(query.tables);
    for (const command of ['daily', 'archive']) {
      const run = { command, tenant_hash: tenantHash, range: null };
      const said = { state: 'done', progress: { done: 1, total: 1 }, counts: {}, error: word };
      await runs.begin(run, { turn: true, aliveMs: 1_000 })(said as RunProgress);
    }
  }
  document = describeApi(query.app);
  await query.app.listen(0, '127.0.0.1');
  base = await query.app.getUrl();
});
afterAll(async () => {
  await query.stop();
  await broker.close();
  ingest.close();
});

/** A session with the word in everything that visitors and pages say. */
async function plant(
  tenantHash: string,
  word: string,
  sessionId: string,
  startMs: number,
): Promise<void> {
  const steps = [
    { type: 'MESSAGE_SENT', payload: { content: `What about ${word}?` } },
    { type: 'MESSAGE_RECEIVED', payload: { content: word, branch_id: word } },
    { type: 'CTA_CLICKED', payload: { cta_id: word, cta_label: word } },
    { type: 'LINK_CLICKED', payload: { url: `https://example.org/${word}` } },
    { type: 'FORM_VIEWED', payload: { form_id: word, form_label: word } },
    { type: 'FORM_STARTED', payload: { form_id: word } },
    { type: 'FORM_FIELD_SUBMITTED', payload: { form_id: word, field_id: word, field_label: word } },
    { type: 'FORM_COMPLETED', payload: { form_id: word } },
    { type: 'FORM_STARTED', payload: { form_id: word } },
    { type: 'FORM_ABANDONED', payload: { form_id: word, last_field_id: word } },
    'WIDGET_CLOSED',
  ];
  const attribution = { utm_source: word };
  const flat = sessionOf(steps, { tenantHash, sessionId, startMs, attribution });
  const key = { tenant_hash: tenantHash, session_id: sessionId };
  await storeSession(query.tables, key, storedEvents(eventSlice(flat)));
}

const addressOf = (route: string, row: Row, tenant: string): string => {
  const address =
    row.tenant?.(tenant) ??
    (route.split(' ')[1] as string).replace(':tenant', tenant).replace(/:\w+/g, '1');
  return row.query ? `${address}?${row.query}` : address;
};

/** Status and what the answer holds; of a stream, its first bytes. */
async function ask(
  route: string,
  address: string,
  authorization: string | undefined,
  body: object | undefined = ROWS[route]?.body,
) {
  const row = ROWS[route] as Row;
  const controller = new AbortController();
  const response = await fetch(`${base}${address}`, {
    method: route.split(' ')[0] as string,
    headers: {
      ...(authorization !== undefined && { authorization }),
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
    signal: controller.signal,
  });
  const { status } = response;
  const headers = [...response.headers].map((header) => header.join(': ')).join('\n');
  if (row.stream && response.ok) {
    const first = await response.body?.getReader().read();
    controller.abort();
    return { status, headers, text: Buffer.from(first?.value ?? []).toString() };
  }
  return { status, headers, text: await response.text() };
}

const bearer = async (role: Role, tenant_hash?: string): Promise<string> =>
  `Bearer ${await signToken({ role, ...(tenant_hash && { tenant_hash }) })}`;

/** The route's operation as the API describes it. */
const described = (route: string): Operation | undefined => {
  const [method = '', path = ''] = route.split(' ');
  const item = document.paths[path.replace(/:(\w+)/g, '{$1}')];
  return item?.[method.toLowerCase() as 'get'];
};
const takes = (route: string, parameter: string): boolean =>
  described(route)?.parameters?.some(
    (one) => 'in' in one && one.in === 'query' && one.name === parameter,
  ) ?? false;

it('every route has a row, and every row a route', () => {
  const routes = query.routes.filter((route) => !/^(HEAD|OPTIONS) /.test(route));
  expect([...new Set(routes)].sort()).toEqual(Object.keys(ROWS).sort());
});

const UNDOCUMENTED = ['GET /docs/*', 'GET /health/live', 'GET /health/ready', 'GET /metrics'];

it.each(Object.entries(ROWS))('%s is described with the roles that it has', (route, { roles }) => {
  const operation = described(route);
  expect(operation === undefined).toBe(UNDOCUMENTED.includes(route));
  if (roles !== 'public') expect(operation?.['x-roles'] ?? ALL).toEqual(roles);
});

/** Everything that takes a cursor. */
const LISTS: string[] = [
  ...['sessions', 'topics', 'conversations/questions', 'sources', 'links', 'site-traffic'],
  ...['forms/bottlenecks', 'forms/ranking', 'forms/submissions', 'popularity', 'items', 'gaps'],
]
  .map((name) => `GET /analytics/${name}/:tenant`)
  .concat('GET /analytics/ops/audit/:tenant')
  .concat('GET /analytics/ops/erasures', 'GET /analytics/ops/runs');

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

  const unprivileged = ({ roles }: Row): Role[] =>
    roles === OPS ? ['viewer', 'admin'] : (roles as Role[]).filter((role) => role !== 'ops');

  it.each(guarded)(
    '%s gives nothing to a tenant that is named in the query',
    async (route, row) => {
      for (const role of unprivileged(row)) {
        const token = await bearer(role, OWN);
        for (const name of ['tenant', 'tenant_hash', 'tenantHash']) {
          const address = addressOf(route, row, OWN);
          const named = `${address}${address.includes('?') ? '&' : '?'}${name}=${OTHER}`;
          const { status, headers, text } = await ask(route, named, token);
          expect([name, status < 500]).toEqual([name, true]);
          expect(headers + text).not.toContain(CANARY);
          if (name === 'tenant' && takes(route, name)) expect([403, 404]).toContain(status);
        }
      }
    },
  );

  const unsafe = guarded.filter(([route]) => !route.startsWith('GET '));
  it.each(unsafe)('%s does nothing to a tenant that is named in the body', async (route, row) => {
    const store = new TenantStore(query.tables);
    const before = await store.get(OTHER);
    for (const role of unprivileged(row)) {
      const token = await bearer(role, OWN);
      const body = { ...row.body, tenant: OTHER, tenant_hash: OTHER };
      const { status, headers, text } = await ask(route, addressOf(route, row, OWN), token, body);
      // What takes no body ends the session, or refuses; what takes one knows no tenant in it.
      const harmless = route.endsWith('/sign-out') ? [204, 400] : [400, 403, 404];
      expect(harmless).toContain(status);
      expect(headers + text).not.toContain(CANARY);
    }
    expect(await store.get(OTHER)).toEqual(before);
    const { items } = await new ErasureStore(query.tables).list({ tenant: OTHER, limit: 9 });
    expect(items).toHaveLength(2);
  });

  const lists = guarded.filter(([route]) => LISTS.includes(route));
  it('every list with cursors is among those that are tried', () => {
    expect(guarded.map(([route]) => route).filter((route) => takes(route, 'cursor'))).toEqual(
      lists.map(([route]) => route),
    );
  });

  it.each(lists)('%s opens a cursor for its own tenant only', async (route, row) => {
    const ops = row.roles === OPS;
    const page = (tenant: string, cursor = '') => {
      const address = addressOf(route, row, tenant);
      const named = ops && !row.tenant ? `&tenant=${tenant}` : '';
      return `${address}?limit=1${named}${cursor && `&cursor=${cursor}`}`;
    };
    const theirs = ops ? await bearer('ops') : await bearer('admin', OTHER);
    const first = await ask(route, page(OTHER), theirs);
    const { next_cursor } = JSON.parse(first.text) as { next_cursor: string };
    expect(next_cursor).toEqual(expect.any(String));
    const second = await ask(route, page(OTHER, next_cursor), theirs);
    expect([second.status, second.text]).toEqual([200, expect.stringContaining(CANARY)]);

    const ours = ops ? theirs : await bearer('admin', OWN);
    const forged = Buffer.from(JSON.stringify([0, Date.now(), '0'])).toString('base64url');
    for (const cursor of [next_cursor, forged, 'x']) {
      const { status, headers, text } = await ask(route, page(OWN, cursor), ours);
      expect([status, text]).toEqual([400, expect.stringContaining('invalid_cursor')]);
      expect(headers + text).not.toContain(CANARY);
      if (!ops) expect((await ask(route, page(OTHER, cursor), ours)).status).toBe(404);
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
