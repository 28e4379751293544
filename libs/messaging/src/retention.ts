import type { JetStreamManager } from '@nats-io/jetstream';
import { consumerInfo } from './consumers.ts';

export interface PurgeRule {
  stream: string;
  /** Durable consumers that must have settled a message before it may go. */
  consumers: string[];
  /** Share of `max_bytes` above which messages go. Default 0.7. */
  above?: number;
  /** Share of `max_bytes` that the purge aims for, so that it does not run all the time. Default 0.5. */
  downTo?: number;
}

export interface Purge {
  /** Messages removed. */
  purged: number;
  /** Share of `max_bytes` in use before. */
  fill: number;
}

/**
 * Makes room in a stream that discards new messages: limits keep acknowledged messages, too, so
 * above 70 % the oldest settled ones go, estimated by their mean size. Never removes a message
 * above the lowest ack floor; "stream full" then means that consumers are behind.
 */
export async function purgeAcknowledged(jsm: JetStreamManager, rule: PurgeRule): Promise<Purge> {
  const { stream, consumers, above = 0.7, downTo = 0.5 } = rule;
  const { state, config } = await jsm.streams.info(stream);
  if (config.max_bytes <= 0 || state.messages === 0) return { purged: 0, fill: 0 };
  const fill = state.bytes / config.max_bytes;
  if (fill <= above) return { purged: 0, fill };

  const infos = await Promise.all(consumers.map((name) => consumerInfo(jsm, stream, name)));
  // A consumer that is not there yet has settled nothing.
  const floor = Math.min(...infos.map((info) => info?.ack_floor.stream_seq ?? 0));
  const surplus = state.bytes - downTo * config.max_bytes;
  const count = Math.ceil(surplus / (state.bytes / state.messages));
  // The server purges below `seq`: the floor itself is settled and may go.
  const seq = Math.min(state.first_seq + count, floor + 1);
  if (seq <= state.first_seq) return { purged: 0, fill };
  const { purged } = await jsm.streams.purge(stream, { seq });
  return { purged, fill };
}
