import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventSlice, sessionOf, storedEvents, useEngines } from '@picasso/testing';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import request from 'supertest';
import {
  createTenants,
  SECRET,
  signToken,
  startQuery,
  storeSession,
  type RunningQuery,
  type TokenOptions,
} from '../query.fixture.ts';

const OWN = 'tenant_own';
const OTHER = 'tenant_other';
const CANARY = 'xyzzycanary';
const START = Date.now() - 3_600_000;

const engines = useEngines({ tables: true });
let query: RunningQuery;

const store = (tenantHash: string, sessionId: string) => {
  const steps = [{ type: 'MESSAGE_SENT', payload: { content: CANARY } }, 'WIDGET_CLOSED'];
  const flat = sessionOf(steps, { tenantHash, sessionId, startMs: START });
  const key = { tenant_hash: tenantHash, session_id: sessionId };
  return storeSession(query.tables, key, storedEvents(eventSlice(flat)));
};

beforeAll(async () => {
  query = await startQuery(engines().tables.url);
  await createTenants(query.tables, [{ tenant_hash: OWN }, { tenant_hash: OTHER }]);
  await store(OWN, 'sess_own');
  await store(OTHER, 'sess_other');
});
afterAll(() => query.stop());

const get = (path: string, token: string | undefined, running = query) => {
  const call = request(running.app.getHttpServer()).get(path);
  return token === undefined ? call : call.set('authorization', `Bearer ${token}`);
};
const admin = { role: 'admin', tenant_hash: OWN };
const ROUTES = ['/analytics/journey/sess_own', `/analytics/sessions/${OWN}`];

describe('tokens', () => {
  const claims = { sub: 'user-1', ...admin, exp: Math.floor(Date.now() / 1000) + 300 };
  const bytes = new TextEncoder().encode(SECRET);
  const forged = (token: string) => {
    const [header, , signature] = token.split('.');
    const payload = Buffer.from(JSON.stringify({ ...claims, role: 'ops' })).toString('base64url');
    return `${header}.${payload}.${signature}`;
  };

  const BAD: [string, () => string | Promise<string>][] = [
    ['that is none', () => 'token'],
    ['without a signature', () => new UnsecuredJWT(claims).encode()],
    ['with its signature cut off', async () => (await signToken(admin)).replace(/[^.]+$/, '')],
    ['with claims changed', async () => forged(await signToken(admin))],
    ['of another secret', () => signToken({ ...admin, secret: SECRET.toLowerCase() })],
    ['of HS384', () => signToken({ ...admin, alg: 'HS384', secret: SECRET.repeat(2) })],
    ['of HS512 with our secret', () => signToken({ ...admin, alg: 'HS512' })],
    [
      'of RS256, which nobody configured',
      () => {
        const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
        return new SignJWT(claims).setProtectedHeader({ alg: 'RS256' }).sign(privateKey);
      },
    ],
    [
      'that calls itself RS256 and is signed with our secret',
      async () => {
        const header = Buffer.from('{"alg":"RS256"}').toString('base64url');
        const [, payload, signature] = (await signToken(admin)).split('.');
        return `${header}.${payload}.${signature}`;
      },
    ],
    [
      'that brings its own key',
      async () => {
        const { publicKey, privateKey } = await generateKeyPair('ES256');
        const header = { alg: 'ES256', jwk: await exportJWK(publicKey) };
        return new SignJWT(claims).setProtectedHeader(header).sign(privateKey);
      },
    ],
    ['that has expired', () => signToken({ ...admin, expiresIn: -30 })],
    ['that never expires', () => signToken({ ...admin, expiresIn: null })],
    [
      'that is not valid yet',
      () =>
        new SignJWT(claims)
          .setProtectedHeader({ alg: 'HS256' })
          .setNotBefore(claims.exp - 60)
          .sign(bytes),
    ],
    ['without a subject', () => signToken({ ...admin, sub: '' })],
    [
      'whose subject is no text',
      () =>
        new SignJWT({ ...claims, sub: 7 as never })
          .setProtectedHeader({ alg: 'HS256' })
          .sign(bytes),
    ],
    ['without a role', () => signToken({ tenant_hash: OWN })],
    ['of an unknown role', () => signToken({ ...admin, role: 'root' })],
    ['without a tenant', () => signToken({ role: 'admin' })],
    ['whose tenant is no hash', () => signToken({ ...admin, tenant_hash: 'a#b' })],
  ];

  describe.each(ROUTES)('%s', (route) => {
    it('answers a good one', async () => {
      expect((await get(route, await signToken(admin))).status).toBe(200);
    });

    it('asks for one', async () => {
      const { status, body, headers } = await get(route, undefined);
      expect([status, body.code]).toEqual([401, 'unauthenticated']);
      expect(headers['www-authenticate']).toBe('Bearer');
      expect(headers['content-type']).toMatch(/^application\/problem\+json/);
    });

    it.each(BAD)('refuses one %s', async (_, make) => {
      const { status, body, text } = await get(route, await make());
      expect([status, body.code]).toEqual([401, 'invalid_token']);
      expect(text).not.toContain(CANARY);
    });

    it('takes no token from the address', async () => {
      const token = await signToken(admin);
      expect((await get(`${route}?token=${token}`, undefined)).status).toBe(401);
    });
  });

  describe('with issuer and audience configured', () => {
    const ours = { ...admin, issuer: 'portal', audience: 'analytics' };
    let strict: RunningQuery;
    beforeAll(async () => {
      const env = { JWT_ISSUER: 'portal', JWT_AUDIENCE: 'analytics' };
      strict = await startQuery(engines().tables.url, env);
    });
    afterAll(() => strict.stop());

    it.each<[string, TokenOptions, number]>([
      ['both', ours, 200],
      ['another issuer', { ...ours, issuer: 'elsewhere' }, 401],
      ['no issuer', { ...admin, audience: 'analytics' }, 401],
      ['another audience', { ...ours, audience: 'billing' }, 401],
      ['no audience', { ...admin, issuer: 'portal' }, 401],
    ])('a token with %s', async (_, options, status) => {
      const token = await signToken(options);
      for (const route of ROUTES) expect((await get(route, token, strict)).status).toBe(status);
    });
  });

  describe('of an identity provider', () => {
    let provider: Server;
    let running: RunningQuery;
    let rs256: (role: string) => Promise<string>;
    let publicPem: string;

    beforeAll(async () => {
      const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      publicPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
      const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' };
      provider = createServer((_, answer) => {
        answer.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [jwk] }));
      }).listen(0, '127.0.0.1');
      await once(provider, 'listening');
      const { port } = provider.address() as AddressInfo;
      running = await startQuery(engines().tables.url, {
        JWKS_URL: `http://127.0.0.1:${port}/keys`,
      });
      rs256 = (role) =>
        new SignJWT({ ...claims, role })
          .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
          .sign(privateKey);
    });
    afterAll(async () => {
      await running.stop();
      provider.close();
    });

    it('is verified with its published key, and not with the shared secret', async () => {
      const route = '/analytics/journey/sess_own';
      expect((await get(route, await rs256('admin'), running)).status).toBe(200);
      expect((await get(route, await signToken(admin), running)).status).toBe(401);
      const confused = await signToken({ ...admin, secret: publicPem });
      expect((await get(route, confused, running)).status).toBe(401);
    });

    it('answers 503 while the keys cannot be fetched', async () => {
      const orphan = await startQuery(engines().tables.url, {
        JWKS_URL: 'http://127.0.0.1:9/keys',
      });
      const { status, body } = await get(ROUTES[0] as string, await rs256('admin'), orphan);
      expect([status, body.code]).toEqual([503, 'unavailable']);
      await orphan.stop();
    });
  });
});

describe('whose data', () => {
  const roles = ['viewer', 'admin'];

  it.each(roles)('lets a %s read the own tenant', async (role) => {
    const token = await signToken({ role, tenant_hash: OWN });
    for (const route of [...ROUTES, `${ROUTES[0]}?tenant=${OWN}`]) {
      const { status, text } = await get(route, token);
      expect(status).toBe(200);
      expect(text.includes(CANARY)).toBe(role !== 'viewer');
    }
  });

  it.each(roles)('answers a %s about others as if there were none', async (role) => {
    const token = await signToken({ role, tenant_hash: OWN });
    const nothing = await get('/analytics/journey/there_is_no_such_session', token);
    expect([nothing.status, nothing.body.code]).toEqual([404, 'not_found']);
    const routes = [
      '/analytics/journey/sess_other',
      `/analytics/journey/sess_other?tenant=${OTHER}`,
      `/analytics/journey/sess_own?tenant=${OTHER}`,
      `/analytics/sessions/${OTHER}`,
      `/analytics/sessions/${OTHER}?cursor=x&limit=5`,
      '/analytics/sessions/there_is_no_such_tenant',
      '/analytics/sessions/..%2F..',
    ];
    for (const route of routes) {
      const answer = await get(route, token);
      expect([answer.status, answer.text]).toEqual([404, nothing.text]);
      expect(Object.keys(answer.headers)).toEqual(Object.keys(nothing.headers));
    }
  });

  it('lets operators name any tenant, and writes that down', async () => {
    const token = await signToken({ role: 'ops', sub: 'operator-7' });
    expect((await get('/analytics/journey/sess_own', token)).body.code).toBe('tenant_required');
    const before = query.log.length;
    const routes = [
      `/analytics/journey/sess_other?tenant=${OTHER}`,
      `/analytics/sessions/${OTHER}`,
    ];
    for (const route of routes) expect((await get(route, token)).text).toContain(CANARY);
    const audit = query.log.slice(before).map((line) => JSON.parse(line));
    expect(audit).toMatchObject([
      { audit: true, action: 'journey', sub: 'operator-7', tenant_hash: OTHER },
      { audit: true, action: 'sessions', sub: 'operator-7', tenant_hash: OTHER },
    ]);
    for (const route of ['/analytics/sessions/nobody', '/analytics/journey/sess_own?tenant=nobody'])
      expect((await get(route, token)).status).toBe(404);
  });

  it('keeps two operators’ own tenants apart from what they name', async () => {
    const token = await signToken({ role: 'ops', tenant_hash: OWN });
    expect((await get('/analytics/journey/sess_own', token)).status).toBe(200);
    expect((await get('/analytics/journey/sess_other', token)).status).toBe(404);
  });
});

describe('rate limits', () => {
  it('count per subject', async () => {
    const limited = await startQuery(engines().tables.url, { REQUESTS_PER_MINUTE: '3' });
    const [busy, calm] = [await signToken({ ...admin, sub: 'a' }), await signToken(admin)];
    const route = ROUTES[0] as string;
    for (let i = 0; i < 3; i += 1) expect((await get(route, busy, limited)).status).toBe(200);
    const { status, body, headers } = await get(route, busy, limited);
    expect([status, body.code]).toEqual([429, 'rate_limited']);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect((await get(route, calm, limited)).status).toBe(200);
    await limited.stop();
  });
});
