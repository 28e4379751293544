import {
  AckPolicy,
  DeliverPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  ReplayPolicy,
  type ConsumerConfig,
  type ConsumerInfo,
  type ConsumerUpdateConfig,
  type JetStreamManager,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import {
  changedKeys,
  mergeMetadata,
  SCHEMA_VERSION,
  schemaVersion,
  sendConfig,
} from './config-diff.ts';
import { MigrationError } from './errors.ts';

export interface ConsumerSettings {
  stream: string;
  durable: string;
  filterSubjects: string[];
  /** A message that is neither settled nor reported as in progress comes again after this. */
  ackWaitMs: number;
  /** Delivered and not yet settled, over all replicas; also bounds what waits for a delayed retry. */
  maxAckPending: number;
}

/** What the server refuses to change on an existing consumer. */
const FIXED: readonly (keyof ConsumerConfig)[] = ['ack_policy', 'deliver_policy', 'replay_policy'];

function consumerConfig(settings: ConsumerSettings): Partial<ConsumerConfig> {
  const { durable, filterSubjects, ackWaitMs, maxAckPending } = settings;
  const [only] = filterSubjects;
  return {
    durable_name: durable,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    replay_policy: ReplayPolicy.Instant,
    ack_wait: nanos(ackWaitMs),
    max_ack_pending: maxAckPending,
    // Any bound would leave exhausted messages unread in the stream; the DLQ rule is ours.
    max_deliver: -1,
    // Servers before 2.10 know the singular only.
    ...(filterSubjects.length === 1
      ? { filter_subject: only, filter_subjects: undefined }
      : { filter_subject: undefined, filter_subjects: filterSubjects }),
    metadata: { [SCHEMA_VERSION.key]: String(SCHEMA_VERSION.current) },
  };
}

/**
 * Creates the durable pull consumer, or changes what differs in place; its position is never lost.
 * Creation is asked for only when there is none: a create that the server rejects can take the
 * state of an existing consumer with it.
 *
 * @throws MigrationError when a setting differs that cannot be changed in place
 */
export async function provisionConsumer(
  jsm: JetStreamManager,
  settings: ConsumerSettings,
): Promise<'created' | 'updated' | 'unchanged' | 'newer'> {
  const { stream, durable } = settings;
  const desired = consumerConfig(settings);
  const info = await consumerInfo(jsm, stream, durable);
  if (!info) {
    try {
      await sendConfig(desired, (config) => jsm.consumers.add(stream, config));
      return 'created';
    } catch (error) {
      // Another replica created it between our look and our call, with other settings.
      if (!(await consumerInfo(jsm, stream, durable))) throw error;
      return provisionConsumer(jsm, settings);
    }
  }

  const current = info.config;
  if (schemaVersion(current.metadata) > schemaVersion(desired.metadata)) return 'newer';
  const target = { ...desired, metadata: mergeMetadata(current.metadata, desired.metadata) };
  const changed = changedKeys(current, target);
  if (changed.length === 0) return 'unchanged';
  const fixed = changed.filter((key) => FIXED.includes(key));
  if (fixed.length > 0) {
    throw new MigrationError(
      `consumer ${durable} on ${stream}: ${fixed.join(', ')} cannot be changed in place; ` +
        'give the consumer a new name (processing is idempotent) and delete this one afterwards',
    );
  }
  await sendConfig(target, (config) =>
    jsm.consumers.update(stream, durable, config as Partial<ConsumerUpdateConfig>),
  );
  return 'updated';
}

/** undefined when there is no such consumer (or no such stream). */
export async function consumerInfo(
  jsm: JetStreamManager,
  stream: string,
  durable: string,
): Promise<ConsumerInfo | undefined> {
  try {
    return await jsm.consumers.info(stream, durable);
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.ConsumerNotFound) {
      return undefined;
    }
    throw error;
  }
}

export interface ConsumerLag {
  /** Messages not yet delivered to anyone. */
  pending: number;
  /** Messages delivered and not yet settled, delayed retries included. */
  ackPending: number;
  /** Every message up to this stream sequence is settled. */
  ackFloorSeq: number;
  /** When the broker stored the oldest unsettled message: epoch ms (not an age); null without one. */
  oldestUnprocessedMs: number | null;
}

/** How far a consumer is behind; safe against races in that it may look older, never younger. */
export async function consumerLag(
  jsm: JetStreamManager,
  stream: string,
  durable: string,
): Promise<ConsumerLag> {
  const info = await jsm.consumers.info(stream, durable);
  const { num_pending: pending, num_ack_pending: ackPending, ack_floor, config } = info;
  const lag = { pending, ackPending, ackFloorSeq: ack_floor.stream_seq };
  if (pending === 0 && ackPending === 0) return { ...lag, oldestUnprocessedMs: null };

  const filters = config.filter_subjects ?? [config.filter_subject ?? '>'];
  const oldest = await Promise.all(
    filters.map((filter) => {
      // The library types `next_by_subj` for direct gets only. A direct get may be answered by a
      // replica that lags behind and then looks younger; this one goes to the stream's leader.
      const next = { seq: ack_floor.stream_seq + 1, next_by_subj: filter };
      return jsm.streams.getMessage(stream, next);
    }),
  );
  const times = oldest.flatMap((message) => (message ? [message.time.getTime()] : []));
  return { ...lag, oldestUnprocessedMs: times.length > 0 ? Math.min(...times) : null };
}
