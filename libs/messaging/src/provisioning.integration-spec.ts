import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { AckPolicy, DiscardPolicy, RetentionPolicy, StorageType } from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import { STREAMS, SUBJECTS } from '@picasso/contracts';
import { useEngines } from '@picasso/testing';
import { connectBroker, type Broker } from './broker.ts';
import { consumerLag, provisionConsumer, type ConsumerSettings } from './consumers.ts';
import { MigrationError } from './errors.ts';
import { provisionStream, provisionStreams, streamConfigs } from './streams.ts';

const engines = useEngines({ nats: true });
let broker: Broker;

beforeAll(async () => {
  broker = await connectBroker({ url: engines().nats.url, name: 'spec' });
});
afterEach(async () => {
  for (const name of await broker.jsm.streams.names().next()) await broker.jsm.streams.delete(name);
});
afterAll(() => broker.close());

const MIB = 1024 ** 2;
const eventsStream = () => streamConfigs()[0]!;
const consumer: ConsumerSettings = {
  stream: STREAMS.events,
  durable: 'spec',
  filterSubjects: [SUBJECTS.allEvents],
  ackWaitMs: 30_000,
  maxAckPending: 100,
};

const publish = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i++) await broker.js.publish(SUBJECTS.events('t1'), `${i}`);
};
/** Takes the next messages off the consumer. */
const take = async (count: number) => {
  const pulled = await broker.js.consumers.get(STREAMS.events, consumer.durable);
  const batch = await pulled.fetch({ max_messages: count, expires: 1_000 });
  const messages = [];
  for await (const message of batch) messages.push(message);
  return messages;
};

describe('provisionStreams', () => {
  it('creates the three streams with the promised settings', async () => {
    await provisionStreams(broker.jsm);
    const events = await broker.jsm.streams.info(STREAMS.events);
    expect(events.config).toMatchObject({
      subjects: ['journey.events.*'],
      storage: StorageType.File,
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.New,
      max_age: nanos(14 * 86_400_000),
      num_replicas: 1,
      metadata: { picasso_schema: '1' },
    });
    const letters = await broker.jsm.streams.info(STREAMS.dlq);
    expect(letters.config).toMatchObject({
      subjects: ['journey.dlq.>'],
      discard: DiscardPolicy.New,
      max_age: nanos(30 * 86_400_000),
    });
    const summaries = await broker.jsm.streams.info(STREAMS.summaries);
    expect(summaries.config).toMatchObject({
      subjects: ['journey.summaries.*'],
      storage: StorageType.File,
      max_age: nanos(3_600_000),
    });
  });

  it('changes nothing the second time', async () => {
    await provisionStreams(broker.jsm);
    await publish(3);
    const before = await broker.jsm.streams.info(STREAMS.events);
    for (const config of streamConfigs()) {
      expect(await provisionStream(broker.jsm, config)).toBe('unchanged');
    }
    const after = await broker.jsm.streams.info(STREAMS.events);
    expect(after.created).toBe(before.created);
    expect(after.state.messages).toBe(3);
  });

  it('survives several services that start at once', async () => {
    await Promise.all(Array.from({ length: 5 }, () => provisionStreams(broker.jsm)));
    expect(await provisionStream(broker.jsm, eventsStream())).toBe('unchanged');
  });

  it('changes settings in place and keeps messages, foreign settings and metadata', async () => {
    await broker.jsm.streams.add({
      name: STREAMS.events,
      subjects: [SUBJECTS.allEvents],
      max_bytes: MIB,
      max_msgs: 1_000,
      metadata: { owner: 'operations' },
    });
    await publish(3);
    expect(await provisionStream(broker.jsm, eventsStream())).toBe('updated');
    const { config, state } = await broker.jsm.streams.info(STREAMS.events);
    expect(state.messages).toBe(3);
    expect(config).toMatchObject({
      discard: DiscardPolicy.New,
      max_bytes: eventsStream().max_bytes,
      max_msgs: 1_000,
      metadata: { owner: 'operations', picasso_schema: '1' },
    });
  });

  it('leaves a stream of a newer version alone', async () => {
    await broker.jsm.streams.add({
      ...eventsStream(),
      max_bytes: 7 * MIB,
      metadata: { picasso_schema: '2' },
    });
    expect(await provisionStream(broker.jsm, eventsStream())).toBe('newer');
    const { config } = await broker.jsm.streams.info(STREAMS.events);
    expect(config.max_bytes).toBe(7 * MIB);
  });

  it('refuses what cannot be changed in place, and touches nothing', async () => {
    await broker.jsm.streams.add({ ...eventsStream(), storage: StorageType.Memory });
    await publish(2);
    await expect(provisionStreams(broker.jsm)).rejects.toThrow(MigrationError);
    expect((await broker.jsm.streams.info(STREAMS.events)).state.messages).toBe(2);
  });
});

describe('provisionConsumer', () => {
  it('keeps the position when nothing, and when something differs', async () => {
    await provisionStreams(broker.jsm);
    expect(await provisionConsumer(broker.jsm, consumer)).toBe('created');
    await publish(10);
    const [first, second, third] = await take(3);
    await first!.ackAck();
    await second!.ackAck();

    expect(await provisionConsumer(broker.jsm, consumer)).toBe('unchanged');
    const changed = { ...consumer, ackWaitMs: 45_000, maxAckPending: 50 };
    expect(await provisionConsumer(broker.jsm, changed)).toBe('updated');

    const info = await broker.jsm.consumers.info(STREAMS.events, consumer.durable);
    expect(info.config).toMatchObject({
      ack_policy: AckPolicy.Explicit,
      ack_wait: nanos(45_000),
      max_ack_pending: 50,
      max_deliver: -1,
    });
    expect(info.ack_floor.stream_seq).toBe(2);
    expect(info.num_ack_pending).toBe(1);
    expect(third!.seq).toBe(3);
    const [next] = await take(1);
    expect(next!.seq).toBe(4);
  });

  it('refuses another acknowledgement policy and keeps the state', async () => {
    await provisionStreams(broker.jsm);
    await broker.jsm.consumers.add(STREAMS.events, {
      durable_name: consumer.durable,
      ack_policy: AckPolicy.All,
    });
    await publish(3);
    const messages = await take(2);
    await messages[1]!.ackAck();
    await expect(provisionConsumer(broker.jsm, consumer)).rejects.toThrow(MigrationError);
    const info = await broker.jsm.consumers.info(STREAMS.events, consumer.durable);
    expect(info.ack_floor.stream_seq).toBe(2);
  });

  it('survives several replicas that start at once with different settings', async () => {
    await provisionStreams(broker.jsm);
    await Promise.all(
      [100, 200, 300].map((maxAckPending) =>
        provisionConsumer(broker.jsm, { ...consumer, maxAckPending }),
      ),
    );
    const info = await broker.jsm.consumers.info(STREAMS.events, consumer.durable);
    expect([100, 200, 300]).toContain(info.config.max_ack_pending);
  });
});

describe('consumerLag', () => {
  it('counts what waits and knows when the oldest of it was stored', async () => {
    await provisionStreams(broker.jsm);
    await provisionConsumer(broker.jsm, consumer);
    const idle = { pending: 0, ackPending: 0, ackFloorSeq: 0, oldestUnprocessedMs: null };
    expect(await consumerLag(broker.jsm, STREAMS.events, consumer.durable)).toEqual(idle);

    await publish(5);
    const [first, second] = await take(2);
    await first!.ackAck();
    expect(await consumerLag(broker.jsm, STREAMS.events, consumer.durable)).toEqual({
      pending: 3,
      ackPending: 1,
      ackFloorSeq: 1,
      oldestUnprocessedMs: second!.time.getTime(),
    });

    await second!.ackAck();
    for (const message of await take(3)) await message.ackAck();
    expect(await consumerLag(broker.jsm, STREAMS.events, consumer.durable)).toEqual({
      ...idle,
      ackFloorSeq: 5,
    });
  });
});
