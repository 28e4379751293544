import type { StreamInfo } from '@nats-io/jetstream';
import type { Metrics } from '@picasso/telemetry';
import type { Broker } from './broker.ts';
import { consumerLag, type ConsumerLag } from './consumers.ts';

export interface Watched {
  broker: () => Broker | undefined;
  streams: string[];
  consumers: { stream: string; durable: string }[];
}

interface Sample {
  streams: Map<string, StreamInfo>;
  lags: Map<string, ConsumerLag>;
}

/** Gauges of one scrape share a sample. */
const SAMPLE_MS = 1_000;
const EMPTY: Sample = { streams: new Map(), lags: new Map() };

/**
 * Gauges on streams and consumers, asked of the broker at each scrape. While there is no answer
 * they keep their last values and `journey_broker_up` is 0.
 */
export function watchBroker(metrics: Metrics, watched: Watched): void {
  let sampledMs = 0;
  let sample = Promise.resolve(EMPTY);
  const current = (): Promise<Sample> => {
    if (Date.now() - sampledMs > SAMPLE_MS) {
      sampledMs = Date.now();
      sample = takeSample(watched).catch(() => EMPTY);
    }
    return sample;
  };

  metrics.gauge('journey_broker_up', '1 while connected to the broker.', [], {
    collect() {
      this.set(watched.broker()?.status() === 'connected' ? 1 : 0);
    },
  });

  const perStream = (name: string, help: string, value: (info: StreamInfo) => number): void => {
    metrics.gauge(name, help, ['stream'], {
      async collect() {
        for (const [stream, info] of (await current()).streams) this.set({ stream }, value(info));
      },
    });
  };
  perStream('journey_stream_messages', 'Messages in the stream.', (info) => info.state.messages);
  perStream('journey_stream_bytes', 'Bytes in the stream.', (info) => info.state.bytes);
  perStream('journey_stream_max_bytes', 'Limit of the stream.', (info) => info.config.max_bytes);
  perStream('journey_stream_last_seq', 'Sequence of the last message.', (info) => {
    return info.state.last_seq;
  });

  const perConsumer = (name: string, help: string, value: (lag: ConsumerLag) => number): void => {
    metrics.gauge(name, help, ['consumer'], {
      async collect() {
        for (const [consumer, lag] of (await current()).lags) this.set({ consumer }, value(lag));
      },
    });
  };
  perConsumer('journey_consumer_pending', 'Messages not yet delivered.', (lag) => lag.pending);
  perConsumer('journey_consumer_ack_pending', 'Messages delivered and not settled.', (lag) => {
    return lag.ackPending;
  });
  perConsumer('journey_consumer_ack_floor_seq', 'All up to here are settled.', (lag) => {
    return lag.ackFloorSeq;
  });
  perConsumer(
    'journey_consumer_oldest_unprocessed_seconds',
    'Age of the oldest message that is not settled; 0 without one.',
    ({ oldestUnprocessedMs: oldest }) =>
      oldest === null ? 0 : Math.max(0, Date.now() - oldest) / 1_000,
  );
}

async function takeSample({ broker, streams, consumers }: Watched): Promise<Sample> {
  const connected = broker();
  if (connected?.status() !== 'connected') return EMPTY;
  const { jsm } = connected;
  const [infos, lags] = await Promise.all([
    Promise.all(streams.map(async (name) => [name, await jsm.streams.info(name)] as const)),
    Promise.all(
      consumers.map(async ({ stream, durable }) => {
        return [durable, await consumerLag(jsm, stream, durable)] as const;
      }),
    ),
  ]);
  return { streams: new Map(infos), lags: new Map(lags) };
}
