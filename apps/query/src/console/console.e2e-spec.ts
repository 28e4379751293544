import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { useEngines } from '@picasso/testing';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import { createTenants, startQuery, type RunningQuery } from '../query.fixture.ts';

const HTML = 'text/html,application/xhtml+xml';
const INDEX = '<html><head></head><body><a-root ngCspNonce="__CSP_NONCE__"></a-root></body></html>';

const engines = useEngines({ tables: true });
let folder: string;
let query: RunningQuery;
let local: RunningQuery;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'console-spec-'));
  await writeFile(join(folder, 'index.html'), INDEX);
  await writeFile(join(folder, 'main-4F5K2W3A.js'), 'hashed');
  await writeFile(join(folder, 'favicon.svg'), '<svg/>');
  query = await startQuery(engines().tables.url, { CONSOLE_DIR: folder });
  local = await startQuery(engines().tables.url, { CONSOLE_DIR: folder, LOCAL_MODE: '1' });
  await createTenants(query.tables, [{ tenant_hash: 'tenant_a' }, { tenant_hash: 'tenant_b' }]);
});
afterAll(async () => {
  await query.stop();
  await local.stop();
  await rm(folder, { recursive: true });
});

const get = (path: string, accept = HTML, running = query) =>
  request(running.app.getHttpServer()).get(path).set('accept', accept);

describe('the console’s files', () => {
  it.each(['/', '/sessions/sess_1?range=7d', '/not-a-page'])('%s is the page', async (path) => {
    const { status, headers, text } = await get(path);
    expect([status, headers['cache-control']]).toEqual([200, 'no-store']);
    expect(headers['content-type']).toMatch(/^text\/html/);
    const nonce = /ngCspNonce="([^"]{24})"/.exec(text)?.[1];
    expect(headers['content-security-policy']).toContain(`'nonce-${nonce}'`);
    expect(text).not.toContain('local-sign-in');
  });

  it('has another nonce in every answer, and no way in for inline scripts', async () => {
    const policies = await Promise.all(
      ['/', '/'].map(async (path) => (await get(path)).headers['content-security-policy'] ?? ''),
    );
    expect(policies[0]).not.toBe(policies[1]);
    const scripts = policies[0]?.split('; ').find((rule) => rule.startsWith('script-src'));
    expect(scripts).toBe("script-src 'self'");
    expect(policies[0]).toContain("default-src 'none'");
  });

  it('are kept for ever when their name has a hash, and for minutes otherwise', async () => {
    const hashed = await get('/main-4F5K2W3A.js', '*/*');
    expect([hashed.status, hashed.headers['cache-control']]).toEqual([
      200,
      'public, max-age=31536000, immutable',
    ]);
    const plain = await get('/favicon.svg', '*/*');
    expect(plain.headers['cache-control']).toBe('public, max-age=300');
  });

  it.each(['/analytics/none', '/health/none', '/docs-are-not-here.js', '/../config.ts'])(
    '%s is not the page',
    async (path) => {
      const { status, body } = await get(path, path.startsWith('/analytics') ? HTML : '*/*');
      expect([status, body.code]).toEqual([404, 'not_found']);
    },
  );

  it('cover none of the service’s own routes', async () => {
    expect((await get('/health/live')).body).toEqual({ status: 'ok' });
    expect((await get('/analytics/sessions/tenant_a')).body.code).toBe('unauthenticated');
    const posted = await request(query.app.getHttpServer()).post('/sessions').set('accept', HTML);
    expect(posted.status).toBe(404);
  });
});

it('refuses to start with a folder that holds no console', async () => {
  const start = startQuery(engines().tables.url, { CONSOLE_DIR: join(folder, 'none') });
  await expect(start).rejects.toThrow('CONSOLE_DIR has no index.html');
});

describe('local sign-in', () => {
  const HOST = '127.0.0.1:4101';
  const signIn = (body: object, origin: string | undefined = `http://${HOST}`, running = local) => {
    const post = request(running.app.getHttpServer()).post('/analytics/auth/local');
    return (origin ? post.set('origin', origin) : post).set('host', HOST).send(body);
  };

  it('lists the tenants, and the page says that it may be offered', async () => {
    const { body } = await get('/analytics/auth/local', 'application/json', local);
    expect(body.tenants.map((each: { tenant_hash: string }) => each.tenant_hash)).toEqual([
      'tenant_a',
      'tenant_b',
    ]);
    expect((await get('/', HTML, local)).text).toContain('<meta name="local-sign-in"');
  });

  it('signs in as each role', async () => {
    const bodies = [
      { role: 'viewer', tenant_hash: 'tenant_a' },
      { role: 'admin', tenant_hash: 'tenant_b' },
      { role: 'ops' },
    ];
    for (const body of bodies) {
      const { status, headers } = await signIn(body);
      expect(status).toBe(201);
      const [cookie = ''] = headers['set-cookie'] as unknown as string[];
      const session = await get('/analytics/auth/session', 'application/json', local).set(
        'cookie',
        cookie.split(';')[0] ?? '',
      );
      expect(session.body).toMatchObject({ tenant_hash: null, ...body });
    }
  });

  it('needs the page’s own origin and a tenant that is there', async () => {
    const body = { role: 'admin', tenant_hash: 'tenant_a' };
    expect((await signIn(body, 'https://evil.example')).body.code).toBe('anti_forgery');
    expect((await signIn({ role: 'admin', tenant_hash: 'nobody' })).body.code).toBe('not_found');
    for (const wrong of [{ role: 'admin' }, { role: 'ops', tenant_hash: 'tenant_a' }, {}])
      expect((await signIn(wrong)).body.code).toBe('invalid_request');
  });

  it('does not exist outside local mode', async () => {
    expect((await get('/analytics/auth/local', 'application/json')).status).toBe(404);
    expect((await signIn({ role: 'ops' }, `http://${HOST}`, query)).status).toBe(404);
  });
});
