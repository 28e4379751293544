import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type DirectMsgRequest, JetStreamApiError, type StoredMsg } from '@nats-io/jetstream';
import {
  HEADERS,
  STREAMS,
  SUBJECTS,
  type DeadLetter,
  type JsonObject,
  type RejectionCode,
} from '@picasso/contracts';
import { openBatch, parseBatch, type RejectedEvent } from '@picasso/contracts/validation';
import { BrokerLink } from '../broker-link.ts';
import { Problem } from '../http/problem.ts';

export interface Letter extends DeadLetter {
  /** Sequence in the DLQ: the letter's name. */
  seq: number;
}

export interface LetterFilter {
  reason?: RejectionCode | undefined;
  tenant?: string | undefined;
  /** By when a letter was put into the DLQ, epoch milliseconds [from, to). */
  fromMs?: number | undefined;
  toMs?: number | undefined;
}

export type Replayed =
  | { result: 'replayed' | 'would_replay'; event_id: string }
  | ({ result: 'rejected' } & Pick<RejectedEvent, 'code' | 'path' | 'message'>);

const NOT_FOUND = 404;

/** The dead letters as they lie in the DLQ stream. */
@Injectable()
export class DeadLetterBox {
  constructor(@Inject(BrokerLink) private readonly link: BrokerLink) {}

  /** Letters by reason and tenant. */
  async counts(): Promise<{ reason: string; tenant_hash: string; letters: number }[]> {
    const { jsm } = this.link.get();
    const { state } = await jsm.streams.info(STREAMS.dlq, {
      subjects_filter: SUBJECTS.allDeadLetters,
    });
    return Object.entries(state.subjects ?? {}).map(([subject, letters]) => {
      const [, , reason = '', tenant_hash = ''] = subject.split('.');
      return { reason, tenant_hash, letters };
    });
  }

  /** Letters in the order of their sequence (and so of their time), from behind `after`. */
  async list(
    { reason, tenant, fromMs, toMs }: LetterFilter,
    after: number,
    limit: number,
  ): Promise<Letter[]> {
    const subject = SUBJECTS.deadLetters(reason ?? '*', tenant ?? '*');
    const first =
      fromMs === undefined ? 1 : (await this.message({ start_time: new Date(fromMs) }))?.seq;
    if (first === undefined) return [];
    const found: Letter[] = [];
    for (let seq = Math.max(first, after + 1); found.length < limit;) {
      const message = await this.message({ seq, next_by_subj: subject });
      if (!message || message.time.getTime() >= (toMs ?? Infinity)) break;
      found.push(letterOf(message));
      seq = message.seq + 1;
    }
    return found;
  }

  async get(seq: number): Promise<Letter | undefined> {
    const message = await this.message({ seq });
    return message && letterOf(message);
  }

  async remove(seq: number): Promise<void> {
    await this.link.get().jsm.streams.deleteMessage(STREAMS.dlq, seq);
  }

  /**
   * Sends an event on its way again, checked as ingest would have. Publishing twice is harmless:
   * events are stored under their ids, so that a crash before the letter is removed loses nothing.
   */
  async replay(letter: Letter, event: unknown, dryRun: boolean): Promise<Replayed> {
    const opened = openBatch([flatten(letter, event)]);
    if ('error' in opened)
      return { result: 'rejected', code: 'invalid', path: '', message: opened.message };
    const { slices, rejected } = parseBatch(opened, {
      grant: { tenant_hash: letter.tenant_hash, origin: letter.origin ?? 'browser' },
      received_ms: letter.first_ms,
      sha256: (text) => createHash('sha256').update(text).digest('hex'),
    });
    const [refusal] = rejected;
    if (refusal) {
      const { code, path, message } = refusal;
      return { result: 'rejected', code, path, message };
    }
    const slice = slices[0]?.slice;
    const taken = slice?.events[0];
    if (!slice || !taken) throw new Error('an event was neither taken nor refused');
    if (dryRun) return { result: 'would_replay', event_id: taken.event_id };
    await this.link.publisher().publish(SUBJECTS.events(slice.tenant_hash), JSON.stringify(slice), {
      msgId: `replay-${letter.seq}-${taken.event_id}`,
      headers: { [HEADERS.events]: '1', [HEADERS.session]: slice.session_id },
    });
    await this.remove(letter.seq);
    return { result: 'replayed', event_id: taken.event_id };
  }

  private async message(query: DirectMsgRequest): Promise<StoredMsg | undefined> {
    const { jsm } = this.link.get();
    try {
      return (await jsm.direct.getMessage(STREAMS.dlq, query)) ?? undefined;
    } catch (error) {
      if (error instanceof JetStreamApiError && error.status === NOT_FOUND) return undefined;
      if (error instanceof Error && /no message found/i.test(error.message)) return undefined;
      throw new Problem('unavailable', { retryAfter: 5, cause: error });
    }
  }
}

const letterOf = (message: StoredMsg): Letter => ({
  ...message.json<DeadLetter>(),
  seq: message.seq,
});

/** An event that had travelled as senders send it; anything else as it is. */
function flatten({ session_id }: Letter, event: unknown): unknown {
  if (typeof event !== 'object' || event === null || !('timestamp_ms' in event)) return event;
  const { timestamp_ms, clock: _, ...rest } = event as JsonObject;
  return { session_id, ...rest, timestamp: timestamp_ms };
}
