/** The built service as a process of its own: what only shows there. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { STREAMS, SUBJECTS, type EventSlice } from '@picasso/contracts';
import { type Broker, connectBroker } from '@picasso/messaging';
import { connectTables, provisionTables, type Tables, TenantStore } from '@picasso/storage';
import {
  eventually,
  type OtlpReceiver,
  type RunningService,
  startOtlpReceiver,
  startService,
  useEngines,
} from '@picasso/testing';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventNow, messagesOn, post } from './ingest.fixture.ts';

const engines = useEngines({ nats: true, tables: 'disk' });
let service: RunningService;
let receiver: OtlpReceiver;
let broker: Broker;
let tables: Tables;
let key: Record<string, string>;

const TENANT = 'tn_bundle';

beforeAll(async () => {
  const { nats, tables: tableEngine } = engines();
  tables = connectTables({ endpoint: tableEngine.url, region: 'us-east-1', prefix: 'picasso-' });
  await provisionTables(tables);
  const { write_key } = await new TenantStore(tables).create({
    tenant_hash: TENANT,
    events_per_second: 100_000,
  });
  key = { 'x-write-key': write_key };
  receiver = await startOtlpReceiver();
  broker = await connectBroker({ url: nats.url, name: 'spec' });
  service = await startService('ingest', {
    NATS_URL: nats.url,
    DYNAMODB_ENDPOINT: tableEngine.url,
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    TRACE_SAMPLING: '0',
  });
}, 90_000);

afterAll(async () => {
  await service?.stop();
  await broker?.close();
  await receiver?.close();
  tables?.close();
});

let sent = 0;
const event = () => eventNow({ event_id: `evt_${(sent += 1)}` });
const send = (headers: Record<string, string> = {}) =>
  post(`${service.url}/events`, event(), { ...key, ...headers });
/** Tried again: this connection, too, has to come back after the broker was killed. */
const slices = () =>
  eventually(() => messagesOn<EventSlice>(broker, STREAMS.events, SUBJECTS.events(TENANT)), {
    timeoutMs: 30_000,
  });
const storedAs = async (id: string) =>
  (await slices()).filter(({ body }) => body.events[0]?.event_id === id);

describe('the bundle', () => {
  it('has kept its decorators’ metadata: everything injected is there', async () => {
    // Without it every constructor parameter is undefined, and the first request fails.
    expect(await send()).toMatchObject({ status: 202, body: { accepted: 1 } });
    expect((await post(`${service.url}/events`, event())).status).toBe(401);
    expect((await fetch(`${service.url}/metrics`)).status).toBe(200);
  });

  it('continues the sender’s trace into the message’s headers', async () => {
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
    await send({ traceparent: `00-${trace}-00f067aa0ba902b7-01` });
    const message = (await slices()).at(-1);
    expect(message?.header('traceparent')).toMatch(new RegExp(`^00-${trace}-[0-9a-f]{16}-01$`));
    await eventually(() => {
      const spans = receiver.spans().filter(({ traceId }) => traceId === trace);
      const server = spans.find(({ kind }) => kind === 2);
      expect(server).toMatchObject({ name: 'POST /events', parentSpanId: '00f067aa0ba902b7' });
      expect(spans.find(({ name }) => name === 'publish')?.parentSpanId).toBe(server?.spanId);
    });
    expect(receiver.raw()).not.toContain(key['x-write-key']);
  });

  it('is not traced where neither sampling nor a sender asks for it', async () => {
    const before = receiver.spans().length;
    await send();
    await sleep(1_500);
    expect(receiver.spans()).toHaveLength(before);
  });
});

describe('outages', () => {
  it('the broker: 503 with Retry-After, not ready; then what is sent again is stored once', async () => {
    await engines().nats.kill();
    const event = eventNow({ event_id: 'patient' });
    const refused = await post(`${service.url}/events`, event, key);
    expect(refused).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(refused.headers.get('access-control-allow-origin')).toBe('*');
    expect((await fetch(`${service.url}/health/ready`)).status).toBe(503);
    expect((await fetch(`${service.url}/health/live`)).status).toBe(200);

    await engines().restartNats();
    await eventually(async () => {
      expect((await post(`${service.url}/events`, event, key)).status).toBe(202);
    });
    await post(`${service.url}/events`, event, key);
    await eventually(async () => expect(await storedAs('patient')).toHaveLength(1));
  });

  it('a short one is waited for: the request is answered 202 when the broker is back', async () => {
    await engines().nats.kill();
    const waiting = send();
    await engines().restartNats();
    expect((await waiting).status).toBe(202);
  });

  it('the tables: known keys go on working, unknown ones get 503 and not 401', async () => {
    await engines().tables.kill();
    expect((await send()).status).toBe(202);
    const stranger = await post(`${service.url}/events`, event(), { 'x-write-key': 'wk_new' });
    expect(stranger.status).toBe(503);
    expect((await fetch(`${service.url}/health/ready`)).status).toBe(200);
    await engines().restartTables();
    await eventually(async () => {
      const known = await post(`${service.url}/events`, event(), { 'x-write-key': 'wk_new' });
      expect(known.status).toBe(401);
    });
  });
});

describe('ends', () => {
  it('of its own accord without losing a request, exit code 0', async () => {
    const before = (await slices()).length;
    const answers: Promise<number>[] = [];
    for (let i = 0; i < 50; i += 1) {
      answers.push(
        send().then(
          ({ status }) => status,
          () => 0,
        ),
      );
    }
    await sleep(5);
    expect(await service.stop()).toBe(0);
    const accepted = (await Promise.all(answers)).filter((status) => status === 202).length;
    expect(accepted).toBeGreaterThan(0);
    expect((await slices()).length - before).toBe(accepted);
    await service.start();
  });

  it('in time even while somebody is still sending, slowly', async () => {
    const { hostname, port } = new URL(service.url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    socket.write('POST /events HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{');
    await send();
    expect(await service.stop()).toBe(0);
    socket.destroy();
    await service.start();
  });

  it('at a fault point only when told to, with the event stored and not answered', async () => {
    await service.stop();
    await service.start({ FAULT_POINT: 'after-publish-ack', FAULT_PROBABILITY: '1' });
    const event = eventNow({ event_id: 'last_words' });
    await expect(post(`${service.url}/events`, event, key)).rejects.toThrow();
    // Its end may be seen a moment later than the broken connection.
    await eventually(() => service.start());
    const again = await post(`${service.url}/events`, event, key);
    expect(again).toMatchObject({ status: 202, body: { duplicates: 1 } });
    expect(await storedAs('last_words')).toHaveLength(1);
  });
});
