import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { useEngines } from '@picasso/testing';
import request from 'supertest';
import { createTenants, signToken, startQuery, type RunningQuery } from '../query.fixture.ts';

const engines = useEngines({ tables: true });
let ingest: Server;
let asked: { headers: Record<string, unknown>; body: unknown }[] = [];
let answer: { status: number; body: string };
let query: RunningQuery;
let alone: RunningQuery;

beforeAll(async () => {
  ingest = createServer((incoming, reply) => {
    let text = '';
    incoming.on('data', (chunk: Buffer) => (text += chunk.toString()));
    incoming.on('end', () => {
      asked.push({ headers: incoming.headers, body: JSON.parse(text) });
      reply.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
    });
  });
  await new Promise<void>((done) => ingest.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(ingest.address() as AddressInfo).port}`;
  query = await startQuery(engines().tables.url, { INGEST_URL: url });
  alone = await startQuery(engines().tables.url);
  await createTenants(query.tables, [{ tenant_hash: 'tenant_a' }]);
});
afterAll(async () => {
  await query.stop();
  await alone.stop();
  await new Promise((done) => ingest.close(done));
});

const check = async (body: object, running = query, role = 'admin') =>
  request(running.app.getHttpServer())
    .post('/analytics/events/check')
    .set('authorization', `Bearer ${await signToken({ role, tenant_hash: 'tenant_a' })}`)
    .set('origin', 'https://console.example')
    .send(body);

it('hands on what ingest says, without an origin, under the key’s own header', async () => {
  const verdict = { accepted: 1, duplicates: 0, rejected: [] };
  answer = { status: 200, body: JSON.stringify(verdict) };
  asked = [];
  const events = [{ any: 'thing' }];
  expect((await check({ key: 'wk_one', body: events })).body).toEqual({ verdict, refused: null });
  await check({ key: 'sk_two', body: events });
  expect(asked.map(({ body }) => body)).toEqual([events, events]);
  const [first, second] = asked.map(({ headers }) => headers);
  expect([first?.['x-write-key'], first?.['origin']]).toEqual(['wk_one', undefined]);
  expect([second?.['x-server-key'], second?.['x-write-key']]).toEqual(['sk_two', undefined]);
  expect(query.log.join('')).not.toMatch(/wk_one|sk_two/);
});

it('hands on a refusal of the whole request', async () => {
  answer = {
    status: 401,
    body: '{"status":401,"code":"unknown_key","message":"send a valid key"}',
  };
  expect((await check({ key: 'wk_no', body: {} })).body).toEqual({
    verdict: null,
    refused: { status: 401, code: 'unknown_key', message: 'send a valid key' },
  });
});

it.each([
  [500, '{}'],
  [200, 'no JSON'],
])('calls %i %j of ingest an outage', async (status, body) => {
  answer = { status, body };
  const { body: problem } = await check({ key: 'wk_one', body: {} });
  expect(problem.code).toBe('unavailable');
});

it('takes keys only that can be in a header, and asks nobody without an address', async () => {
  expect((await check({ key: 'wk\r\nx: y', body: {} })).body.code).toBe('invalid_request');
  expect((await check({ key: 'wk_one', body: {} }, query, 'viewer')).status).toBe(403);
  const refused = await check({ key: 'wk_one', body: {} }, alone);
  expect([refused.status, refused.body.code]).toEqual([501, 'not_configured']);
});
