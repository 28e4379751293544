import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { useEngines } from '@picasso/testing';
import request from 'supertest';
import { createTenants, signToken, startQuery, type RunningQuery } from '../query.fixture.ts';

const OWN = 'tenant_own';
const HOST = 'console.example';
const ORIGIN = `https://${HOST}`;
const LIST = `/analytics/sessions/${OWN}`;

const engines = useEngines({ tables: true });
let query: RunningQuery;
let token: string;

beforeAll(async () => {
  query = await startQuery(engines().tables.url);
  await createTenants(query.tables, [{ tenant_hash: OWN }]);
  token = await signToken({ role: 'viewer', tenant_hash: OWN, expiresIn: 600 });
});
afterAll(() => query.stop());

const send = (method: 'get' | 'post', path: string, headers: Record<string, string> = {}) => {
  const server = request(query.app.getHttpServer());
  return server[method](path).set({ host: HOST, ...headers });
};

const exchange = (headers: Record<string, string> = { origin: ORIGIN }, portal = token) =>
  send('post', '/analytics/auth/exchange', headers).send({ token: portal });

const signIn = async () => {
  const { headers, body } = await exchange();
  const [cookie = ''] = headers['set-cookie'] as unknown as string[];
  return { cookie: cookie.split(';')[0] as string, attributes: cookie, csrf: body.csrf_token };
};

describe('the console’s session', () => {
  it('puts the token where scripts cannot read it, for as long as it lives', async () => {
    const { attributes } = await signIn();
    expect(attributes).toMatch(/^__Host-picasso_session=/);
    for (const attribute of ['HttpOnly', 'Secure', 'SameSite=Lax', 'Path=/', 'Expires='])
      expect(attributes).toContain(attribute);
    const { body } = await exchange();
    const livesMs = Date.parse(body.expires_at) - Date.now();
    expect(livesMs).toBeGreaterThan(590_000);
    expect(livesMs).toBeLessThanOrEqual(600_000);
    expect(body).toMatchObject({ sub: 'user-1', role: 'viewer', tenant_hash: OWN });
    expect(JSON.stringify(body)).not.toContain(token);
  });

  it('reads with the cookie', async () => {
    const { cookie, csrf } = await signIn();
    expect((await send('get', LIST, { cookie })).status).toBe(200);
    const { body } = await send('get', '/analytics/auth/session', { cookie });
    expect(body.csrf_token).toBe(csrf);
    expect((await send('get', '/analytics/sessions/other', { cookie })).status).toBe(404);
  });

  it('does not fall back to the cookie when a bearer token is bad', async () => {
    const { cookie } = await signIn();
    const { status } = await send('get', LIST, { cookie, authorization: 'Bearer a.b.c' });
    expect(status).toBe(401);
  });

  it('refuses a changed cookie', async () => {
    const { cookie } = await signIn();
    const answer = await send('get', LIST, { cookie: cookie.slice(0, -4) });
    expect([answer.status, answer.body.code]).toEqual([401, 'invalid_token']);
  });

  it('signs out, and only at the console’s own request', async () => {
    const { cookie, csrf } = await signIn();
    const signOut = (headers: Record<string, string>) =>
      send('post', '/analytics/auth/sign-out', { cookie, ...headers });
    const other = await signToken({ role: 'viewer', tenant_hash: OWN, sub: 'user-2' });
    const stranger = await exchange({ origin: ORIGIN }, other);
    const forgeries: Record<string, string>[] = [
      {},
      { origin: ORIGIN },
      { 'x-csrf-token': csrf },
      { origin: 'https://evil.example', 'x-csrf-token': csrf },
      { origin: 'null', 'x-csrf-token': csrf },
      { origin: ORIGIN, 'x-csrf-token': stranger.body.csrf_token },
    ];
    for (const headers of forgeries) {
      const { status, body, headers: answered } = await signOut(headers);
      expect([status, body.code]).toEqual([403, 'anti_forgery']);
      expect(answered['set-cookie']).toBeUndefined();
    }
    const { status, headers } = await signOut({ origin: ORIGIN, 'x-csrf-token': csrf });
    expect(status).toBe(204);
    const [cleared = ''] = headers['set-cookie'] as unknown as string[];
    expect(cleared).toMatch(/^__Host-picasso_session=;.*Expires=Thu, 01 Jan 1970/);
  });

  it('is not begun by another site, nor with a bad token', async () => {
    const foreign = await exchange({ origin: 'https://evil.example' });
    expect([foreign.status, foreign.body.code]).toEqual([403, 'anti_forgery']);
    const post = (body: unknown, type = 'application/json') =>
      send('post', '/analytics/auth/exchange', { 'content-type': type }).send(body as object);
    const expired = await signToken({ role: 'viewer', tenant_hash: OWN, expiresIn: -60 });
    expect((await post({ token: expired })).body.code).toBe('invalid_token');
    for (const body of [{}, { token: 1 }, { token: 'no' }, { token, more: 1 }, [], '{'])
      expect((await post(body)).body.code).toBe('invalid_request');
    const long = await post({ token: `${token}${'a'.repeat(4_000)}` });
    expect(long.body.code).toBe('invalid_request');
    expect((await post({ token: 'a'.repeat(70_000) })).body.code).toBe('too_large');
    for (const type of ['application/xml', 'text/plain'])
      expect((await post('<token/>', type)).body.code).toBe('unsupported_media_type');
    for (const answer of [foreign, long]) expect(answer.headers['set-cookie']).toBeUndefined();
  });
});

it('local mode works without TLS', async () => {
  const local = await startQuery(engines().tables.url, { LOCAL_MODE: '1' });
  const { headers } = await request(local.app.getHttpServer())
    .post('/analytics/auth/exchange')
    .send({ token });
  const [cookie = ''] = headers['set-cookie'] as unknown as string[];
  expect(cookie).toMatch(/^picasso_session=/);
  expect(cookie).not.toContain('Secure');
  await local.stop();
});

it('logs no token, cookie or query string', async () => {
  const { cookie } = await signIn();
  await send('get', `${LIST}?token=${token}`, { cookie });
  await send('get', `/analytics/journey/x?tenant=${'q'.repeat(40)}`, {
    authorization: `Bearer ${token}`,
  });
  const log = query.log.join('');
  for (const secret of [token, cookie, 'qqqq', 'token=']) expect(log).not.toContain(secret);
});
