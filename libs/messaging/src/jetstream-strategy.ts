import type { JsMsg } from '@nats-io/jetstream';
import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { SpanKind } from '@opentelemetry/api';
import { HEADERS, STREAMS, type DeadLetter, type RejectionCode } from '@picasso/contracts';
import { extractTrace, withSpan, type Metrics } from '@picasso/telemetry';
import { lastValueFrom } from 'rxjs';
import { backoffMs } from './backoff.ts';
import type { Broker, BrokerLogger, BrokerStatus } from './broker.ts';
import { watchBroker } from './broker-metrics.ts';
import { ConsumeLoop, type ConsumeHealth } from './consume-loop.ts';
import { consumeMetrics, type Result } from './consume-metrics.ts';
import { DeadLetters } from './dead-letters.ts';
import { decodeJson, rawBody } from './decode.ts';
import { JetStreamContext } from './jetstream-context.ts';
import { isOutcome, type Outcome } from './outcomes.ts';
import { createPublisher } from './publisher.ts';
import { subjectMatches } from './subjects.ts';

export interface JetStreamStrategyOptions {
  /** Resolves to the app's connection, its streams provisioned. The app closes it. */
  broker: () => Promise<Broker>;
  stream: string;
  /** Name of the durable consumer, shared by all replicas. */
  durable: string;
  /** Each needs a handler: `@EventPattern('journey.events.*')`. */
  filterSubjects: string[];
  /** Messages processed at once by this process. Default 64. */
  maxInFlight?: number;
  /** Default 30 s: what a crashed replica was working on comes again after this. */
  ackWaitMs?: number;
  /** Over all replicas. Default 4096. */
  maxAckPending?: number;
  /** How long a shutdown waits for running handlers. Default 20 s. */
  drainMs?: number;
  /** Told about every letter that the DLQ has stored for a whole message. */
  onDeadLetter?: (letter: DeadLetter, events: number) => void;
  metrics?: Metrics;
  logger?: BrokerLogger;
}

export type StrategyHealth = ConsumeHealth & { broker: BrokerStatus };

const FAILED_MS = 500;
const RETRY_CAP_MS = 60_000;

/**
 * JetStream as a transport of Nest: `app.connectMicroservice({ strategy: new JetStreamStrategy(…) })`.
 *
 * A handler gets `(data: unknown, context: JetStreamContext)` and returns an `Outcome`, which is
 * mapped to ack, delayed nak, or dead letter then term. When it throws, that is a bug or an outage:
 * the message comes again, later each time, and never lands in the DLQ for it.
 */
export class JetStreamStrategy extends Server implements CustomTransportStrategy {
  override transportId: symbol = Symbol('jetstream');
  /** Nest then leaves failures to us instead of logging them as unhandled. */
  override readonly propagatesEventHandlerErrors = true;

  private readonly record;
  private broker: Broker | undefined;
  private loop: ConsumeLoop | undefined;
  private deadLetters: DeadLetters | undefined;

  constructor(private readonly options: JetStreamStrategyOptions) {
    super();
    const { metrics, stream, durable } = options;
    this.record = consumeMetrics(metrics);
    if (metrics) {
      watchBroker(metrics, {
        broker: () => this.broker,
        streams: [stream, STREAMS.dlq],
        consumers: [{ stream, durable }],
      });
    }
  }

  listen(callback: (error?: unknown) => void): void {
    this.begin().then(
      () => callback(),
      (error: unknown) => callback(error),
    );
  }

  /** Stops pulling, finishes what was received, acknowledges it. The connection stays open. */
  async close(): Promise<void> {
    await this.loop?.stop();
  }

  health(): StrategyHealth {
    const loop = this.loop?.health() ?? { consuming: false, paused: false, inFlight: 0 };
    return { ...loop, broker: this.broker?.status() ?? 'closed' };
  }

  /** Nest's hook for a driver's own events: there are none. */
  on(): never {
    throw new Error('JetStreamStrategy has no events; see health()');
  }

  unwrap<T>(): T {
    return this.broker as T;
  }

  private async begin(): Promise<void> {
    const { stream, durable, filterSubjects } = this.options;
    const { ackWaitMs = 30_000, maxAckPending = 4_096, maxInFlight = 64 } = this.options;
    for (const subject of filterSubjects) {
      if (!this.messageHandlers.has(subject)) throw new Error(`no handler for ${subject}`);
    }
    this.broker = await this.options.broker();
    this.deadLetters = new DeadLetters(createPublisher(this.broker));
    this.loop = new ConsumeLoop({
      broker: this.broker,
      consumer: { stream, durable, filterSubjects, ackWaitMs, maxAckPending },
      maxInFlight,
      drainMs: this.options.drainMs ?? 20_000,
      process: (message) => this.process(message),
      logger: this.options.logger,
    });
    await this.loop.start();
  }

  /** One message: decode → handle → outcome → settle, in the trace that its publisher began. */
  private process(message: JsMsg): Promise<boolean> {
    const context = new JetStreamContext([message]);
    const startedMs = performance.now();
    this.record.begin(message.redelivered);
    const span = {
      parent: extractTrace(message.headers),
      kind: SpanKind.CONSUMER,
      attributes: {
        'messaging.system': 'nats',
        'messaging.operation.type': 'process',
        'messaging.destination.name': this.options.stream,
        'messaging.consumer.group.name': this.options.durable,
        'messaging.nats.sequence': message.seq,
        'messaging.nats.delivery_count': context.deliveryCount,
      },
    };
    return withSpan(`process ${this.options.stream}`, span, async (active) => {
      let result: Result = 'failed';
      try {
        result = await this.handleAndSettle(message, context);
        active.setAttribute('journey.result', result);
        return result !== 'failed' && result !== 'retry';
      } finally {
        this.record.end(result, (performance.now() - startedMs) / 1_000);
      }
    });
  }

  private async handleAndSettle(message: JsMsg, context: JetStreamContext): Promise<Result> {
    const { deliveryCount: deliveries } = context;
    const decoded = decodeJson(message.data);
    let outcome: Outcome;
    if (decoded.ok) {
      try {
        outcome = await this.handle(decoded.data, context);
      } catch (error) {
        this.options.logger?.warn({ err: error, seq: context.seq, deliveries }, 'handler failed');
        message.nak(backoffMs(deliveries, FAILED_MS, RETRY_CAP_MS));
        return 'failed';
      }
    } else {
      outcome = { kind: 'poison', reason: 'poison', error: decoded.error };
    }

    switch (outcome.kind) {
      case 'done':
      case 'duplicate':
        message.ack();
        break;
      case 'retry':
        message.nak(backoffMs(deliveries, outcome.delayMs, RETRY_CAP_MS));
        break;
      case 'poison': {
        const event = decoded.ok ? decoded.data : rawBody(message.data);
        try {
          await this.bury(event, outcome, context);
        } catch (error) {
          this.options.logger?.error({ err: error, seq: context.seq }, 'no dead letter written');
          message.nak(backoffMs(deliveries, FAILED_MS, RETRY_CAP_MS));
          return 'failed';
        }
        message.term(outcome.reason);
        break;
      }
    }
    return outcome.kind;
  }

  /** Runs the handler with everything Nest puts around it (guards, pipes, interceptors, filters). */
  private handle(data: unknown, context: JetStreamContext): Promise<Outcome> {
    const handler = this.handlerOf(context.subject);
    return new Promise((resolve, reject) => {
      this.onProcessingStartHook(this.transportId, context, async () => {
        try {
          const answer = this.transformToObservable(await handler(data, context));
          const outcome: unknown = await lastValueFrom(answer);
          if (!isOutcome(outcome)) throw new TypeError('the handler returned no outcome');
          resolve(outcome);
        } catch (error) {
          // Nest's exception filter turns what it does not know into a plain object.
          reject(error instanceof Error ? error : new Error('the handler threw', { cause: error }));
        } finally {
          this.onProcessingEndHook?.(this.transportId, context);
        }
      });
    });
  }

  private handlerOf(subject: string): MessageHandler {
    for (const [pattern, handler] of this.messageHandlers) {
      if (subjectMatches(pattern, subject)) return handler;
    }
    throw new Error(`no handler for ${subject}`);
  }

  /** A whole message into the DLQ. Single events of a slice are the handler's to send there. */
  private async bury(
    event: unknown,
    { reason, error }: { reason: RejectionCode; error: string },
    context: JetStreamContext,
  ): Promise<void> {
    const letter: DeadLetter = {
      v: 1,
      tenant_hash: context.subject.slice(context.subject.lastIndexOf('.') + 1),
      reason,
      error,
      path: '',
      event,
      session_id: context.headers?.get(HEADERS.session) || null,
      origin: null,
      attempts: context.deliveryCount,
      first_ms: context.timestampMs,
      last_ms: Date.now(),
      stream_seq: context.seq,
    };
    const events = Number(context.headers?.get(HEADERS.events)) || 1;
    await this.deadLetters?.publish(letter, events);
    this.options.onDeadLetter?.(letter, events);
  }
}
