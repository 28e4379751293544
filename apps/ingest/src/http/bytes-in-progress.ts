import { Problem } from './problem.ts';

/** Bodies whose requests are being answered: what a stalled broker could make us hold in memory. */
const LIMIT_BYTES = 64 * 1024 * 1024;

export class BytesInProgress {
  private held = 0;

  /** @throws Problem unavailable, without calling `answer`, when too much is being answered already */
  async hold<T>(body: unknown, answer: () => Promise<T>): Promise<T> {
    const bytes = Buffer.isBuffer(body) ? body.length : 0;
    if (this.held + bytes > LIMIT_BYTES) {
      throw new Problem('unavailable', 'too many requests at once; send it again', 2);
    }
    this.held += bytes;
    try {
      return await answer();
    } finally {
      this.held -= bytes;
    }
  }
}
