import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { JsMsg } from '@nats-io/jetstream';
import { STREAMS, SUBJECTS } from '@picasso/contracts';
import { eventually, useEngines } from '@picasso/testing';
import { connectBroker, type Broker } from './broker.ts';
import { provisionConsumer } from './consumers.ts';
import { BrokerUnavailableError } from './errors.ts';
import { createPublisher } from './publisher.ts';
import { purgeAcknowledged } from './retention.ts';
import { provisionStreams } from './streams.ts';

const engines = useEngines({ nats: true });
const MAX_BYTES = 128 * 1024;
const RULE = { stream: STREAMS.events, consumers: ['spec'] };
let broker: Broker;

beforeAll(async () => {
  broker = await connectBroker({ url: engines().nats.url, name: 'spec' });
});
afterAll(() => broker.close());
beforeEach(async () => {
  for (const name of await broker.jsm.streams.names().next()) await broker.jsm.streams.delete(name);
  // Right after a delete the server may still hold the folder.
  await eventually(() => provisionStreams(broker.jsm, { eventsMaxBytes: MAX_BYTES }));
  await provisionConsumer(broker.jsm, {
    stream: STREAMS.events,
    durable: 'spec',
    filterSubjects: [SUBJECTS.allEvents],
    ackWaitMs: 30_000,
    maxAckPending: 10_000,
  });
});

/** Publishes until the broker refuses; returns how many it took. */
async function fill(): Promise<number> {
  const publisher = createPublisher(broker);
  for (let stored = 0; ; stored++) {
    try {
      await publisher.publish(SUBJECTS.events('t1'), 'x'.repeat(900));
    } catch (error) {
      expect(error).toBeInstanceOf(BrokerUnavailableError);
      expect(error).toMatchObject({ reason: 'stream_full' });
      return stored;
    }
  }
}

async function deliver(count: number): Promise<JsMsg[]> {
  const consumer = await broker.js.consumers.get(STREAMS.events, 'spec');
  const messages: JsMsg[] = [];
  const batch = await consumer.fetch({ max_messages: count, expires: 2_000 });
  for await (const message of batch) messages.push(message);
  expect(messages).toHaveLength(count);
  return messages;
}

const firstSeq = async () => (await broker.jsm.streams.info(STREAMS.events)).state.first_seq;

describe('purgeAcknowledged', () => {
  it('makes room of what is acknowledged, oldest first, down to half', async () => {
    const stored = await fill();
    for (const message of await deliver(stored)) await message.ackAck();
    const { purged, fill: before } = await purgeAcknowledged(broker.jsm, RULE);
    expect(before).toBeGreaterThan(0.9);
    expect(purged).toBeGreaterThan(stored * 0.4);
    const { state } = await broker.jsm.streams.info(STREAMS.events);
    expect(state.bytes).toBeLessThanOrEqual(0.5 * MAX_BYTES);
    expect(state.bytes).toBeGreaterThan(0.4 * MAX_BYTES);
    expect(state.last_seq).toBe(stored);
    expect(await fill()).toBeGreaterThan(0);
  });

  it('never removes a message that is not acknowledged', async () => {
    const stored = await fill();
    const messages = await deliver(20);
    // 1 to 9 and 11 to 20 are settled: the floor is 9, whatever lies above.
    for (const message of messages) if (message.seq !== 10) await message.ackAck();
    expect(await purgeAcknowledged(broker.jsm, RULE)).toMatchObject({ purged: 9 });
    expect(await firstSeq()).toBe(10);
    expect(await purgeAcknowledged(broker.jsm, RULE)).toMatchObject({ purged: 0 });
    const { state } = await broker.jsm.streams.info(STREAMS.events);
    expect(state.messages).toBe(stored - 9);
  });

  it('goes by the consumer that is furthest behind, and by one that does not exist yet', async () => {
    const stored = await fill();
    for (const message of await deliver(stored)) await message.ackAck();
    const consumers = ['spec', 'archive'];
    expect((await purgeAcknowledged(broker.jsm, { ...RULE, consumers })).purged).toBe(0);
    await provisionConsumer(broker.jsm, {
      stream: STREAMS.events,
      durable: 'archive',
      filterSubjects: [SUBJECTS.allEvents],
      ackWaitMs: 30_000,
      maxAckPending: 10,
    });
    expect((await purgeAcknowledged(broker.jsm, { ...RULE, consumers })).purged).toBe(0);
    expect(await firstSeq()).toBe(1);
  });

  it('keeps acknowledged messages while there is room', async () => {
    await createPublisher(broker).publish(SUBJECTS.events('t1'), 'x'.repeat(900));
    for (const message of await deliver(1)) await message.ackAck();
    expect((await purgeAcknowledged(broker.jsm, RULE)).purged).toBe(0);
    expect(await firstSeq()).toBe(1);
  });
});
