import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { HEADERS, SESSIONIZER_CONSUMER, STREAMS, SUBJECTS } from '@picasso/contracts';
import {
  connectBroker,
  createPublisher,
  provisionConsumer,
  provisionStreams,
  type Broker,
} from '@picasso/messaging';
import { LedgerStore } from '@picasso/storage';
import { useEngines } from '@picasso/testing';
import request from 'supertest';
import { createTenants, signToken, startQuery, type RunningQuery } from '../query.fixture.ts';

const engines = useEngines({ nats: true, tables: true });
let broker: Broker;
let query: RunningQuery;

beforeAll(async () => {
  broker = await connectBroker({ url: engines().nats.url, name: 'spec' });
  await provisionStreams(broker.jsm);
  query = await startQuery(engines().tables.url, { NATS_URL: engines().nats.url });
  await createTenants(query.tables, [{ tenant_hash: 'tenant_a' }]);
});
afterAll(async () => {
  await query.stop();
  await broker.close();
});

const publish = (tenant: string, events: number): Promise<unknown> =>
  createPublisher(broker).publish(SUBJECTS.events(tenant), '{}', {
    msgId: `${tenant}-${events}-${Math.random()}`,
    headers: { [HEADERS.events]: String(events) },
  });

const balance = async () => {
  const { status, body } = await request(query.app.getHttpServer())
    .get('/analytics/ops/balance')
    .set('authorization', `Bearer ${await signToken({ role: 'ops' })}`);
  expect(status).toBe(200);
  return body;
};

it('counts what no ledger has accounted for as waiting, by tenant', async () => {
  await publish('tenant_a', 3);
  await publish('tenant_b', 10);
  const { tenants, waiting_cut_at } = await balance();
  expect(waiting_cut_at).toBe(0);
  expect(tenants).toMatchObject([
    { tenant_hash: 'tenant_a', accepted: 3, waiting: 3, stored: 0, missing: 0 },
    { tenant_hash: 'tenant_b', accepted: 10, waiting: 10 },
  ]);
  expect(tenants[0].watermark).toBe(tenants[0].oldest_waiting_at);
});

it('adds up while the ledger moves on', async () => {
  await provisionConsumer(broker.jsm, {
    ...{ stream: STREAMS.events, durable: SESSIONIZER_CONSUMER, ackWaitMs: 30_000 },
    ...{ filterSubjects: [SUBJECTS.allEvents], maxAckPending: 10 },
  });
  const consumer = await broker.js.consumers.get(STREAMS.events, SESSIONIZER_CONSUMER);
  await (await consumer.next())?.ackAck();
  await new LedgerStore(query.tables).advance(
    0,
    1,
    new Map([
      ['tenant_a', { accepted: 3, stored: 1, duplicates: 1, dead_lettered: 0, missing: 1 }],
    ]),
  );
  await publish('tenant_a', 2);
  const { tenants } = await balance();
  expect(tenants[0]).toMatchObject({
    ...{ accepted: 5, stored: 1, duplicates: 1, dead_lettered: 0, missing: 1, waiting: 2 },
  });
  expect(tenants[1]).toMatchObject({ accepted: 10, waiting: 10 });
});
