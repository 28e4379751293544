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

describe('the transport', () => {
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

  it('shows a lost broker in health', async () => {
    const strategy = await consume(async () => done());
    expect(strategy.health()).toMatchObject({ consuming: true, broker: 'connected' });
    await engines().nats.kill();
    await eventually(() => expect(strategy.health().broker).toBe('reconnecting'));
    await engines().restartNats();
    await eventually(() => expect(strategy.health().broker).toBe('connected'));
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
