import { DeliverPolicy, type JsMsg } from '@nats-io/jetstream';
import {
  type DeadLetter,
  type EventSlice,
  HEADERS,
  STREAMS,
  SUBJECTS,
  type SummaryNotice,
} from '@picasso/contracts';
import type { Broker } from '@picasso/messaging';

const BATCH = 500;

/** What is to go from a stream. */
export interface MessageMatch {
  sessions: ReadonlySet<string>;
  /** A `ga_client_id`: for messages whose session nobody has stored yet. */
  visitor: string | undefined;
  /** [from, to) epoch milliseconds: for dead letters that never became a session. */
  period: readonly [number, number] | undefined;
}

/** Removes a tenant's messages from the streams, one by one by stream sequence, content overwritten. */
export class StreamEraser {
  constructor(
    private readonly broker: Pick<Broker, 'js' | 'jsm'>,
    private readonly tenantHash: string,
  ) {}

  /** Sessions of a visitor among the messages, processed or not. */
  async sessionsOf(visitor: string): Promise<Set<string>> {
    const sessions = new Set<string>();
    for await (const message of this.messages(STREAMS.events, SUBJECTS.events(this.tenantHash))) {
      const slice = read<EventSlice>(message);
      if (slice?.events.some(({ ga_client_id }) => ga_client_id === visitor)) {
        sessions.add(slice.session_id);
      }
    }
    return sessions;
  }

  /** Stream → sequences of the messages that match. */
  async find(match: MessageMatch): Promise<Map<string, number[]>> {
    const found = new Map<string, number[]>();
    const look = async (
      stream: string,
      subject: string,
      matches: (message: JsMsg) => boolean,
    ): Promise<void> => {
      const seqs: number[] = [];
      for await (const message of this.messages(stream, subject)) {
        if (matches(message)) seqs.push(message.seq);
      }
      found.set(stream, seqs);
    };
    await look(STREAMS.events, SUBJECTS.events(this.tenantHash), (message) =>
      match.sessions.has(message.headers?.get(HEADERS.session) ?? ''),
    );
    await look(STREAMS.dlq, SUBJECTS.deadLetters('*', this.tenantHash), (message) =>
      matchesLetter(read<DeadLetter>(message), match),
    );
    await look(STREAMS.summaries, SUBJECTS.summaries(this.tenantHash), (message) =>
      match.sessions.has(read<SummaryNotice>(message)?.summary.session_id ?? ''),
    );
    return found;
  }

  async remove(found: ReadonlyMap<string, readonly number[]>): Promise<void> {
    for (const [stream, seqs] of found) {
      for (const seq of seqs) {
        // Gone already: aged out, purged, or removed by a run that was stopped.
        await this.broker.jsm.streams.deleteMessage(stream, seq, true).catch((error: unknown) => {
          if ((error as { status?: number }).status !== 400) throw error;
        });
      }
    }
  }

  /** Everything of the tenant. Stream → messages. */
  async purge(): Promise<Map<string, number>> {
    const purged = new Map<string, number>();
    for (const [stream, filter] of [
      [STREAMS.events, SUBJECTS.events(this.tenantHash)],
      [STREAMS.dlq, SUBJECTS.deadLetters('*', this.tenantHash)],
      [STREAMS.summaries, SUBJECTS.summaries(this.tenantHash)],
    ] as const) {
      const result = await this.broker.jsm.streams.purge(stream, { filter });
      purged.set(stream, result.purged);
    }
    return purged;
  }

  private async *messages(stream: string, subject: string): AsyncGenerator<JsMsg> {
    let start: { deliver_policy: DeliverPolicy; opt_start_seq?: number } = {
      deliver_policy: DeliverPolicy.All,
    };
    for (;;) {
      const consumer = await this.broker.js.consumers.get(stream, {
        ...start,
        filter_subjects: [subject],
      });
      const { num_pending } = await consumer.info();
      if (num_pending === 0) {
        await consumer.delete();
        return;
      }
      const batch = await consumer.fetch({ max_messages: BATCH, expires: 2_000 });
      let last: JsMsg | undefined;
      try {
        for await (const message of batch) {
          last = message;
          yield message;
          if (message.info.pending === 0) return;
        }
      } finally {
        await batch.close();
        await consumer.delete().catch(() => false);
      }
      if (last) {
        start = { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: last.seq + 1 };
      }
    }
  }
}

function read<T>(message: JsMsg): T | undefined {
  try {
    return message.json<T>();
  } catch {
    return undefined;
  }
}

function matchesLetter(letter: DeadLetter | undefined, match: MessageMatch): boolean {
  if (!letter) return false;
  const { sessions, visitor, period } = match;
  if (letter.session_id !== null && sessions.has(letter.session_id)) return true;
  const event = letter.event as { session_id?: unknown; ga_client_id?: unknown } | null;
  if (typeof event?.session_id === 'string' && sessions.has(event.session_id)) return true;
  if (visitor !== undefined && event?.ga_client_id === visitor) return true;
  return period !== undefined && letter.first_ms >= period[0] && letter.first_ms < period[1];
}
