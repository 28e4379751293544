import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectBroker, WorkQueue, type Broker } from '@picasso/messaging';
import { ErasureStore, RunLog } from '@picasso/storage';
import { useEngines } from '@picasso/testing';
import request from 'supertest';
import { createTenants, signToken, startQuery, type RunningQuery } from '../query.fixture.ts';

const TENANT = 'tenant_a';
const engines = useEngines({ nats: true, tables: true });
let broker: Broker;
let query: RunningQuery;

const ask = async (method: 'get' | 'post', path: string, body?: object) => {
  const token = await signToken({ role: 'ops', sub: 'olga' });
  const agent = request(query.app.getHttpServer());
  const asked = agent[method](`/analytics/ops/${path}`).set('authorization', `Bearer ${token}`);
  return body ? asked.send(body) : asked;
};

beforeAll(async () => {
  broker = await connectBroker({ url: engines().nats.url, name: 'spec' });
  query = await startQuery(engines().tables.url, { NATS_URL: engines().nats.url });
  await createTenants(query.tables, [{ tenant_hash: TENANT }, { tenant_hash: 'tenant_b' }]);
});
afterAll(async () => {
  await query.stop();
  await broker.close();
});

describe('erasures', () => {
  const store = () => new ErasureStore(query.tables);

  it('are written down, queued and audited, without the id in the audit', async () => {
    const body = { tenant_hash: TENANT, scope: { ga_client_id: 'GA.1' }, reason: 'case 17' };
    const { status, body: erasure } = await ask('post', 'erasures', body);
    expect(status).toBe(202);
    expect(erasure).toEqual({
      ...body,
      erasure_id: expect.stringMatching(/^[0-9a-f]{24}$/),
      ...{ state: 'requested', requested_by: 'olga', requested_at: expect.any(String) },
      ...{ finished_at: null, receipt: null, error: null },
    });
    expect((await ask('get', `erasures/${erasure.erasure_id}`)).body).toEqual(erasure);
    const queued: string[] = [];
    await new WorkQueue(broker, 'erase').drain(1, async (id) => void queued.push(id));
    expect(queued).toEqual([erasure.erasure_id]);
    const { body: audit } = await ask('get', `audit/${TENANT}`);
    expect(audit.items[0].record).toMatchObject({
      ...{ action: 'erasure_requested', sub: 'olga', reason: 'case 17' },
      scope: { ga_client_id: expect.stringMatching(/^sha256:/) },
    });
    expect(JSON.stringify(audit)).not.toContain('GA.1');
  });

  it.each([
    [{}],
    [{ session_id: 'a', ga_client_id: 'b' }],
    [{ session_id: 'a', tenant: true }],
    [{ session_id: '' }],
    [{ session_id: 7 }],
    [{ from: '2026-11-01' }],
    [{ to: '2026-11-01' }],
    [{ from: '2026-11-02', to: '2026-11-01' }],
    [{ from: '2026-02-30', to: '2026-03-01' }],
    [{ tenant: false }],
    [{ everybody: true }],
    ['all'],
    [null],
    [undefined],
  ])('of %j are refused', async (scope) => {
    const refused = await ask('post', 'erasures', { tenant_hash: TENANT, scope });
    expect([refused.status, refused.body.code]).toEqual([400, 'invalid_request']);
    expect(refused.type).toBe('application/problem+json');
  });

  it('of everything want the tenant’s name twice', async () => {
    const all = { tenant_hash: 'tenant_b', scope: { tenant: true } };
    for (const confirm of [undefined, '', 'tenant_a', 'TENANT_B']) {
      const refused = await ask('post', 'erasures', { ...all, confirm });
      expect([refused.status, refused.body.errors?.[0]?.parameter]).toEqual([400, 'confirm']);
    }
    expect((await ask('post', 'erasures', { ...all, confirm: 'tenant_b' })).status).toBe(202);
  });

  it('of nobody there are none', async () => {
    const nobody = { tenant_hash: 'nobody', scope: { session_id: 's' } };
    expect((await ask('post', 'erasures', nobody)).status).toBe(404);
    for (const id of ['0'.repeat(24), 'x', '..%2F']) {
      expect((await ask('get', `erasures/${id}`)).status).toBe(404);
    }
  });

  it('are listed newest first, page by page, of one tenant or of all', async () => {
    for (const session_id of ['s1', 's2', 's3']) {
      await ask('post', 'erasures', { tenant_hash: TENANT, scope: { session_id } });
    }
    const scopes: unknown[] = [];
    for (let cursor = ''; ;) {
      const { body } = await ask('get', `erasures?tenant=${TENANT}&limit=2${cursor}`);
      scopes.push(...body.items.map(({ scope }: { scope: unknown }) => scope));
      if (body.next_cursor === null) break;
      cursor = `&cursor=${body.next_cursor}`;
    }
    expect(scopes).toEqual([
      ...[{ session_id: 's3' }, { session_id: 's2' }, { session_id: 's1' }],
      { ga_client_id: 'GA.1' },
    ]);
    const { body: first } = await ask('get', `erasures?tenant=${TENANT}&limit=1`);
    const others = await ask('get', `erasures?tenant=tenant_b&cursor=${first.next_cursor}`);
    expect([others.status, others.body.code]).toEqual([400, 'invalid_cursor']);
    const { body: all } = await ask('get', 'erasures');
    expect(all.items).toHaveLength(5);
    expect(all.next_cursor).toBeNull();
  });

  it('show their receipt once they are done, and the id no more', async () => {
    const erasure = (await store().open())[0]!;
    await store().finish(erasure, { sessions: 2, EVENTS: 7 }, Date.now());
    const { body } = await ask('get', `erasures/${erasure.erasure_id}`);
    expect(body).toMatchObject({ state: 'done', receipt: { sessions: 2, EVENTS: 7 } });
    expect(JSON.stringify(body)).not.toContain('GA.1');
    const { body: audit } = await ask('get', `audit/${TENANT}`);
    expect(audit.items[0].record).toMatchObject({
      ...{ action: 'erased', erasure_id: erasure.erasure_id, receipt: { sessions: 2, EVENTS: 7 } },
    });
  });

  it('are taken while the broker is away', async () => {
    const lonely = await startQuery(engines().tables.url);
    const token = await signToken({ role: 'ops' });
    const { status, body } = await request(lonely.app.getHttpServer())
      .post('/analytics/ops/erasures')
      .set('authorization', `Bearer ${token}`)
      .send({ tenant_hash: TENANT, scope: { session_id: 'later' } });
    await lonely.stop();
    expect(status).toBe(202);
    expect((await store().open()).map(({ erasure_id }) => erasure_id)).toContain(body.erasure_id);
  });
});

describe('runs', () => {
  it('are listed newest first, by command and tenant', async () => {
    const log = new RunLog(query.tables);
    const days = { from: '2026-11-01', to: '2026-11-02' };
    const progress = { progress: { done: 1, total: 2 }, counts: { sessions: 5 }, error: null };
    const begin = (command: string, tenant_hash: string | null, turn: boolean, aliveMs = 60_000) =>
      log.begin({ command, tenant_hash, range: days }, { turn, aliveMs });
    await begin('daily', null, false)({ ...progress, state: 'done' });
    await begin('daily', TENANT, true)({ ...progress, state: 'failed', error: 'Error: no' });
    const archive = begin('archive', null, false, -1);
    await archive({ ...progress, state: 'running' });

    const { body } = await ask('get', 'runs');
    expect(body.items).toMatchObject([
      { command: 'archive', state: 'interrupted', finished_at: null },
      { command: 'daily', state: 'done', range: days, counts: { sessions: 5 } },
    ]);
    await archive({ ...progress, state: 'done' });
    const { body: archives } = await ask('get', 'runs?command=archive');
    expect(archives.items).toMatchObject([{ state: 'done', progress: { done: 1, total: 2 } }]);
    const { body: own } = await ask('get', `runs?tenant=${TENANT}`);
    expect(own.items).toMatchObject([{ command: 'daily', error: 'Error: no' }]);
    expect((await ask('get', 'runs?command=DROP')).status).toBe(400);
  });
});
