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

let tenantsMade = 0;
async function newTenant(profile: Partial<Tenant> = {}) {
  tenantsMade += 1;
  const tenant_hash = `tn_${tenantsMade}`;
  const created = await ingest.tenants.create({ tenant_hash, ...profile });
  return {
    ...created,
    tenant_hash,
    writeKey: { 'x-write-key': created.write_key },
    serverKey: { 'x-server-key': created.server_key },
  };
}

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

describe('keys', () => {
  const qa = (step: number) =>
    eventNow({
      event_type: 'QA_COMPLETE',
      event_id: 'qa',
      step_number: undefined,
      sequence_number: undefined,
      payload: { question: 'q', answer: 'a', in_response_to_step: step },
    });

  it('the chat backend’s answers land in the session, at the step that they answer', async () => {
    const { tenant_hash, serverKey } = await newTenant();
    const { status } = await post(`${ingest.url}/events`, qa(7), serverKey);
    expect(status).toBe(202);
    expect((await ingest.slices(tenant_hash))[0]?.body).toMatchObject({
      origin: 'server',
      session_id: 'sess_1',
      events: [{ event_type: 'QA_COMPLETE', step_number: 7, sequence_number: null }],
    });
  });

  it('an answer with a browser key is forbidden', async () => {
    const { writeKey } = await newTenant();
    const { body } = await post(`${ingest.url}/events`, qa(7), writeKey);
    expect(body.rejected).toMatchObject([{ code: 'forbidden_type', path: '/event_type' }]);
  });

  it('no key, an unknown one, or one in the wrong place: 401 with CORS headers', async () => {
    const { write_key, server_key } = await newTenant();
    const wrong: [string, Record<string, string>][] = [
      ['/events', {}],
      ['/events', { 'x-write-key': 'wk_unknown' }],
      ['/events', { 'x-write-key': 'x'.repeat(4_000) }],
      ['/events', { 'x-write-key': server_key }],
      ['/events', { 'x-server-key': write_key }],
      [`/w/${server_key}`, {}],
      ['/w/wk_unknown', {}],
    ];
    for (const [path, headers] of wrong) {
      const answer = await post(`${ingest.url}${path}`, eventNow(), headers);
      expect([path, answer.status, answer.body.code]).toEqual([path, 401, 'unknown_key']);
      expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    }
  });

  it('a new key works within a second even if it was tried before', async () => {
    const tried = await newTenant();
    const store = ingest.tenants;
    await store.put({ ...tried.tenant, write_keys: [] });
    expect((await post(`${ingest.url}/events`, eventNow(), tried.writeKey)).status).toBe(401);
    await store.put(tried.tenant);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect((await post(`${ingest.url}/events`, eventNow(), tried.writeKey)).status).toBe(202);
  });
});

describe('origins', () => {
  it('only the tenant’s, exactly; a missing one is allowed; an error can be read by the page', async () => {
    const { writeKey } = await newTenant({ allowed_origins: ['https://example.org'] });
    const from = (origin?: string) =>
      post(`${ingest.url}/events`, eventNow(), { ...writeKey, ...(origin && { origin }) });
    expect((await from('https://example.org')).status).toBe(202);
    expect((await from()).status).toBe(202);
    for (const origin of [
      'https://evil.example',
      'http://example.org',
      'https://example.org.evil.example',
      'https://sub.example.org',
      'https://example.org:8443',
      'null',
    ]) {
      const { status, headers, body } = await from(origin);
      expect([origin, status, body.code]).toEqual([origin, 403, 'forbidden_origin']);
      expect(headers.get('access-control-allow-origin')).toBe('*');
    }
  });

  it('any where the tenant names none', async () => {
    const { writeKey } = await newTenant();
    const headers = { ...writeKey, origin: 'https://anywhere.example' };
    expect((await post(`${ingest.url}/events`, eventNow(), headers)).status).toBe(202);
  });

  it.each([['/events'], ['/w/wk_whatever'], ['/events/validate']])(
    'a preflight of %s knows no tenant',
    async (path) => {
      const answer = await fetch(ingest.url + path, {
        method: 'OPTIONS',
        headers: {
          origin: 'https://anywhere.example',
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'content-type,x-write-key',
        },
      });
      expect(answer.status).toBe(204);
      expect(answer.headers.get('access-control-allow-origin')).toBe('*');
      expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
      expect(answer.headers.get('access-control-allow-methods')).toContain('POST');
      expect(answer.headers.get('access-control-allow-headers')).toContain('x-write-key');
      expect(await answer.text()).toBe('');
    },
  );
});

describe('whose traffic', () => {
  it('marks bots and the tenant’s own people', async () => {
    const { tenant_hash, writeKey } = await newTenant();
    const own = await newTenant({ excluded_addresses: ['127.0.0.0/8'] });
    const chrome = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36';
    const send = (key: Record<string, string>, agent: string, session_id: string) =>
      post(`${ingest.url}/events`, eventNow({ session_id }), { ...key, 'user-agent': agent });
    await send(writeKey, chrome, 'person');
    await send(writeKey, 'Mozilla/5.0 (compatible; Googlebot/2.1)', 'bot');
    await send(own.writeKey, chrome, 'colleague');
    const marks = async (tenant: string) =>
      (await ingest.slices(tenant)).map(({ body }) => [body.session_id, body.traffic]);
    expect(await marks(tenant_hash)).toEqual([
      ['person', 'visitor'],
      ['bot', 'bot'],
    ]);
    expect(await marks(own.tenant_hash)).toEqual([['colleague', 'own']]);
  });
});

describe('rate limits', () => {
  it('answers 429 with Retry-After beyond a tenant’s rate, and others do not notice', async () => {
    const busy = await newTenant({ events_per_second: 100 });
    const quiet = await newTenant();
    const send = (tenant: typeof busy, events: number, tag: string) =>
      post(
        `${ingest.url}/events`,
        Array.from({ length: events }, (_, i) => eventNow({ event_id: `${tag}_${i}` })),
        tenant.writeKey,
      );
    // The largest request always fits once.
    expect((await send(busy, 500, 'a')).status).toBe(202);
    const refused = await send(busy, 1, 'b');
    expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(refused.headers.get('access-control-allow-origin')).toBe('*');
    expect((await send(quiet, 100, 'c')).status).toBe(202);
    // The chat backend has a limit of its own.
    expect((await post(`${ingest.url}/events`, eventNow(), busy.serverKey)).status).toBe(202);
  });

  it('keeps rejected events within their budget and counts the rest', async () => {
    const { tenant_hash, writeKey } = await newTenant({ dead_letters_per_hour: 3 });
    const events = Array.from({ length: 10 }, (_, i) => ({ nonsense: i }));
    const { body } = await post(`${ingest.url}/events`, { events }, writeKey);
    expect(body.rejected).toHaveLength(10);
    expect(await ingest.letters(tenant_hash)).toHaveLength(3);
    expect(await ingest.metrics()).toContain(
      `ingest_dead_letters_suppressed_total{tenant="${tenant_hash}",service="ingest"} 7`,
    );
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
