import { DeliverPolicy, type JsMsg } from '@nats-io/jetstream';
import { HEADERS, STREAMS, type DeadLetter, type EventSlice } from '@picasso/contracts';
import type { Broker } from '@picasso/messaging';
import {
  type LedgerCounts,
  type LedgerStore,
  MAX_LEDGER_TENANTS,
  NO_COUNTS,
} from '@picasso/storage';

/** A processed message, reduced to what accounting needs. */
interface Entry {
  seq: number;
  storedMs: number;
  tenant_hash: string;
  session_id: string;
  event_ids: string[];
}

export interface LedgerStep {
  /** Stream sequence up to which everything is accounted for now. */
  position: number;
  messages: number;
  /** Messages that were purged or aged out before they could be accounted for. */
  unaudited: number;
}

interface StartingPoint {
  deliver_policy: DeliverPolicy;
  opt_start_seq?: number;
  opt_start_time?: string;
  headers_only?: boolean;
}

const BATCH = 1_000;
const WAITING_BATCHES = 50;

/**
 * Reconciles without trusting any counter in memory (pipeline rule 13): walks the processed part
 * of the EVENTS stream and looks every event up where it should have ended. What is neither in the
 * session's rows nor in the DLQ is missing.
 *
 * accepted = stored + duplicates + dead-lettered + missing, per tenant; what lies above the
 * consumer's ack floor is waiting and not looked at yet.
 */
export class Ledger {
  constructor(
    private readonly broker: Pick<Broker, 'js' | 'jsm'>,
    private readonly store: LedgerStore,
  ) {}

  /** Accounts for up to a batch of messages at or below `floor`. */
  async step(floor: number): Promise<LedgerStep> {
    const from = await this.store.position();
    if (from >= floor) return { position: from, messages: 0, unaudited: 0 };
    const { state } = await this.broker.jsm.streams.info(STREAMS.events);
    const firstSeq = Math.max(from + 1, state.first_seq);
    const unaudited = firstSeq - (from + 1);
    const { entries, upTo } = await this.read(firstSeq, floor);
    const counts = await this.count(entries);
    await this.store.advance(from, upTo, counts);
    return { position: upTo, messages: entries.length, unaudited };
  }

  /** Events above `floor` per tenant, counted by header; at most the first 50,000 messages. */
  async waiting(floor: number): Promise<Map<string, number>> {
    const waiting = new Map<string, number>();
    let from = floor + 1;
    for (let batches = 0; batches < WAITING_BATCHES; batches += 1) {
      let last: JsMsg | undefined;
      for await (const message of this.messages(STREAMS.events, {
        deliver_policy: DeliverPolicy.StartSequence,
        opt_start_seq: from,
        headers_only: true,
      })) {
        last = message;
        const tenant = message.subject.slice(message.subject.lastIndexOf('.') + 1);
        const events = Number(message.headers?.get(HEADERS.events)) || 1;
        waiting.set(tenant, (waiting.get(tenant) ?? 0) + events);
      }
      if (!last || last.info.pending === 0) break;
      from = last.seq + 1;
    }
    return waiting;
  }

  private async read(from: number, floor: number): Promise<{ entries: Entry[]; upTo: number }> {
    if (from > floor) return { entries: [], upTo: floor };
    const entries: Entry[] = [];
    const tenants = new Set<string>();
    let upTo = from - 1;
    for await (const message of this.messages(STREAMS.events, {
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: from,
    })) {
      if (message.seq > floor) {
        // Sequences between the last message and this one were deleted: nothing to account for.
        upTo = floor;
        break;
      }
      const entry = entryOf(message);
      if (entry) {
        tenants.add(entry.tenant_hash);
        if (tenants.size > MAX_LEDGER_TENANTS) break;
        entries.push(entry);
      }
      upTo = message.seq;
    }
    return { entries, upTo };
  }

  /** At most a batch of messages from a position on; ends early when there are no more. */
  private async *messages(stream: string, start: StartingPoint): AsyncGenerator<JsMsg> {
    const consumer = await this.broker.js.consumers.get(stream, start);
    const batch = await consumer.fetch({ max_messages: BATCH, expires: 1_000 });
    try {
      for await (const message of batch) {
        yield message;
        if (message.info.pending === 0) return;
      }
    } finally {
      await batch.close();
      await consumer.delete().catch(() => false);
    }
  }

  private async count(entries: readonly Entry[]): Promise<Map<string, LedgerCounts>> {
    const owners = new Map<string, Map<string, number>>();
    const counts = new Map<string, LedgerCounts>();
    const absent: { entry: Entry; id: string }[] = [];
    for (const entry of entries) {
      const session = `${entry.tenant_hash}/${entry.session_id}`;
      let stored = owners.get(session);
      if (!stored) {
        stored = await this.store.storedBy(entry.tenant_hash, entry.session_id);
        owners.set(session, stored);
      }
      const count = counts.get(entry.tenant_hash) ?? { ...NO_COUNTS };
      counts.set(entry.tenant_hash, count);
      const seen = new Set<string>();
      for (const id of entry.event_ids) {
        count.accepted += 1;
        const owner = stored.get(id);
        if (owner === undefined) absent.push({ entry, id });
        else if (owner === entry.seq && !seen.has(id)) count.stored += 1;
        else count.duplicates += 1;
        seen.add(id);
      }
    }
    const letters = absent.length > 0 ? await this.lettersSince(absent[0]!.entry.storedMs) : null;
    for (const { entry, id } of absent) {
      const count = counts.get(entry.tenant_hash) as LedgerCounts;
      if (letters?.has(`${entry.seq}/${id}`) || letters?.has(`${entry.seq}/`)) {
        count.dead_lettered += 1;
      } else {
        count.missing += 1;
      }
    }
    return counts;
  }

  /** `{stream sequence}/{event id}` of every dead letter since then; no id for a whole message. */
  private async lettersSince(sinceMs: number): Promise<Set<string>> {
    const found = new Set<string>();
    let start: StartingPoint = {
      deliver_policy: DeliverPolicy.StartTime,
      opt_start_time: new Date(sinceMs - 1_000).toISOString(),
    };
    for (;;) {
      let last: JsMsg | undefined;
      for await (const message of this.messages(STREAMS.dlq, start)) {
        last = message;
        const letter = message.json<DeadLetter>();
        if (letter.stream_seq === null) continue;
        const event = letter.event as { event_id?: string } | null;
        found.add(`${letter.stream_seq}/${event?.event_id ?? ''}`);
      }
      if (!last || last.info.pending === 0) return found;
      start = { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: last.seq + 1 };
    }
  }
}

/** undefined for a message that is no slice; the consumer has dead-lettered it as a whole. */
function entryOf(message: JsMsg): Entry | undefined {
  try {
    const slice = message.json<EventSlice>();
    return {
      seq: message.seq,
      storedMs: message.time.getTime(),
      tenant_hash: slice.tenant_hash,
      session_id: slice.session_id,
      event_ids: slice.events.map((event: { event_id?: string } | null) => event?.event_id ?? ''),
    };
  } catch {
    return undefined;
  }
}
