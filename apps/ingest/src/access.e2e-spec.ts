/** Who may send, from where, how much, and how it is marked. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Tenant } from '@picasso/contracts';
import { useEngines } from '@picasso/testing';
import { eventNow, post, type RunningIngest, startIngest } from './ingest.fixture.ts';

const engines = useEngines({ nats: true, tables: true });
let ingest: RunningIngest;

beforeAll(async () => {
  ingest = await startIngest({ natsUrl: engines().nats.url, tablesUrl: engines().tables.url });
}, 60_000);
afterAll(() => ingest?.stop());

const newTenant = (profile?: Partial<Tenant>) => ingest.newTenant(profile);

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
    const revoked = { ...tried.tenant, write_keys: [] };
    await store.put(revoked, tried.tenant);
    expect((await post(`${ingest.url}/events`, eventNow(), tried.writeKey)).status).toBe(401);
    await store.put(tried.tenant, revoked);
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

  it('no error is kept from a page, not even that of an address that cannot be read', async () => {
    const { status, headers, body } = await post(`${ingest.url}/w/%E0%A4%A`, eventNow());
    expect([status, body.code]).toEqual([400, 'unreadable_body']);
    expect(headers.get('access-control-allow-origin')).toBe('*');
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
