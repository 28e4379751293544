import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { STREAMS, SUBJECTS, type DeadLetter } from '@picasso/contracts';
import { createMetrics } from '@picasso/telemetry';
import { eventually, useEngines } from '@picasso/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectBroker, type Broker } from './broker.ts';
import { DeadLetters } from './dead-letters.ts';
import { BrokerUnavailableError } from './errors.ts';
import { createPublisher } from './publisher.ts';
import { provisionStreams } from './streams.ts';

const engines = useEngines({ nats: true });
let broker: Broker;

beforeAll(async () => {
  broker = await connectBroker({ url: engines().nats.url, name: 'spec' });
});
afterAll(() => broker.close());
beforeEach(async () => {
  for (const name of await broker.jsm.streams.names().next()) await broker.jsm.streams.delete(name);
  // Right after a delete the server may still hold the folder.
  await eventually(() => provisionStreams(broker.jsm));
});

const SUBJECT = SUBJECTS.events('t1');

describe('publish', () => {
  it('stores one message per id and says which', async () => {
    const publisher = createPublisher(broker);
    const first = await publisher.publish(SUBJECT, '{"n":1}', { msgId: 'a' });
    const again = await publisher.publish(SUBJECT, '{"n":1}', { msgId: 'a' });
    const other = await publisher.publish(SUBJECT, '{"n":2}', { msgId: 'b' });
    expect(first).toEqual({ seq: 1, duplicate: false });
    expect(again).toEqual({ seq: 1, duplicate: true });
    expect(other).toEqual({ seq: 2, duplicate: false });
  });

  it('sends headers along', async () => {
    const headers = { 'Journey-Events': '7' };
    const { seq } = await createPublisher(broker).publish(SUBJECT, '{}', { headers });
    const message = await broker.jsm.streams.getMessage(STREAMS.events, { seq });
    expect(message?.header.get('Journey-Events')).toBe('7');
  });

  it('keeps no more than maxInFlight on the way', async () => {
    const metrics = createMetrics('spec', { process: false });
    const publisher = createPublisher(broker, { maxInFlight: 3, metrics });
    const publishes = Array.from({ length: 20 }, () => publisher.publish(SUBJECT, '{}'));
    const gauge = metrics.registry.getSingleMetric('journey_publish_in_flight');
    expect((await gauge!.get()).values[0]!.value).toBe(3);
    const seqs = (await Promise.all(publishes)).map(({ seq }) => seq);
    expect(new Set(seqs).size).toBe(20);
    await publisher.idle();
    expect((await gauge!.get()).values[0]!.value).toBe(0);
    const text = await metrics.registry.metrics();
    expect(text).toContain('journey_publish_seconds_count{service="spec",result="stored"} 20');
  });

  it('gives up at the deadline when nobody takes the subject', async () => {
    const startedMs = Date.now();
    const publish = createPublisher(broker).publish('nobody.listens', '{}', { timeoutMs: 400 });
    await expect(publish).rejects.toMatchObject({
      name: 'BrokerUnavailableError',
      reason: 'no_answer',
    });
    const tookMs = Date.now() - startedMs;
    expect(tookMs).toBeGreaterThanOrEqual(390);
    expect(tookMs).toBeLessThan(1_500);
  });

  it('waits for a stream that is not there yet', async () => {
    await broker.jsm.streams.delete(STREAMS.events);
    const publish = createPublisher(broker).publish(SUBJECT, '{}');
    await sleep(200);
    await provisionStreams(broker.jsm);
    expect(await publish).toEqual({ seq: 1, duplicate: false });
  });

  it('does not call a message that is too large an outage', async () => {
    const publish = createPublisher(broker).publish(SUBJECT, new Uint8Array(9 * 1024 * 1024));
    await expect(publish).rejects.not.toBeInstanceOf(BrokerUnavailableError);
  });

  it('says so when the connection was closed', async () => {
    const other = await connectBroker({ url: engines().nats.url, name: 'other' });
    await other.close();
    await expect(createPublisher(other).publish(SUBJECT, '{}')).rejects.toMatchObject({
      reason: 'closed',
    });
    expect(other.status()).toBe('closed');
  });
});

describe('a broker that is killed', () => {
  it('keeps every acknowledged message, once, and the client comes back by itself', async () => {
    const publisher = createPublisher(broker, { maxInFlight: 64 });
    const acknowledged = new Set<string>();
    let refused = 0;
    let running = true;
    let next = 0;
    const worker = async (): Promise<void> => {
      while (running) {
        const id = `m${next++}`;
        try {
          await publisher.publish(SUBJECT, JSON.stringify({ id }), {
            msgId: id,
            timeoutMs: 15_000,
          });
          acknowledged.add(id);
        } catch {
          refused++;
        }
      }
    };
    const workers = Array.from({ length: 32 }, worker);
    for (let kill = 0; kill < 2; kill++) {
      await sleep(400);
      const before = acknowledged.size;
      await engines().restartNats();
      expect(await broker.connected(10_000)).toBe(true);
      // What was under way at the kill is repeated when its attempt has timed out (2 s).
      await eventually(() => expect(acknowledged.size).toBeGreaterThan(before + 100));
    }
    running = false;
    await Promise.all(workers);

    // The deadline was longer than the outage: nothing had to be refused.
    expect(refused).toBe(0);
    const stored = await storedIds();
    expect(acknowledged.size).toBe(next);
    expect([...acknowledged].filter((id) => !stored.has(id))).toEqual([]);
    expect([...stored.values()].filter((count) => count > 1)).toEqual([]);
  });

  it('is reported as unavailable when the deadline comes first', async () => {
    const { port } = engines().nats;
    await engines().nats.kill();
    await expect(
      createPublisher(broker).publish(SUBJECT, '{}', { timeoutMs: 300 }),
    ).rejects.toMatchObject({ name: 'BrokerUnavailableError', reason: 'no_answer' });
    expect(broker.status()).toBe('reconnecting');
    await engines().restartNats();
    expect(engines().nats.port).toBe(port);
    expect(await createPublisher(broker).publish(SUBJECT, '{}')).toMatchObject({ seq: 1 });
  });

  it('is waited for by a client that starts first', async () => {
    await engines().nats.kill();
    const connecting = connectBroker({ url: engines().nats.url, name: 'early' });
    await sleep(300);
    await engines().restartNats();
    const early = await connecting;
    expect(early.status()).toBe('connected');
    await early.close();
    expect(await broker.connected(10_000)).toBe(true);
  });
});

describe('DeadLetters', () => {
  const letter: DeadLetter = {
    v: 1,
    tenant_hash: 't1',
    reason: 'too_late',
    error: 'session started 7 days ago',
    path: '',
    event: { event_id: 'evt_1' },
    session_id: 'sess_1',
    origin: 'browser',
    attempts: 1,
    first_ms: 1_000,
    last_ms: 1_000,
    stream_seq: 12,
  };

  it('keeps one letter for a message that comes again', async () => {
    const letters = new DeadLetters(createPublisher(broker));
    await letters.publish(letter);
    await letters.publish({ ...letter, attempts: 2, last_ms: 9_000, error: 'still too late' });
    await letters.publish({ ...letter, event: { event_id: 'evt_2' } }, 3);
    const { state } = await broker.jsm.streams.info(STREAMS.dlq);
    expect(state.messages).toBe(2);
    const [first, second] = await Promise.all(
      [1, 2].map((seq) => broker.jsm.streams.getMessage(STREAMS.dlq, { seq })),
    );
    expect(first?.subject).toBe('journey.dlq.too_late.t1');
    expect(first?.json()).toEqual(letter);
    expect(second?.header.get('Journey-Events')).toBe('3');
  });
});

/** Ids of all stored messages and how often each is there. */
async function storedIds(): Promise<Map<string, number>> {
  const ids = new Map<string, number>();
  const consumer = await broker.js.consumers.get(STREAMS.events);
  const { num_pending } = await consumer.info();
  const messages = await consumer.fetch({ max_messages: num_pending, expires: 10_000 });
  for await (const message of messages) {
    const { id } = message.json<{ id: string }>();
    ids.set(id, (ids.get(id) ?? 0) + 1);
  }
  return ids;
}
