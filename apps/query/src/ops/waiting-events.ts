import { DeliverPolicy } from '@nats-io/jetstream';
import { HEADERS, STREAMS } from '@picasso/contracts';
import type { Broker } from '@picasso/messaging';

/** What of a tenant lies in EVENTS behind a position. */
export interface Waiting {
  events: number;
  /** When the oldest message above the floor came in, epoch milliseconds; null where none is. */
  oldestMs: number | null;
}

export interface WaitingEvents {
  byTenant: Map<string, Waiting>;
  /** More messages are waiting than were looked at. */
  isCut: boolean;
}

const BATCH = 1_000;
export const MOST_MESSAGES = 20_000;

/**
 * Counts by header, without bodies, what no ledger has accounted for yet.
 *
 * @param position the last stream sequence that is accounted for
 * @param floor the last one up to which everything is processed
 */
export async function waitingEvents(
  { js, jsm }: Pick<Broker, 'js' | 'jsm'>,
  position: number,
  floor: number,
): Promise<WaitingEvents> {
  const byTenant = new Map<string, Waiting>();
  const { state } = await jsm.streams.info(STREAMS.events);
  if (state.last_seq <= position) return { byTenant, isCut: false };
  const consumer = await js.consumers.get(STREAMS.events, {
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: position + 1,
    headers_only: true,
  });
  try {
    for (let seen = 0; seen < MOST_MESSAGES;) {
      const before = seen;
      for await (const message of await consumer.fetch({ max_messages: BATCH, expires: 1_000 })) {
        seen += 1;
        const tenant = message.subject.slice(message.subject.lastIndexOf('.') + 1);
        const entry: Waiting = byTenant.get(tenant) ?? { events: 0, oldestMs: null };
        entry.events += Number(message.headers?.get(HEADERS.events)) || 1;
        if (message.seq > floor) entry.oldestMs ??= message.time.getTime();
        byTenant.set(tenant, entry);
        if (message.info.pending === 0) return { byTenant, isCut: false };
      }
      // All that is left was deleted meanwhile.
      if (seen === before) return { byTenant, isCut: false };
    }
    return { byTenant, isCut: true };
  } finally {
    await consumer.delete().catch(() => false);
  }
}
