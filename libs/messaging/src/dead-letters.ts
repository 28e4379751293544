import { HEADERS, SUBJECTS, type DeadLetter } from '@picasso/contracts';
import { createHash } from 'node:crypto';
import type { Publisher } from './publisher.ts';

/**
 * Same letter, same id: what it is about, without what differs between attempts (error, count,
 * times). A crash between the letter and the message's end thus writes it once, as long as the
 * redelivery comes within the DLQ's duplicate window (an hour). Whoever counts letters over a
 * longer time counts distinct (stream_seq, event id).
 */
function letterId(letter: DeadLetter): string {
  const { tenant_hash, reason, stream_seq, session_id, path, event } = letter;
  return createHash('sha256')
    .update(JSON.stringify([tenant_hash, reason, stream_seq, session_id, path, event]))
    .digest('base64url');
}

/** Publishes to the DLQ, under reason and tenant. */
export class DeadLetters {
  constructor(private readonly publisher: Publisher) {}

  /**
   * Resolves when the DLQ has stored the letter (or had it already).
   *
   * @param events how many events it holds, for accounting without reading bodies
   * @throws BrokerUnavailableError also when the DLQ is full: then nothing may be acknowledged
   */
  async publish(letter: DeadLetter, events = 1): Promise<void> {
    const subject = SUBJECTS.deadLetters(letter.reason, letter.tenant_hash);
    const headers: Record<string, string> = { [HEADERS.events]: String(events) };
    await this.publisher.publish(subject, JSON.stringify(letter), {
      msgId: letterId(letter),
      headers,
    });
  }
}
