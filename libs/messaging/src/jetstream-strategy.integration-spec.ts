import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Module, type INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Ctx, EventPattern, Payload, type MicroserviceOptions } from '@nestjs/microservices';
import { HEADERS, STREAMS, SUBJECTS, type DeadLetter } from '@picasso/contracts';
import { createMetrics, startTelemetry, withSpan } from '@picasso/telemetry';
import { eventually, startOtlpReceiver, useEngines } from '@picasso/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectBroker, type Broker } from './broker.ts';
import { consumerLag } from './consumers.ts';
import { JetStreamContext } from './jetstream-context.ts';
import { JetStreamStrategy, type JetStreamStrategyOptions } from './jetstream-strategy.ts';
import { done, duplicate, poison, retryLater, type Outcome } from './outcomes.ts';
import { createPublisher, type PublishOptions } from './publisher.ts';
import { provisionStreams } from './streams.ts';

type Handler = (data: unknown, context: JetStreamContext) => Promise<Outcome>;

/** What the controller does in the current spec. */
let handler: Handler;

@Controller()
class EventsController {
  @EventPattern<string>(SUBJECTS.allEvents)
  handle(@Payload() data: unknown, @Ctx() context: JetStreamContext): Promise<Outcome> {
    return handler(data, context);
  }
}

@Module({ controllers: [EventsController] })
class ConsumerModule {}

const engines = useEngines({ nats: true });
let broker: Broker;
let apps: INestMicroservice[] = [];

beforeAll(async () => {
  broker = await connectBroker({ url: engines().nats.url, name: 'spec' });
});
beforeEach(async () => {
  for (const name of await broker.jsm.streams.names().next()) await broker.jsm.streams.delete(name);
  // Right after a delete the server may still hold the folder.
  await eventually(() => provisionStreams(broker.jsm));
});
afterEach(async () => {
  for (const app of apps) await app.close();
  apps = [];
});
afterAll(() => broker.close());

const DURABLE = 'spec';

async function consume(
  handle: Handler,
  options: Partial<JetStreamStrategyOptions> = {},
): Promise<JetStreamStrategy> {
  handler = handle;
  const strategy = new JetStreamStrategy({
    broker: () => Promise.resolve(broker),
    stream: STREAMS.events,
    durable: DURABLE,
    filterSubjects: [SUBJECTS.allEvents],
    ...options,
  });
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(ConsumerModule, {
    strategy,
    logger: false,
  });
  apps.push(app);
  await app.listen();
  return strategy;
}

const publish = (body: unknown, options?: PublishOptions) =>
  createPublisher(broker).publish(
    SUBJECTS.events('t1'),
    typeof body === 'string' ? body : JSON.stringify(body),
    options,
  );
const lag = () => consumerLag(broker.jsm, STREAMS.events, DURABLE);
/** Everything was settled, up to this sequence. */
const settled = (seq: number) =>
  eventually(async () => {
    expect(await lag()).toEqual({
      pending: 0,
      ackPending: 0,
      ackFloorSeq: seq,
      oldestUnprocessedMs: null,
    });
  });
const deadLetter = async (seq: number) => {
  const message = await broker.jsm.streams.getMessage(STREAMS.dlq, { seq });
  return message && { subject: message.subject, header: message.header, letter: message.json() };
};
const deadLetterCount = async () => (await broker.jsm.streams.info(STREAMS.dlq)).state.messages;

describe('outcomes', () => {
  it('acknowledges what is done or was done before', async () => {
    const seen: unknown[] = [];
    await consume(async (data, context) => {
      seen.push([data, context.subject, context.seq, context.deliveryCount]);
      return seen.length === 1 ? done() : duplicate();
    });
    await publish({ n: 1 });
    await publish({ n: 2 });
    await settled(2);
    expect(seen).toEqual([
      [{ n: 1 }, 'journey.events.t1', 1, 1],
      [{ n: 2 }, 'journey.events.t1', 2, 1],
    ]);
  });

  it('gives the handler headers and the time of storing', async () => {
    const seen: [string | undefined, number][] = [];
    await consume(async (_data, context) => {
      seen.push([context.headers?.get(HEADERS.session), context.timestampMs]);
      return done();
    });
    await publish({}, { headers: { [HEADERS.session]: 'sess_1' } });
    await settled(1);
    const stored = await broker.jsm.streams.getMessage(STREAMS.events, { seq: 1 });
    expect(seen).toEqual([['sess_1', stored!.time.getTime()]]);
  });

  it('redelivers after the asked delay, later each time', async () => {
    const times: number[] = [];
    await consume(async (_data, context) => {
      times.push(Date.now());
      expect(context.deliveryCount).toBe(times.length);
      return times.length < 3 ? retryLater(300, 'not yet') : done();
    });
    await publish({});
    await settled(1);
    const [first, second] = [times[1]! - times[0]!, times[2]! - times[1]!];
    // 300 and 600 ms, each ± 20 %.
    expect(first).toBeGreaterThanOrEqual(235);
    expect(first).toBeLessThan(450);
    expect(second).toBeGreaterThanOrEqual(475);
    expect(second).toBeLessThan(850);
  });

  it('tries again what threw, and never writes it off', async () => {
    let calls = 0;
    await consume(async () => {
      calls++;
      if (calls < 3) throw new Error('table engine down');
      return done();
    });
    await publish({});
    await settled(1);
    expect(calls).toBe(3);
    expect(await deadLetterCount()).toBe(0);
  });

  it('treats a handler without an outcome like one that threw', async () => {
    let calls = 0;
    await consume(async () => (++calls === 1 ? (undefined as unknown as Outcome) : done()));
    await publish({});
    await settled(1);
    expect(calls).toBe(2);
  });

  it('sends poison to the DLQ, then never delivers it again', async () => {
    const letters: DeadLetter[] = [];
    let calls = 0;
    await consume(
      async () => {
        calls++;
        return poison('unsupported_schema', 'slice version 9');
      },
      { onDeadLetter: (letter) => letters.push(letter) },
    );
    const headers = { [HEADERS.session]: 'sess_1', [HEADERS.events]: '4' };
    await publish({ v: 9 }, { headers });
    await settled(1);
    expect(calls).toBe(1);
    const dead = await deadLetter(1);
    expect(dead?.subject).toBe('journey.dlq.unsupported_schema.t1');
    expect(dead?.header.get(HEADERS.events)).toBe('4');
    expect(dead?.letter).toMatchObject({
      tenant_hash: 't1',
      reason: 'unsupported_schema',
      error: 'slice version 9',
      event: { v: 9 },
      session_id: 'sess_1',
      attempts: 1,
      stream_seq: 1,
    });
    expect(letters).toEqual([dead?.letter]);
  });

  it.each([
    ['no JSON', Buffer.from('{"content": "my SECRET'), 'the body is not JSON'],
    ['no UTF-8', Buffer.from([0x7b, 0xff, 0xfe]), 'the body is not UTF-8'],
  ])('sends a body that is %s to the DLQ without calling anybody', async (_what, body, error) => {
    let calls = 0;
    await consume(async () => {
      calls++;
      return done();
    });
    await createPublisher(broker).publish(SUBJECTS.events('t1'), body);
    await publish({});
    await settled(2);
    expect(calls).toBe(1);
    const dead = await deadLetter(1);
    expect(dead?.subject).toBe('journey.dlq.poison.t1');
    expect(dead?.letter).toMatchObject({
      error,
      event: { base64: body.toString('base64') },
      stream_seq: 1,
    });
  });

  it('keeps a poisonous message until the DLQ takes it', async () => {
    await broker.jsm.streams.delete(STREAMS.dlq);
    await consume(async () => poison('poison', 'cannot be stored'));
    await publish({});
    await sleep(300);
    expect((await lag()).ackPending).toBe(1);
    await provisionStreams(broker.jsm);
    await settled(1);
    expect(await deadLetterCount()).toBe(1);
  });
});

describe('the loop', () => {
  it('processes at most maxInFlight messages at once', async () => {
    let running = 0;
    let most = 0;
    await consume(
      async () => {
        most = Math.max(most, ++running);
        await sleep(5);
        running--;
        return done();
      },
      { maxInFlight: 4 },
    );
    await Promise.all(Array.from({ length: 60 }, (_, n) => publish({ n })));
    await settled(60);
    expect(most).toBe(4);
  });

  it('keeps a message that takes longer than the ack wait', async () => {
    let calls = 0;
    await consume(
      async () => {
        calls++;
        await sleep(2_500);
        return done();
      },
      { ackWaitMs: 800 },
    );
    await publish({});
    await settled(1);
    expect(calls).toBe(1);
  });

  it('pauses in an outage instead of spinning, and goes on by itself', async () => {
    const metrics = createMetrics('spec', { process: false });
    let down = true;
    let calls = 0;
    const strategy = await consume(
      async () => {
        calls++;
        return down ? retryLater(50, 'table engine down') : done();
      },
      { maxInFlight: 8, metrics },
    );
    await Promise.all(Array.from({ length: 200 }, (_, n) => publish({ n })));
    await eventually(() => expect(strategy.health().paused).toBe(true));
    await sleep(1_500);
    // Without pausing, 8 at a time and 50 ms of delay would make hundreds of attempts by now.
    const attempts = calls;
    expect(attempts).toBeLessThan(40);
    expect(await deadLetterCount()).toBe(0);
    down = false;
    await eventually(async () => expect((await lag()).ackFloorSeq).toBe(200), {
      timeoutMs: 20_000,
    });
    expect(strategy.health()).toEqual({
      consuming: true,
      paused: false,
      inFlight: 0,
      broker: 'connected',
    });
    const text = await metrics.registry.metrics();
    expect(text).toContain('journey_messages_total{result="done",service="spec"} 200');
    const retries = Number(/journey_messages_total\{result="retry".*\} (\d+)/.exec(text)?.[1]);
    expect(retries).toBeGreaterThanOrEqual(attempts);
  });

  it('shows lag, ages and fill at each scrape', async () => {
    const metrics = createMetrics('spec', { process: false });
    let release: (outcome: Outcome) => void = () => undefined;
    const released = new Promise<Outcome>((resolve) => (release = resolve));
    await consume(() => released, { metrics, maxInFlight: 2 });
    for (let n = 0; n < 5; n++) await publish({ n });
    await eventually(async () => expect((await lag()).ackPending).toBe(2));
    await sleep(100);
    const text = await metrics.registry.metrics();
    const value = (name: string): number =>
      Number(new RegExp(`^${name}\\{.*\\} (\\S+)$`, 'm').exec(text)?.[1]);
    expect(value('journey_broker_up')).toBe(1);
    expect(value('journey_consumer_pending')).toBe(3);
    expect(value('journey_consumer_ack_pending')).toBe(2);
    expect(value('journey_consumer_ack_floor_seq')).toBe(0);
    expect(value('journey_consumer_oldest_unprocessed_seconds')).toBeGreaterThan(0.09);
    expect(value('journey_messages_in_flight')).toBe(2);
    expect(text).toMatch(/journey_stream_messages\{stream="EVENTS",service="spec"\} 5/);
    expect(text).toMatch(/journey_stream_messages\{stream="DLQ",service="spec"\} 0/);
    release(done());
    await settled(5);
  });

  it('refuses to start without a handler for a subject that it would consume', async () => {
    const filterSubjects = [SUBJECTS.allEvents, 'journey.other.*'];
    await expect(consume(async () => done(), { filterSubjects })).rejects.toThrow(
      'no handler for journey.other.*',
    );
  });

  it('makes its consumer again when somebody deletes it', async () => {
    const seen = new Set<unknown>();
    await consume(async (data) => {
      seen.add((data as { n: number }).n);
      return done();
    });
    await publish({ n: 1 });
    await settled(1);
    await broker.jsm.consumers.delete(STREAMS.events, DURABLE);
    await publish({ n: 2 });
    await eventually(() => expect([...seen]).toEqual([1, 2]), { timeoutMs: 20_000 });
  });
});

describe('closing', () => {
  it('finishes what was received, acknowledges it, and leaves the rest untouched', async () => {
    let started = 0;
    let finished = 0;
    const strategy = await consume(
      async () => {
        started++;
        await sleep(150);
        finished++;
        return done();
      },
      { maxInFlight: 10 },
    );
    await Promise.all(Array.from({ length: 100 }, (_, n) => publish({ n })));
    await eventually(() => expect(started).toBeGreaterThan(10));
    await strategy.close();
    const atClose = started;
    expect(finished).toBe(atClose);
    expect(atClose).toBeLessThan(100);
    expect(strategy.health()).toMatchObject({ consuming: false, inFlight: 0 });
    expect(await lag()).toMatchObject({ ackPending: 0, pending: 100 - atClose });
    await sleep(300);
    expect(started).toBe(atClose);

    // The next replica goes on exactly there.
    const seen = new Set<number>();
    await consume(async (_data, context) => {
      seen.add(context.seq);
      expect(context.deliveryCount).toBe(1);
      return done();
    });
    await settled(100);
    expect(seen.size).toBe(100 - atClose);
  });
});

describe('a broker that is killed', () => {
  it('is consumed from again, and every message is processed', async () => {
    const seen = new Set<unknown>();
    await consume(async (data) => {
      await sleep(2);
      seen.add((data as { n: number }).n);
      return done();
    });
    const publisher = createPublisher(broker);
    const numbers = Array.from({ length: 600 }, (_, n) => n);
    const publishing = Promise.all(
      numbers.map(async (n) => {
        await sleep(n * 2);
        await publisher.publish(SUBJECTS.events('t1'), JSON.stringify({ n }), {
          msgId: `n${n}`,
          timeoutMs: 15_000,
        });
      }),
    );
    await sleep(500);
    await engines().restartNats();
    await publishing;
    await eventually(() => expect(seen.size).toBe(600), { timeoutMs: 45_000 });
  });
});

describe('a trace', () => {
  it('goes on from the publisher’s span in the handler', async () => {
    const receiver = await startOtlpReceiver();
    const telemetry = await startTelemetry({ service: 'spec', otlpEndpoint: receiver.url });
    try {
      await consume(async (data, context) => {
        await withSpan('write', {}, () => Promise.resolve());
        return (data as { bad?: boolean }).bad && context.deliveryCount === 1
          ? retryLater(10, 'once')
          : done();
      });
      await withSpan('POST /events', {}, () => publish({ content: 'my SECRET' }));
      await settled(1);
      await telemetry.flush();
      const spans = receiver.spans();
      const named = (name: string) => spans.find((span) => span.name === name);
      const [post, sent, processed, written] = [
        named('POST /events'),
        named('publish'),
        named('process EVENTS'),
        named('write'),
      ];
      expect(sent).toMatchObject({ parentSpanId: post!.spanId, kind: 4 });
      expect(processed).toMatchObject({ parentSpanId: sent!.spanId, kind: 5 });
      expect(processed!.attributes).toMatchObject({
        'messaging.nats.sequence': 1,
        'journey.result': 'done',
      });
      expect(written).toMatchObject({ parentSpanId: processed!.spanId });
      expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
      expect(receiver.raw()).not.toContain('SECRET');
    } finally {
      await telemetry.shutdown();
      await receiver.close();
    }
  });
});
