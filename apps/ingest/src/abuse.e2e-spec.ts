/** What hostile and broken senders do, and that nobody else notices. */
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { EVENT_TYPES } from '@picasso/contracts';
import { sampleEvent, wrongTypes } from '@picasso/contracts/schema-samples';
import { useEngines } from '@picasso/testing';
import { eventNow, post, type RunningIngest, startIngest } from './ingest.fixture.ts';

const engines = useEngines({ nats: true, tables: true });
let ingest: RunningIngest;
let abused: { tenant_hash: string; key: Record<string, string>; write_key: string };
let neighbour: typeof abused;

beforeAll(async () => {
  ingest = await startIngest({ natsUrl: engines().nats.url, tablesUrl: engines().tables.url });
  const tenant = async (tenant_hash: string): Promise<typeof abused> => {
    const { write_key } = await ingest.tenants.create({
      tenant_hash,
      events_per_second: 100_000,
      dead_letters_per_hour: 100_000,
    });
    return { tenant_hash, write_key, key: { 'x-write-key': write_key } };
  };
  abused = await tenant('tn_abused');
  neighbour = await tenant('tn_neighbour');
}, 60_000);
afterAll(() => ingest?.stop());

let good = 0;
const goodEvent = () => eventNow({ event_id: `good_${(good += 1)}`, session_id: 'sess_good' });
const send = (body: unknown, headers: Record<string, string> = {}) =>
  post(`${ingest.url}/events`, body, { ...abused.key, ...headers });

/** Whatever a spec did: good events of both tenants are taken, and exactly those. */
afterEach(async () => {
  for (const { tenant_hash, key } of [abused, neighbour]) {
    const event = goodEvent();
    const answer = await post(`${ingest.url}/events`, event, key);
    expect(answer).toMatchObject({ status: 202, body: { accepted: 1, rejected: [] } });
    const last = (await ingest.slices(tenant_hash)).at(-1);
    expect(last?.body.events).toMatchObject([{ event_id: event.event_id }]);
  }
});

describe('whole requests', () => {
  const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024, '[1,2,3]'), { level: 9 });
  const nested = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;

  it.each<[string, number, string | Uint8Array, Record<string, string>]>([
    ['more than 512 KB', 413, `[${'1,'.repeat(300_000)}1]`, {}],
    ['501 events', 413, JSON.stringify(Array(501).fill({})), {}],
    ['a gzip bomb of 200 MB', 413, bomb, { 'content-encoding': 'gzip' }],
    ['half a gzip', 400, gzipSync('{"events":[]}').subarray(0, 15), { 'content-encoding': 'gzip' }],
    ['no gzip', 400, '{"events":[]}', { 'content-encoding': 'gzip' }],
    ['another encoding', 415, '{"events":[]}', { 'content-encoding': 'br' }],
    ['a form', 415, 'a=b', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['XML', 415, '<a/>', { 'content-type': 'text/xml' }],
    ['another charset', 415, '{}', { 'content-type': 'application/json; charset=utf-16' }],
    ['nothing', 400, '', {}],
    ['no JSON', 400, 'hello', {}],
    ['NaN', 400, '[{"step_number": NaN}]', {}],
    ['Infinity', 400, '[{"step_number": Infinity}]', {}],
    ['half of JSON', 400, '{"events":[{', {}],
    ['a number', 400, '42', {}],
    ['a string', 400, '"events"', {}],
    ['null', 400, 'null', {}],
    ['events that are no list', 400, '{"events":{}}', {}],
    ['broken UTF-8', 400, Uint8Array.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d]), {}],
    ['an overlong NUL', 400, Uint8Array.from([0x22, 0xc0, 0x80, 0x22]), {}],
    ['UTF-16', 400, Buffer.from('{"events":[]}', 'utf16le'), {}],
  ])('%s is answered %d', async (_, status, body, headers) => {
    const before = (await ingest.slices(abused.tenant_hash)).length;
    const answer = await send(body, headers);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ status, code: expect.any(String) });
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(await ingest.slices(abused.tenant_hash)).toHaveLength(before);
  });

  it('a depth that would exhaust the stack is one rejected event', async () => {
    const { status, body } = await send(`{"events":[${nested}, ${JSON.stringify(goodEvent())}]}`);
    expect(status).toBe(202);
    expect(body).toMatchObject({ accepted: 1, rejected: [{ index: 0 }] });
    const event = JSON.stringify(eventNow()).replace('{"trigger"', `{"x":${nested},"trigger"`);
    expect((await send(event)).body.rejected).toMatchObject([{ code: 'too_deep' }]);
  });
});

describe('single events among good ones', () => {
  /** Sends text between two good events and expects the one rejection. */
  async function expectRejected(event: string, code: string, path: string): Promise<void> {
    const around = [goodEvent(), goodEvent()].map((each) => JSON.stringify(each));
    const { status, body } = await send(`[${around[0]},${event},${around[1]}]`);
    expect(status).toBe(202);
    expect(body).toMatchObject({ accepted: 2, duplicates: 0 });
    expect(body.rejected).toMatchObject([{ index: 1, code, path }]);
  }
  const json = (fields: Record<string, unknown>): string => JSON.stringify(eventNow(fields));
  const withPayload = (text: string): string =>
    json({}).replace('"payload":{', `"payload":{${text},`);

  it.each<[string, () => string, string, string]>([
    ['__proto__', () => withPayload('"__proto__":{"admin":true}'), 'invalid', '/payload/__proto__'],
    ['constructor', () => withPayload('"constructor":1'), 'invalid', '/payload/constructor'],
    ['1e999', () => withPayload('"n":1e999'), 'invalid', '/payload/n'],
    ['-1e999', () => withPayload('"n":[-1e999]'), 'invalid', '/payload/n/0'],
    ['a huge step', () => json({ step_number: 1e21 }), 'invalid', '/step_number'],
    ['a huge sequence', () => json({ sequence_number: 1e300 }), 'invalid', '/sequence_number'],
    ['more than 32 KB', () => withPayload(`"x":"${'y'.repeat(40_000)}"`), 'too_large', ''],
    ['nine levels', () => withPayload('"a":[[[[[[[1]]]]]]]'), 'too_deep', '/payload/a/0/0/0/0/0/0'],
    ['a line break in an id', () => json({ session_id: 'a\r\nX: 1' }), 'invalid', '/session_id'],
    ['an id of 129', () => json({ event_id: 'x'.repeat(129) }), 'invalid', '/event_id'],
    [
      'another tenant',
      () => json({ tenant_hash: 'tn_neighbour' }),
      'tenant_mismatch',
      '/tenant_hash',
    ],
  ])('%s', (_, event, code, path) => expectRejected(event(), code, path));

  it('a wrong type in any field of any type is refused at that field', async () => {
    for (const type of EVENT_TYPES.filter((each) => each !== 'QA_COMPLETE')) {
      const wrong = wrongTypes(type).map(({ path, event }) => ({
        path,
        event: { ...event, ...(event.tenant_hash === 'tn_sample' && { tenant_hash: undefined }) },
      }));
      const { status, body } = await send([...wrong.map(({ event }) => event), goodEvent()]);
      expect(status).toBe(202);
      expect(body.accepted).toBe(1);
      const rejected = body.rejected as { index: number; path: string }[];
      expect(rejected.map(({ index }) => index)).toEqual(wrong.map((_, index) => index));
      for (const [index, { path }] of wrong.entries()) {
        expect(rejected[index]?.path).toContain(path);
      }
      const sample = { ...sampleEvent(type), tenant_hash: undefined, session_id: `ok_${type}` };
      const fine = { ...sample, timestamp: new Date().toISOString() };
      expect((await send(fine)).body).toMatchObject({ accepted: 1 });
    }
  });

  it('a clock 48 h ahead is replaced by ours, one 48 h behind is kept', async () => {
    const day = 24 * 3_600_000;
    const before = Date.now();
    await send([
      eventNow({ session_id: 'ahead', timestamp: new Date(before + 2 * day).toISOString() }),
      eventNow({ session_id: 'behind', timestamp: before - 2 * day }),
    ]);
    const sent = (await ingest.slices(abused.tenant_hash)).map(({ body }) => body);
    const ahead = sent.find(({ session_id }) => session_id === 'ahead')?.events[0];
    expect(ahead?.clock).toBe('replaced');
    expect(ahead?.timestamp_ms).toBeGreaterThanOrEqual(before);
    expect(ahead?.timestamp_ms).toBeLessThanOrEqual(Date.now());
    const behind = sent.find(({ session_id }) => session_id === 'behind')?.events[0];
    expect(behind).toMatchObject({ timestamp_ms: before - 2 * day });
  });

  it('another tenant’s key brings events into that tenant only, whatever they say', async () => {
    const event = goodEvent();
    await post(`${ingest.url}/events`, { ...event, tenant_id: 'tn_abused' }, neighbour.key);
    await post(`${ingest.url}/events`, { ...event, session_id: 'sess_stolen' }, neighbour.key);
    const sessions = (await ingest.slices('tn_abused')).map(({ body }) => body.session_id);
    expect(sessions).not.toContain('sess_stolen');
    expect((await ingest.letters('tn_neighbour')).at(-1)?.body.reason).toBe('tenant_mismatch');
  });

  it('a slice that grows when it is written again still goes through', async () => {
    // 4 bytes become 21: half a megabyte on the wire, more than two on the broker.
    const numbers = `[${Array(1_400).fill('1e20').join(',')}]`;
    const events = Array.from({ length: 70 }, (_, i) =>
      JSON.stringify(eventNow({ event_id: `grow_${i}`, session_id: 'grow' })).replace(
        '"payload":{',
        `"payload":{"n":${numbers},`,
      ),
    );
    const { status, body } = await send(`[${events.join(',')}]`);
    expect(status).toBe(202);
    expect(body).toMatchObject({ accepted: 70, rejected: [] });
    const parts = (await ingest.slices(abused.tenant_hash)).filter(
      (message) => message.body.session_id === 'grow',
    );
    expect(parts.length).toBeGreaterThan(2);
    const ids = parts.flatMap((part) => part.body.events.map(({ event_id }) => event_id));
    expect(ids.sort()).toEqual(Array.from({ length: 70 }, (_, i) => `grow_${i}`).sort());
  });
});

describe('slow and many connections', () => {
  const sockets: Socket[] = [];
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
  });
  const { stringify } = JSON;

  /** Milliseconds that good requests take, one after the other, sorted. */
  async function goodRequests(): Promise<number[]> {
    const took: number[] = [];
    for (let i = 0; i < 100; i += 1) {
      const started = performance.now();
      const answer = await post(`${ingest.url}/events`, goodEvent(), neighbour.key);
      took.push(performance.now() - started);
      expect(answer.status).toBe(202);
    }
    return took.sort((a, b) => a - b);
  }

  it('500 that send a byte now and then do not slow down anybody else', async () => {
    const undisturbed = await goodRequests();
    const { hostname, port } = new URL(ingest.url);
    const body = stringify(goodEvent());
    const head =
      `POST /w/${abused.write_key} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${body.length}\r\n\r\n`;
    for (let i = 0; i < 500; i += 1) {
      const socket = connect(Number(port), hostname);
      socket.on('error', () => undefined);
      sockets.push(socket);
      // A third does not get past its headers, the others stop within the body.
      socket.write(i % 3 === 0 ? head.slice(0, 30) : head + body.slice(0, 5));
    }
    for (const socket of sockets) {
      if (socket.connecting) await new Promise((resolve) => socket.once('connect', resolve));
    }
    const drip = setInterval(() => sockets.forEach((socket) => socket.write(' ')), 200);
    try {
      const disturbed = await goodRequests();
      expect(sockets.filter((socket) => !socket.destroyed)).toHaveLength(500);
      // Compared with the same moment's calm: the machine may be busy with other things.
      expect(disturbed[50]).toBeLessThan(20 + 3 * undisturbed[50]!);
      expect(disturbed[95]).toBeLessThan(100 + 5 * undisturbed[95]!);
    } finally {
      clearInterval(drip);
    }
  });

  it('are cut off after their time', async () => {
    const { hostname, port } = new URL(ingest.url);
    const socket = connect(Number(port), hostname);
    sockets.push(socket);
    let answer = '';
    socket.on('data', (data: Buffer) => (answer += data.toString()));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write('POST /events HTTP/1.1\r\nHost: x\r\n');
    const started = performance.now();
    await closed;
    expect(performance.now() - started).toBeLessThan(15_000);
    expect(answer).toContain('408');
  });

  it('a connection that breaks off within a body stores nothing', async () => {
    const before = (await ingest.slices(abused.tenant_hash)).length;
    const { hostname, port } = new URL(ingest.url);
    const socket = connect(Number(port), hostname);
    socket.write(
      `POST /w/${abused.write_key} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n` +
        `Content-Length: 10000\r\n\r\n${stringify([goodEvent()])}`,
    );
    await sleep(100);
    socket.destroy();
    await sleep(100);
    expect(await ingest.slices(abused.tenant_hash)).toHaveLength(before);
  });
});
