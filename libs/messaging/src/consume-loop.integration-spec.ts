import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { JsMsg } from '@nats-io/jetstream';
import { STREAMS, SUBJECTS } from '@picasso/contracts';
import { eventually, useEngines } from '@picasso/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectBroker, type Broker } from './broker.ts';
import { ConsumeLoop, type ConsumeOptions } from './consume-loop.ts';
import { consumerLag } from './consumers.ts';
import { createPublisher } from './publisher.ts';
import { provisionStreams } from './streams.ts';

const engines = useEngines({ nats: true });
let broker: Broker;
let loops: ConsumeLoop[] = [];

beforeAll(async () => {
  broker = await connectBroker({ url: engines().nats.url, name: 'spec' });
});
beforeEach(async () => {
  for (const name of await broker.jsm.streams.names().next()) await broker.jsm.streams.delete(name);
  // Right after a delete the server may still hold the folder.
  await eventually(() => provisionStreams(broker.jsm));
});
afterEach(async () => {
  await Promise.all(loops.map((loop) => loop.stop()));
  loops = [];
});
afterAll(() => broker.close());

const DURABLE = 'spec';

interface Limits extends Partial<Omit<ConsumeOptions, 'broker' | 'consumer' | 'process'>> {
  ackWaitMs?: number;
}

async function consume(
  process: ConsumeOptions['process'],
  { ackWaitMs = 30_000, ...limits }: Limits = {},
): Promise<ConsumeLoop> {
  const loop = new ConsumeLoop({
    broker,
    consumer: {
      stream: STREAMS.events,
      durable: DURABLE,
      filterSubjects: [SUBJECTS.allEvents],
      ackWaitMs,
      maxAckPending: 1_000,
    },
    maxInFlight: 16,
    drainMs: 10_000,
    process,
    ...limits,
  });
  loops.push(loop);
  await loop.start();
  return loop;
}

/** Works for `ms`, then acknowledges. */
const work =
  (ms: number, done: (message: JsMsg) => void = () => undefined) =>
  async (message: JsMsg): Promise<boolean> => {
    await sleep(ms);
    done(message);
    message.ack();
    return true;
  };

async function publish(count: number): Promise<void> {
  const publisher = createPublisher(broker);
  const numbers = Array.from({ length: count }, (_, n) => n);
  await Promise.all(numbers.map((n) => publisher.publish(SUBJECTS.events('t1'), `${n}`)));
}

const lag = () => consumerLag(broker.jsm, STREAMS.events, DURABLE);
const settled = (seq: number, timeoutMs = 10_000) =>
  eventually(async () => expect(await lag()).toMatchObject({ ackPending: 0, ackFloorSeq: seq }), {
    timeoutMs,
  });

describe('the loop', () => {
  it('processes at most maxInFlight messages at once', async () => {
    let running = 0;
    let most = 0;
    await consume(
      async (message) => {
        most = Math.max(most, ++running);
        await sleep(5);
        running--;
        message.ack();
        return true;
      },
      { maxInFlight: 4 },
    );
    await publish(60);
    await settled(60);
    expect(most).toBe(4);
  });

  it('keeps a message that takes longer than the ack wait', async () => {
    const deliveries: number[] = [];
    await consume(
      work(2_500, (message) => deliveries.push(message.info.deliveryCount)),
      { ackWaitMs: 800 },
    );
    await publish(1);
    await settled(1);
    expect(deliveries).toEqual([1]);
  });

  it('makes its consumer again when somebody deletes it', async () => {
    const seen = new Set<number>();
    await consume(work(0, (message) => seen.add(message.seq)));
    await publish(1);
    await settled(1);
    await broker.jsm.consumers.delete(STREAMS.events, DURABLE);
    await publish(1);
    await eventually(() => expect([...seen]).toEqual([1, 2]));
  });
});

describe('an outage', () => {
  it('pauses pulling instead of spinning, and is over by itself', async () => {
    let down = true;
    let attempts = 0;
    const loop = await consume(
      async (message) => {
        attempts++;
        if (down) message.nak(50);
        else message.ack();
        return !down;
      },
      { maxInFlight: 8 },
    );
    await publish(200);
    await eventually(() => expect(loop.health().paused).toBe(true));
    await sleep(1_500);
    // Without pausing, 8 at a time and 50 ms of delay would make hundreds of attempts by now.
    expect(attempts).toBeLessThan(40);
    expect((await lag()).ackFloorSeq).toBe(0);
    down = false;
    // Much sooner than the ack wait of 30 s: what came during the pause was sent back at once.
    await settled(200, 8_000);
    expect(loop.health()).toEqual({ consuming: true, paused: false, inFlight: 0 });
  });
});

describe('stopping', () => {
  it('finishes what was received, acknowledges it, and leaves the rest untouched', async () => {
    let started = 0;
    let finished = 0;
    const loop = await consume(
      async (message) => {
        started++;
        return work(150, () => finished++)(message);
      },
      { maxInFlight: 10 },
    );
    await publish(100);
    await eventually(() => expect(started).toBeGreaterThan(10));
    await loop.stop();
    const atStop = started;
    expect(finished).toBe(atStop);
    expect(atStop).toBeLessThan(100);
    expect(loop.health()).toMatchObject({ consuming: false, inFlight: 0 });
    expect(await lag()).toMatchObject({ ackPending: 0, pending: 100 - atStop });
    await sleep(300);
    expect(started).toBe(atStop);

    // The next replica goes on exactly there.
    const deliveries = new Map<number, number>();
    await consume(work(0, (message) => deliveries.set(message.seq, message.info.deliveryCount)));
    await settled(100);
    expect(deliveries.size).toBe(100 - atStop);
    expect(new Set(deliveries.values())).toEqual(new Set([1]));
  });

  it('takes what is on its way to it', async () => {
    const publisher = createPublisher(broker);
    // 8 MB: a pull that the server has answered and the socket has not yet brought.
    const body = 'x'.repeat(20_000);
    await Promise.all(
      Array.from({ length: 400 }, () => publisher.publish(SUBJECTS.events('t1'), body)),
    );
    let processed = 0;
    let stopped: Promise<void> | undefined;
    const loop = await consume(
      async (message) => {
        stopped ??= loop.stop();
        return work(1, () => processed++)(message);
      },
      { maxInFlight: 400 },
    );
    await eventually(() => expect(stopped).toBeDefined());
    await stopped;
    expect(processed).toBe(400);
    expect(await lag()).toMatchObject({ pending: 0, ackPending: 0, ackFloorSeq: 400 });
  });

  it('waits no longer than it may for a handler that hangs; the message comes again', async () => {
    const loop = await consume(() => new Promise<boolean>(() => undefined), {
      ackWaitMs: 1_000,
      drainMs: 1_500,
    });
    await publish(1);
    await eventually(() => expect(loop.health().inFlight).toBe(1));
    const startedMs = Date.now();
    await loop.stop();
    expect(Date.now() - startedMs).toBeLessThan(3_000);
    const deliveries: number[] = [];
    await consume(
      work(0, (message) => deliveries.push(message.info.deliveryCount)),
      { ackWaitMs: 1_000 },
    );
    await settled(1);
    expect(deliveries).toEqual([2]);
  });
});

describe('a broker that is killed', () => {
  it('is consumed from again, and every message is processed', async () => {
    const seen = new Set<string>();
    await consume(
      work(2, (message) => seen.add(message.string())),
      { ackWaitMs: 2_000 },
    );
    const publisher = createPublisher(broker);
    const publishing = Promise.all(
      Array.from({ length: 600 }, async (_, n) => {
        await sleep(n * 2);
        await publisher.publish(SUBJECTS.events('t1'), `${n}`, {
          msgId: `n${n}`,
          timeoutMs: 15_000,
        });
      }),
    );
    await sleep(500);
    await engines().restartNats();
    await publishing;
    await eventually(() => expect(seen.size).toBe(600), { timeoutMs: 30_000 });
    const { state } = await broker.jsm.streams.info(STREAMS.events);
    expect(state.messages).toBe(600);
    await settled(600);
  });
});
