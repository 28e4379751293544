import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { STREAMS, SUBJECTS, type DeadLetter, type EventSlice } from '@picasso/contracts';
import {
  connectBroker,
  createPublisher,
  DeadLetters,
  provisionStreams,
  type Broker,
} from '@picasso/messaging';
import { hashKey, JobStore, TenantStore } from '@picasso/storage';
import { flatEvent, useEngines } from '@picasso/testing';
import request from 'supertest';
import { createTenants, signToken, startQuery, type RunningQuery } from '../query.fixture.ts';

const TENANT = 'tenant_a';
const engines = useEngines({ nats: true, tables: true });
let broker: Broker;
let letters: DeadLetters;
let query: RunningQuery;

const ask = async (method: 'get' | 'post' | 'patch' | 'delete', path: string, body?: object) => {
  const token = await signToken({ role: 'ops' });
  const agent = request(query.app.getHttpServer());
  const asked = agent[method](`/analytics/ops/${path}`).set('authorization', `Bearer ${token}`);
  return body ? asked.send(body) : asked;
};

const bury = (event: unknown, more: Partial<DeadLetter> = {}): Promise<void> =>
  letters.publish({
    ...{ v: 1, tenant_hash: TENANT, reason: 'invalid', error: 'is required', path: '/event_type' },
    ...{ event, session_id: 'sess_a', origin: 'browser', attempts: 1, stream_seq: null },
    ...{ first_ms: Date.now() - 1_000, last_ms: Date.now() },
    ...more,
  });

const onEvents = async (): Promise<EventSlice | undefined> => {
  const message = await broker.jsm.streams.getMessage(STREAMS.events, {
    last_by_subj: SUBJECTS.events(TENANT),
  });
  return message?.json<EventSlice>();
};

beforeAll(async () => {
  broker = await connectBroker({ url: engines().nats.url, name: 'spec' });
  await provisionStreams(broker.jsm);
  letters = new DeadLetters(createPublisher(broker));
  query = await startQuery(engines().tables.url, { NATS_URL: engines().nats.url });
  await createTenants(query.tables, [{ tenant_hash: TENANT }]);
});
afterAll(async () => {
  await query.stop();
  await broker.close();
});

describe('dead letters', () => {
  const broken = { ...flatEvent({ tenant_hash: TENANT, event_id: 'evt_broken' }), event_type: 7 };

  it('are listed by reason and tenant, page by page', async () => {
    await bury(broken);
    await bury({ any: 'thing' }, { reason: 'too_deep', tenant_hash: 'tenant_b' });
    await bury('not even an object', { reason: 'poison' });
    const { body } = await ask('get', 'dead-letters?limit=2');
    expect(body.items.map(({ reason }: { reason: string }) => reason)).toEqual([
      'invalid',
      'too_deep',
    ]);
    const rest = await ask('get', `dead-letters?after=${body.next_after}`);
    expect(rest.body.items).toHaveLength(1);
    const filtered = await ask('get', 'dead-letters?reason=too_deep&tenant=tenant_b');
    expect(filtered.body.items).toHaveLength(1);
    expect(JSON.stringify(body)).not.toContain('evt_broken');
  });

  it('are listed by time, also from the middle of it', async () => {
    const at = (offsetMs: number) =>
      encodeURIComponent(new Date(Date.now() + offsetMs).toISOString());
    const reasons = async (filter: string) => {
      const { status, body } = await ask('get', `dead-letters?${filter}`);
      expect(status).toBe(200);
      return body.items.map(({ reason }: { reason: string }) => reason);
    };
    expect(await reasons(`from=${at(-60_000)}&to=${at(1_000)}`)).toHaveLength(3);
    expect(await reasons(`to=${at(-60_000)}`)).toEqual([]);
    expect(await reasons(`from=${at(60_000)}`)).toEqual([]);
    await sleep(20);
    const later = at(0);
    await bury({ any: 'thing' }, { reason: 'too_large' });
    expect(await reasons(`from=${later}`)).toEqual(['too_large']);
    const { body } = await ask('get', `dead-letters?from=${later}`);
    expect(await reasons(`from=${later}&reason=invalid`)).toEqual([]);
    expect(await reasons(`to=${later}&reason=invalid`)).toEqual(['invalid']);
    for (const bad of [
      'yesterday',
      '2026-13-01T00:00:00Z',
      '2026-W03-1',
      '2026-123',
      '2026-11-22T23:59:60Z',
      '',
    ])
      expect((await ask('get', `dead-letters?from=${bad}`)).status).toBe(400);
    await broker.jsm.streams.deleteMessage(STREAMS.dlq, body.items[0].seq as number);
  });

  it('are inspected, tried, corrected and sent on their way; all of it is audited', async () => {
    const { body: list } = await ask('get', 'dead-letters?reason=invalid');
    const { seq } = list.items[0] as { seq: number };
    expect((await ask('get', `dead-letters/${seq}`)).body.event).toEqual(broken);

    const asIs = await ask('post', `dead-letters/${seq}/replay`, { dry_run: true });
    expect(asIs.body).toMatchObject({ result: 'rejected', code: 'invalid', path: '/event_type' });
    const event = { ...broken, event_type: 'WIDGET_OPENED' };
    const dry = await ask('post', `dead-letters/${seq}/replay`, { event, dry_run: true });
    expect(dry.body).toMatchObject({ result: 'would_replay', event_id: 'evt_broken' });
    expect((await ask('get', `dead-letters/${seq}`)).status).toBe(200);

    const replayed = await ask('post', `dead-letters/${seq}/replay`, { event });
    expect(replayed.body).toMatchObject({ result: 'replayed', event_id: 'evt_broken' });
    expect(await onEvents()).toMatchObject({
      ...{ tenant_hash: TENANT, session_id: 'sess_a', origin: 'browser' },
      events: [{ event_id: 'evt_broken', event_type: 'WIDGET_OPENED' }],
    });
    expect((await ask('get', `dead-letters/${seq}`)).status).toBe(404);
    const { body: audit } = await ask('get', `audit/${TENANT}`);
    expect(
      audit.items.map(({ record }: { record: { action: string } }) => record.action).reverse(),
    ).toEqual(['dead_letter_inspected', 'dead_letter_inspected', 'dead_letter_replay']);

    await new JobStore(query.tables).saveRecord(TENANT, 'BACKFILL#report', {});
    const pages: string[][] = [];
    for (let more: string | null = ''; more !== null;) {
      const { body: page } = await ask('get', `audit/${TENANT}?limit=2${more}`);
      pages.push(page.items.map(({ id }: { id: string }) => id));
      more = page.next_cursor && `&cursor=${page.next_cursor}`;
    }
    expect(pages.map(({ length }) => length)).toEqual([2, 1]);
    expect(pages.flat()).toEqual(audit.items.map(({ id }: { id: string }) => id));
  });

  it('that had travelled already go on as they were', async () => {
    const travelled = {
      ...{ schema_version: '1.0', event_id: 'evt_late', event_type: 'WIDGET_OPENED' },
      ...{ step_number: 1, sequence_number: 1, timestamp_ms: Date.now(), payload: {} },
    };
    await bury(travelled, { reason: 'too_late', session_id: 'sess_late', stream_seq: 5 });
    const { body: list } = await ask('get', 'dead-letters?reason=too_late');
    const { body } = await ask('post', `dead-letters/${list.items[0].seq}/replay`, {});
    expect(body.result).toBe('replayed');
    expect(await onEvents()).toMatchObject({ session_id: 'sess_late', events: [travelled] });
  });

  it('are discarded', async () => {
    const { body: list } = await ask('get', 'dead-letters?reason=poison');
    const { seq } = list.items[0] as { seq: number };
    expect((await ask('delete', `dead-letters/${seq}`)).status).toBe(204);
    expect((await ask('delete', `dead-letters/${seq}`)).status).toBe(404);
  });

  it.each(['0', '-1', 'x', '1e99'])('of no such number %s are none', async (seq) => {
    expect([400, 404]).toContain((await ask('get', `dead-letters/${seq}`)).status);
  });
});

it('the pipeline’s state', async () => {
  const { status, body } = await ask('get', 'pipeline');
  expect(status).toBe(200);
  expect(body.streams.map(({ stream }: { stream: string }) => stream).sort()).toEqual(
    Object.values(STREAMS).sort(),
  );
  expect(body.dead_letters).toEqual([{ reason: 'too_deep', tenant_hash: 'tenant_b', letters: 1 }]);
});

describe('tenants and keys', () => {
  const grantOf = (key: string) => new TenantStore(query.tables).grant(hashKey(key));

  it('are created with keys that are shown once', async () => {
    const { status, body } = await ask('post', 'tenants', { tenant_hash: 'fresh', name: 'Fresh' });
    expect(status).toBe(201);
    expect(await grantOf(body.write_key as string)).toMatchObject({ tenant_hash: 'fresh' });
    const defaults = {
      allowed_origins: [],
      time_zone: 'UTC',
      events_per_second: expect.any(Number),
    };
    expect(await new TenantStore(query.tables).get('fresh')).toMatchObject(defaults);
    const again = await ask('post', 'tenants', { tenant_hash: 'fresh' });
    expect([again.status, again.body.code]).toEqual([409, 'exists']);
    const list = await ask('get', 'tenants');
    expect(list.text).not.toContain(body.write_key);
    expect(list.text).not.toContain(body.server_key);
  });

  it('rotate: a second key, then the first is revoked', async () => {
    const { body: issued } = await ask('post', 'tenants/fresh/write-keys');
    const third = await ask('post', 'tenants/fresh/write-keys');
    expect(third.status).toBe(409);
    const [former] = issued.tenant.write_keys as { sha256: string }[];
    const revoked = await ask('delete', `tenants/fresh/write-keys/${former?.sha256}`);
    expect(revoked.status).toBe(204);
    expect(await new TenantStore(query.tables).grant(former?.sha256 as string)).toBeUndefined();
    expect(await grantOf(issued.write_key as string)).toBeDefined();
    const { body: server } = await ask('post', 'tenants/fresh/server-key');
    expect(await grantOf(server.server_key as string)).toMatchObject({ origin: 'server' });
  });

  it('keep every change of operators who are at work at once', async () => {
    const { body: created } = await ask('post', 'tenants', { tenant_hash: 'busy' });
    const [key] = created.tenant.write_keys as { sha256: string }[];
    const changes = [{ name: 'Busy' }, { time_zone: 'Asia/Tokyo' }, { events_per_second: 7 }];
    const answers = await Promise.all([
      ...changes.map((change) => ask('patch', 'tenants/busy', change)),
      ask('delete', `tenants/busy/write-keys/${key?.sha256}`),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 204]);
    expect(await new TenantStore(query.tables).get('busy')).toMatchObject({
      ...Object.assign({}, ...changes),
      write_keys: [],
    });
    expect(await grantOf(created.write_key as string)).toBeUndefined();
  });

  it('change settings, and only to what makes sense', async () => {
    const settings = { time_zone: 'Europe/Berlin', goal_values: { apply: 120 }, currency: 'EUR' };
    const { body } = await ask('patch', 'tenants/fresh', settings);
    expect(body).toMatchObject({ ...settings, name: 'Fresh' });
    for (const wrong of [
      { time_zone: 'Mars/Olympus' },
      { goal_values: { apply: 'much' } },
      { office_hours: { days: [8], from: '09:00', to: '17:00' } },
      { write_keys: [] },
    ]) {
      const refused = await ask('patch', 'tenants/fresh', wrong);
      expect([wrong, refused.status]).toEqual([wrong, 400]);
    }
    const { body: audit } = await ask('get', 'audit/fresh');
    expect(audit.items[0].record).toMatchObject({ action: 'tenant_changed', ...settings });
  });
});
