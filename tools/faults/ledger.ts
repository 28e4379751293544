/**
 * The oracle: what was sent, and what ingest promised about it. Kept in memory for the checks and on
 * disk for whoever looks into a failure.
 */
import { createWriteStream, type WriteStream } from 'node:fs';
import type { RejectionCode } from '@picasso/contracts';

/** One event, wherever it turns up. */
export interface EventRef {
  tenant_hash: string;
  session_id: string;
  event_id: string;
}

export const eventKey = ({ tenant_hash, session_id, event_id }: EventRef): string =>
  `${tenant_hash}/${session_id}/${event_id}`;

export interface LedgerEvent extends EventRef {
  item: string | null;
}

/** A dead letter that has to be there in the end. */
export interface ExpectedLetter {
  reason: RejectionCode;
  /** Key of the event, or `seq:{stream sequence}` of a message that cannot be read. */
  what: string;
}

export class Ledger {
  /** Everything that ever left for ingest. */
  readonly sent = new Map<string, LedgerEvent>();
  /** Answered with 202: promised. */
  readonly acknowledged = new Map<string, LedgerEvent>();
  readonly expectedLetters: ExpectedLetter[] = [];
  /** Requests of valid events that were answered with anything final but an acceptance. */
  readonly refusals: string[] = [];
  /** Requests without an answer, or told to come back. */
  retries = 0;
  private readonly file: WriteStream;

  constructor(path: string) {
    this.file = createWriteStream(path);
  }

  willSend(event: LedgerEvent): void {
    this.sent.set(eventKey(event), event);
  }

  wasAcknowledged(event: LedgerEvent): void {
    const key = eventKey(event);
    if (this.acknowledged.has(key)) return;
    this.acknowledged.set(key, event);
    this.file.write(`${Date.now()} acknowledged ${key}\n`);
  }

  expectLetter(letter: ExpectedLetter): void {
    this.expectedLetters.push(letter);
    this.file.write(`${Date.now()} to be dead-lettered as ${letter.reason}: ${letter.what}\n`);
  }

  wasRefused(what: string): void {
    this.refusals.push(what);
    this.file.write(`${Date.now()} refused ${what}\n`);
  }

  /** A line among the others: which process was killed when. */
  note(line: string): void {
    this.file.write(`${Date.now()} ${line}\n`);
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.file.end(resolve));
  }
}
