import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventSlice, sessionOf, startEngines, storedEvents, type Engines } from '@picasso/testing';
import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import request from 'supertest';
import {
  createTenants,
  signToken,
  startQuery,
  storeSession,
  type RunningQuery,
} from './query.fixture.ts';

const TENANT = 'tenant_a';
const ROUTES = ['/analytics/journey/sess_a', `/analytics/sessions/${TENANT}`];

const get = async (running: RunningQuery, path: string) =>
  request(running.app.getHttpServer())
    .get(path)
    .set('authorization', `Bearer ${await signToken({ role: 'admin', tenant_hash: TENANT })}`);

describe('a running service', () => {
  let engines: Engines;
  let query: RunningQuery;

  beforeAll(async () => {
    engines = await startEngines({ tables: 'disk' });
    // No answer is shared: each shows what the tables are like at its moment.
    query = await startQuery(engines.tables.url, { FRESH_MS: '0' });
  });
  afterAll(async () => {
    await query.stop();
    await engines.stop();
  });

  it('is alive from the start, and ready once the tables are there', async () => {
    expect((await get(query, '/health/live')).body).toEqual({ status: 'ok' });
    const before = await get(query, '/health/ready');
    expect([before.status, before.body.error.tables.status]).toEqual([503, 'down']);
    expect((await get(query, ROUTES[1] as string)).body.code).toBe('unavailable');

    await createTenants(query.tables, [{ tenant_hash: TENANT }]);
    const flat = sessionOf(['MESSAGE_SENT', 'WIDGET_CLOSED'], {
      tenantHash: TENANT,
      startMs: Date.now() - 60_000,
    });
    const key = { tenant_hash: TENANT, session_id: 'sess_a' };
    await storeSession(query.tables, key, storedEvents(eventSlice(flat)));
    const after = await get(query, '/health/ready');
    expect([after.status, after.body.status]).toEqual([200, 'ok']);
    for (const route of ROUTES) expect((await get(query, route)).status).toBe(200);
  });

  it('counts requests by route, not by address', async () => {
    const { text, headers } = await get(query, '/metrics');
    expect(headers['content-type']).toMatch(/^text\/plain/);
    expect(text).toMatch(
      /query_request_duration_seconds_count\{[^}]*route="\/analytics\/journey\/:session_id"[^}]*\} \d/,
    );
    expect(text).not.toContain('sess_a');
  });

  it('answers unknown and unreadable addresses with problems', async () => {
    for (const [path, status, code] of [
      ['/analytics/nothing', 404, 'not_found'],
      ['/analytics/journey/%zz', 400, 'invalid_request'],
      [`/analytics/journey/${'x'.repeat(3_000)}`, 400, 'invalid_request'],
      ['/analytics/journey/sess_a?tenant=a&tenant=b', 400, 'invalid_request'],
      [`/analytics/journey/sess_a?cursor=${'x'.repeat(20_000)}`, 431, 'headers_too_large'],
    ] as const) {
      const answer = await get(query, path);
      expect([answer.status, answer.body.code]).toEqual([status, code]);
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    }
  });

  it('describes itself at /docs', async () => {
    expect((await get(query, '/docs')).text).toContain('swagger-ui');
    const { body } = await get(query, '/docs/openapi.json');
    expect(Object.keys(body.paths)).toContain('/analytics/journey/{session_id}');
  });

  it('answers 503 while the tables are down, and the data once they are back', async () => {
    const before = await get(query, ROUTES[0] as string);
    await engines.tables.kill();
    for (const route of ROUTES) {
      const { status, body, headers } = await get(query, route);
      expect([status, body.code]).toEqual([503, 'unavailable']);
      expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    }
    expect((await get(query, '/health/ready')).status).toBe(503);
    expect((await get(query, '/health/live')).status).toBe(200);
    await engines.restartTables();
    for (const route of ROUTES) expect((await get(query, route)).status).toBe(200);
    expect((await get(query, ROUTES[0] as string)).text).toBe(before.text);
  });
});

describe('tables that never answer', () => {
  let silent: Server;
  const sockets = new Set<Socket>();

  beforeAll(async () => {
    silent = createServer((socket) => void sockets.add(socket)).listen(0, '127.0.0.1');
    await once(silent, 'listening');
  });
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    silent.close();
  });

  it('cost a request its time limit and end in 503', async () => {
    const { port } = silent.address() as { port: number };
    const query = await startQuery(`http://127.0.0.1:${port}`, { REQUEST_TIMEOUT_MS: '300' });
    for (const route of ROUTES) {
      const started = performance.now();
      const { status, body } = await get(query, route);
      expect([status, body.code]).toEqual([503, 'unavailable']);
      expect(performance.now() - started).toBeLessThan(2_000);
    }
    await query.stop();
  });
});
