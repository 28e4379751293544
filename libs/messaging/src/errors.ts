/**
 * The broker cannot take a message now: no connection, no answer in time, or the stream is full.
 * Nothing is known to be stored; the caller answers 503 and the sender tries again.
 */
export class BrokerUnavailableError extends Error {
  override readonly name = 'BrokerUnavailableError';

  constructor(
    readonly reason: 'stream_full' | 'no_answer' | 'overloaded' | 'refused' | 'closed',
    options?: ErrorOptions,
  ) {
    super(`the broker takes no messages now: ${reason}`, options);
  }
}

/** A stream or consumer differs in a setting that cannot be changed in place. Its data is untouched. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}
