import { JetStreamApiError, type JetStreamPublishOptions } from '@nats-io/jetstream';
import {
  ClosedConnectionError,
  DrainingConnectionError,
  headers as newHeaders,
  InvalidArgumentError,
  InvalidSubjectError,
  nuid,
  type MsgHdrs,
} from '@nats-io/transport-node';
import { SpanKind, trace } from '@opentelemetry/api';
import { createMetrics, injectTrace, withSpan, type Metrics } from '@picasso/telemetry';
import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs } from './backoff.ts';
import type { Broker } from './broker.ts';
import { BrokerUnavailableError } from './errors.ts';
import { Slots } from './slots.ts';
import { createTurns } from './turns.ts';

export interface PublisherOptions {
  /** Messages sent and not yet acknowledged; further ones wait for a slot. Default 512. */
  maxInFlight?: number;
  metrics?: Metrics;
}

export interface PublishOptions {
  /** The broker stores one message per id within the stream's duplicate window. Default: random. */
  msgId?: string;
  headers?: Record<string, string>;
  /** Until when a message must be acknowledged, waiting for a slot included. Default 5 s. */
  timeoutMs?: number;
}

export interface Stored {
  seq: number;
  /** The broker had a message of this id already; `seq` is that one's. */
  duplicate: boolean;
}

export interface Publisher {
  /**
   * Resolves when the stream has stored the message.
   *
   * An attempt without an answer is repeated under the same id (its outcome is unknown, not a
   * failure), so a message may be stored although this rejects.
   *
   * @throws BrokerUnavailableError
   */
  publish(subject: string, body: Uint8Array | string, options?: PublishOptions): Promise<Stored>;
  /** Resolves when nothing is in flight: the "await publishes" of a shutdown. */
  idle(): Promise<void>;
}

const DEFAULT_IN_FLIGHT = 512;
const DEFAULT_TIMEOUT_MS = 5_000;
/** Of one attempt; several fit into the deadline. */
const ATTEMPT_MS = 2_000;
const RETRY_MS = 50;
const RETRY_CAP_MS = 1_000;
/** The stream is at its limit and discards new messages (JSStreamStoreFailedF). */
const STREAM_FULL = 10_077;

/** Errors that another attempt does not cure. Everything else may pass. */
function giveUp(error: unknown): Error | undefined {
  if (error instanceof JetStreamApiError) {
    if (error.code === STREAM_FULL)
      return new BrokerUnavailableError('stream_full', { cause: error });
    // 4xx is about this message (too large, wrong sequence); 5xx about the server's state.
    return error.status < 500 ? error : undefined;
  }
  if (error instanceof ClosedConnectionError || error instanceof DrainingConnectionError) {
    return new BrokerUnavailableError('closed', { cause: error });
  }
  if (error instanceof InvalidArgumentError || error instanceof InvalidSubjectError) return error;
  return undefined;
}

export function createPublisher(broker: Broker, options: PublisherOptions = {}): Publisher {
  const { maxInFlight = DEFAULT_IN_FLIGHT } = options;
  const slots = new Slots(maxInFlight);
  const endOfTurn = createTurns();
  const record = publishMetrics(options.metrics, () => maxInFlight - slots.available);

  async function attempts(
    subject: string,
    body: Uint8Array | string,
    publish: Partial<JetStreamPublishOptions>,
    deadlineMs: number,
  ): Promise<Stored> {
    let lastError: unknown;
    for (let attempt = 1; ; attempt++) {
      // A publish without a connection would only lie in a buffer until it has timed out.
      if (broker.status() !== 'connected') await broker.connected(deadlineMs - Date.now());
      const leftMs = deadlineMs - Date.now();
      if (broker.status() === 'closed') throw new BrokerUnavailableError('closed');
      if (leftMs <= 0) {
        const reason = lastError instanceof JetStreamApiError ? 'refused' : 'no_answer';
        throw new BrokerUnavailableError(reason, { cause: lastError });
      }
      try {
        await endOfTurn();
        const timeout = Math.min(ATTEMPT_MS, leftMs);
        const { seq, duplicate } = await broker.js.publish(subject, body, { ...publish, timeout });
        return { seq, duplicate };
      } catch (error) {
        const final = giveUp(error);
        if (final) throw final;
        lastError = error;
        const delayMs = backoffMs(attempt, RETRY_MS, RETRY_CAP_MS);
        await sleep(Math.max(0, Math.min(delayMs, deadlineMs - Date.now())));
      }
    }
  }

  return {
    async publish(subject, body, { msgId = nuid.next(), headers, timeoutMs } = {}) {
      const startedMs = performance.now();
      const deadlineMs = Date.now() + (timeoutMs ?? DEFAULT_TIMEOUT_MS);
      if (!(await slots.acquire(deadlineMs))) {
        record('unavailable', startedMs);
        throw new BrokerUnavailableError('overloaded');
      }
      try {
        const send = (): Promise<Stored> =>
          attempts(subject, body, { msgID: msgId, headers: messageHeaders(headers) }, deadlineMs);
        // A span of its own only inside of a recorded trace: publishing is the hottest path.
        const stored = trace.getActiveSpan()?.isRecording()
          ? await withSpan('publish', publishSpan(subject), send)
          : await send();
        record(stored.duplicate ? 'duplicate' : 'stored', startedMs);
        return stored;
      } catch (error) {
        record(error instanceof BrokerUnavailableError ? 'unavailable' : 'failed', startedMs);
        throw error;
      } finally {
        slots.release();
      }
    },
    async idle() {
      const taken: Promise<boolean>[] = [];
      for (let slot = 0; slot < maxInFlight; slot++) taken.push(slots.acquire(Infinity));
      await Promise.all(taken);
      for (let slot = 0; slot < maxInFlight; slot++) slots.release();
    },
  };
}

/** The active span's trace travels along, also when it is not recorded: its decision holds. */
function messageHeaders(values: Record<string, string> = {}): MsgHdrs {
  const headers = newHeaders();
  for (const name in values) headers.set(name, values[name]!);
  injectTrace(headers);
  return headers;
}

/** The span's name and attributes leave out the tenant, who is the subject's last token. */
const publishSpan = (subject: string) => ({
  kind: SpanKind.PRODUCER,
  attributes: {
    'messaging.system': 'nats',
    'messaging.operation.type': 'send',
    'messaging.destination.template': subject.replace(/[^.]+$/, '*'),
  },
});

type Result = 'stored' | 'duplicate' | 'unavailable' | 'failed';

function publishMetrics(
  metrics: Metrics = createMetrics('publisher', { process: false }),
  inFlight: () => number,
): (result: Result, startedMs: number) => void {
  const seconds = metrics.histogram(
    'journey_publish_seconds',
    'From publish to the broker’s acknowledgement, by result.',
    ['result'],
  );
  metrics.gauge('journey_publish_in_flight', 'Messages sent and not yet acknowledged.', [], {
    collect() {
      this.set(inFlight());
    },
  });
  return (result, startedMs) => {
    seconds.observe({ result }, (performance.now() - startedMs) / 1_000);
  };
}
