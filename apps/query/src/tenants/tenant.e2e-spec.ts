import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { useEngines } from '@picasso/testing';
import request from 'supertest';
import { createTenants, signToken, startQuery, type RunningQuery } from '../query.fixture.ts';

const engines = useEngines({ tables: true });
let query: RunningQuery;

beforeAll(async () => {
  query = await startQuery(engines().tables.url);
  await createTenants(query.tables, [
    { tenant_hash: 'tenant_a', time_zone: 'Europe/Berlin' },
    { tenant_hash: 'tenant_b' },
  ]);
});
afterAll(() => query.stop());

const get = async (tenant: string, claims: { role: string; tenant_hash?: string }) =>
  request(query.app.getHttpServer())
    .get(`/analytics/tenant/${tenant}`)
    .set('authorization', `Bearer ${await signToken(claims)}`);

it('tells a reader name, time zone and accent of its tenant, and nothing of its keys', async () => {
  const { body } = await get('tenant_a', { role: 'viewer', tenant_hash: 'tenant_a' });
  expect(body).toEqual({
    tenant_hash: 'tenant_a',
    name: 'tenant_a',
    time_zone: 'Europe/Berlin',
    accent_color: null,
  });
});

it('answers for other tenants as for none, except to operators', async () => {
  const stranger = await get('tenant_b', { role: 'admin', tenant_hash: 'tenant_a' });
  const nobody = await get('tenant_c', { role: 'admin', tenant_hash: 'tenant_a' });
  expect([stranger.status, stranger.body]).toEqual([404, nobody.body]);
  expect((await get('tenant_b', { role: 'ops' })).body.time_zone).toBe('UTC');
  expect((await get('tenant_c', { role: 'ops' })).status).toBe(404);
});
