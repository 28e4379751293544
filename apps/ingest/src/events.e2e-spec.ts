import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Tenant } from '@picasso/contracts';
import { useEngines, widgetEnvelope, sessionOf } from '@picasso/testing';
import { gzipSync } from 'node:zlib';
import { eventNow, post, type RunningIngest, startIngest } from './ingest.fixture.ts';

const engines = useEngines({ nats: true, tables: true });
let ingest: RunningIngest;

beforeAll(async () => {
  ingest = await startIngest({ natsUrl: engines().nats.url, tablesUrl: engines().tables.url });
}, 60_000);
afterAll(() => ingest?.stop());

const newTenant = (profile?: Partial<Tenant>) => ingest.newTenant(profile);
const now = () => Date.now();
const dialogue = (tenantHash: string, startMs = now() - 5_000) =>
  sessionOf(['WIDGET_OPENED', 'CONVERSATION_STARTED', 'MESSAGE_SENT'], { tenantHash, startMs });

describe('POST /events', () => {
  it('answers 202 when the broker has stored the slice of each session', async () => {
    const { tenant_hash, writeKey } = await newTenant();
    const sent_at = new Date(now() - 60_000).toISOString();
    const events = [
      eventNow({ session_id: 'a', event_id: 'a1' }),
      eventNow({ session_id: 'b', event_id: 'b1' }),
      eventNow({ session_id: 'a', event_id: 'a2' }),
    ];
    const answer = await post(`${ingest.url}/events`, { sent_at, sdk: {}, events }, writeKey);
    expect(answer).toMatchObject({
      status: 202,
      body: { accepted: 3, duplicates: 0, rejected: [] },
    });
    expect(answer.body).not.toHaveProperty('status');
    const messages = await ingest.slices(tenant_hash);
    expect(messages.map(({ subject }) => subject)).toEqual(
      Array(2).fill(`journey.events.${tenant_hash}`),
    );
    const [a, b] = [...messages].sort((x, y) => (x.body.session_id < y.body.session_id ? -1 : 1));
    expect(a!.body).toMatchObject({ v: 1, tenant_hash, session_id: 'a', origin: 'browser' });
    expect(a!.body.events.map((event) => event.event_id)).toEqual(['a1', 'a2']);
    expect(a!.body.skew_ms).toBeGreaterThanOrEqual(60_000);
    expect(a!.header('Journey-Events')).toBe('2');
    expect(a!.header('Journey-Session')).toBe('a');
    expect(b!.body.events).toHaveLength(1);
  });

  it('recognises what was sent before, and stores it once', async () => {
    const { tenant_hash, writeKey } = await newTenant();
    const body = { events: dialogue(tenant_hash) };
    await post(`${ingest.url}/events`, body, writeKey);
    const again = await post(`${ingest.url}/events`, body, writeKey);
    expect(again).toMatchObject({ status: 202, body: { accepted: 0, duplicates: 3 } });
    expect(await ingest.slices(tenant_hash)).toHaveLength(1);
  });

  it('takes the same event ids in another session for other events', async () => {
    const { tenant_hash, writeKey } = await newTenant();
    await post(`${ingest.url}/events`, eventNow({ session_id: 'one' }), writeKey);
    const { body } = await post(`${ingest.url}/events`, eventNow({ session_id: 'two' }), writeKey);
    expect(body).toMatchObject({ accepted: 1, duplicates: 0 });
    expect(await ingest.slices(tenant_hash)).toHaveLength(2);
  });

  it('lets an id that is used again for something else go on, for the sessionizer to judge', async () => {
    const { tenant_hash, writeKey } = await newTenant();
    await post(`${ingest.url}/events`, eventNow(), writeKey);
    await post(`${ingest.url}/events`, eventNow({ payload: { trigger: 'auto' } }), writeKey);
    const triggers = (await ingest.slices(tenant_hash)).map(
      ({ body }) => body.events[0]!.payload.trigger,
    );
    expect(triggers).toEqual(['button', 'auto']);
  });

  it('answers per event and keeps the rejected ones as dead letters', async () => {
    const { tenant_hash, writeKey } = await newTenant();
    const events = [
      eventNow({ event_id: 'good_1' }),
      eventNow({ step_number: 'five' }),
      eventNow({ schema_version: '2.0' }),
      eventNow({ event_id: 'good_2' }),
      eventNow({ tenant_hash: 'tn_other' }),
    ];
    const { status, body } = await post(`${ingest.url}/events`, events, writeKey);
    expect(status).toBe(202);
    expect(body).toEqual({
      accepted: 2,
      duplicates: 0,
      rejected: [
        { index: 1, code: 'invalid', path: '/step_number', message: 'must be integer' },
        {
          index: 2,
          code: 'unsupported_schema',
          path: '/schema_version',
          message: expect.any(String),
        },
        { index: 4, code: 'tenant_mismatch', path: '/tenant_hash', message: expect.any(String) },
      ],
    });
    const letters = await ingest.letters(tenant_hash);
    expect(letters.map(({ subject }) => subject).sort()).toEqual([
      `journey.dlq.invalid.${tenant_hash}`,
      `journey.dlq.tenant_mismatch.${tenant_hash}`,
      `journey.dlq.unsupported_schema.${tenant_hash}`,
    ]);
    expect(letters.find(({ body: letter }) => letter.reason === 'invalid')?.body).toMatchObject({
      v: 1,
      tenant_hash,
      path: '/step_number',
      event: events[1],
      session_id: 'sess_1',
      origin: 'browser',
      attempts: 1,
      stream_seq: null,
    });
  });

  it('calls it an answer when all are rejected, and when there are none', async () => {
    const { writeKey } = await newTenant();
    const none = await post(`${ingest.url}/events`, { events: [] }, writeKey);
    expect(none).toMatchObject({ status: 202, body: { accepted: 0, rejected: [] } });
    const all = await post(`${ingest.url}/events`, { events: [{}, {}] }, writeKey);
    expect(all.status).toBe(202);
    expect(all.body.rejected).toHaveLength(2);
  });

  it('takes gzip', async () => {
    const { tenant_hash, writeKey } = await newTenant();
    const { status } = await post(
      `${ingest.url}/events`,
      gzipSync(JSON.stringify(dialogue(tenant_hash))),
      { ...writeKey, 'content-encoding': 'gzip' },
    );
    expect(status).toBe(202);
    expect((await ingest.slices(tenant_hash))[0]?.body.events).toHaveLength(3);
  });

  it('takes the envelope here, too, and answers it as the widget expects', async () => {
    const { tenant_hash, writeKey } = await newTenant();
    const { status, body } = await post(
      `${ingest.url}/events`,
      widgetEnvelope(dialogue(tenant_hash)),
      writeKey,
    );
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'success', processed: 3, accepted: 3 });
  });
});

describe('POST /events/validate', () => {
  it('answers the same and stores nothing', async () => {
    const { tenant_hash, writeKey } = await newTenant();
    const events = [eventNow(), eventNow({ step_number: -1 })];
    const dry = await post(`${ingest.url}/events/validate`, { events }, writeKey);
    expect(dry.status).toBe(200);
    expect(await ingest.slices(tenant_hash)).toEqual([]);
    expect(await ingest.letters(tenant_hash)).toEqual([]);
    const real = await post(`${ingest.url}/events`, { events }, writeKey);
    expect(real.body).toEqual(dry.body);
    expect((await post(`${ingest.url}/events/validate`, { events })).status).toBe(401);
  });
});

describe('POST /w/{write_key}: the deployed widget, unchanged', () => {
  const widgetUrl = (key: string) => `${ingest.url}/w/${key}?action=analytics`;

  it('gets 200 and JSON, and its events ids that do not change when it sends them again', async () => {
    const { tenant_hash, write_key } = await newTenant();
    const envelope = widgetEnvelope(dialogue(tenant_hash));
    const answer = await post(widgetUrl(write_key), envelope);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain('application/json');
    expect(answer.body).toEqual({
      status: 'success',
      processed: 3,
      accepted: 3,
      duplicates: 0,
      rejected: [],
    });
    expect((await post(widgetUrl(write_key), envelope)).body).toMatchObject({ duplicates: 3 });
    const [message] = await ingest.slices(tenant_hash);
    expect(message?.body.events.every(({ sequence_number }) => sequence_number === null)).toBe(
      true,
    );
  });

  it('gets 200 with the rejections inside', async () => {
    const { tenant_hash, write_key } = await newTenant();
    const bad = { schema_version: '1.0.0', event: { type: 'CTA_CLICKED', payload: {} } };
    const events = [...(widgetEnvelope(dialogue(tenant_hash)).events as object[]), bad];
    const answer = await post(widgetUrl(write_key), { action: 'analytics', batch: true, events });
    expect(answer).toMatchObject({ status: 200, body: { processed: 4, accepted: 3 } });
    expect(answer.body.rejected).toMatchObject([{ index: 3, code: 'invalid' }]);
  });

  it.each([
    ['JSON that is none', '{"action":', 'invalid'],
    ['more than 512 KB', `"${'x'.repeat(600_000)}"`, 'too_large'],
    ['too many events', JSON.stringify({ events: Array(501).fill({}) }), 'too_large'],
  ])('is not made to repeat %s for ever: 200, and a dead letter', async (_, body, code) => {
    const { tenant_hash, write_key } = await newTenant();
    const answer = await post(widgetUrl(write_key), body);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ status: 'success', processed: 0, rejected: [{ code }] });
    expect((await ingest.letters(tenant_hash)).map(({ body: letter }) => letter.reason)).toEqual([
      code,
    ]);
    expect((await post(widgetUrl('wk_nobody'), body)).status).toBe(401);
  });

  it('takes what navigator.sendBeacon sends', async () => {
    const { tenant_hash, write_key } = await newTenant();
    const { status } = await post(
      `${ingest.url}/w/${write_key}`,
      JSON.stringify({ events: dialogue(tenant_hash) }),
      { 'content-type': 'text/plain;charset=UTF-8' },
    );
    expect(status).toBe(200);
    expect((await ingest.slices(tenant_hash))[0]?.body.events).toHaveLength(3);
  });
});

describe('operations', () => {
  it('is alive, ready, and counts', async () => {
    const { tenant_hash, writeKey } = await newTenant();
    await post(`${ingest.url}/events`, [eventNow(), { bad: true }], writeKey);
    await post(`${ingest.url}/events`, [eventNow({ event_id: 'x' })], writeKey);
    expect((await fetch(`${ingest.url}/health/live`)).status).toBe(200);
    const ready = await fetch(`${ingest.url}/health/ready`);
    expect([ready.status, await ready.json()]).toEqual([
      200,
      { status: 'ok', broker: 'up', tables: 'up', serving: true },
    ]);
    const metrics = await (await fetch(`${ingest.url}/metrics`)).text();
    expect(metrics).toContain(
      `ingest_events_total{tenant="${tenant_hash}",result="accepted",service="ingest"} 2`,
    );
    expect(metrics).toContain(
      `ingest_events_total{tenant="${tenant_hash}",result="rejected",service="ingest"} 1`,
    );
    expect(metrics).toMatch(/ingest_request_seconds_count\{.*route="\/events",status="202"/);
    expect(metrics).toMatch(/journey_publish_seconds_count\{/);
  });

  it('never logs keys, addresses or what was sent', async () => {
    const { write_key } = await newTenant();
    const secret = 'the visitor’s phone number';
    await post(`${ingest.url}/w/${write_key}`, eventNow({ payload: { trigger: secret } }));
    await post(`${ingest.url}/w/${write_key}`, `{"${secret}`);
    expect(ingest.log.join('')).not.toContain(write_key);
    expect(ingest.log.join('')).not.toContain(secret);
  });
});
