/** What an answer of ingest means for the events that were sent. */

/** An answer, as far as it is needed. */
export interface Reply {
  status: number;
  /** Parsed JSON; undefined where there was none. */
  body: unknown;
  /** The Retry-After header. */
  retryAfter: string | null;
}

/** One event that will never be taken. */
export interface Refusal {
  /** Position in what was sent. */
  index: number;
  /** From the published list, or `http_<status>`. */
  code: string;
  path?: string;
  message?: string;
}

/**
 * - a list: every event has its answer, and these were refused for good.
 * - `split`: the request as a whole cannot be taken; find out which event spoils it.
 * - `later`: not now.
 */
export type Verdict = Refusal[] | 'split' | 'later';

interface IngestAnswer {
  accepted: number;
  duplicates: number;
  rejected: Refusal[];
}

/** A mistyped header must not silence a page for good. */
const LONGEST_RETRY_AFTER_MS = 3_600_000;

/**
 * How long the server asks to be left alone, from now, in milliseconds. Not above 0: not at all.
 *
 * @param header seconds or an HTTP date
 */
export function retryAfterMs(header: string | null | undefined): number {
  const ms = Number(header) * 1_000 || Date.parse(header!) - Date.now() || 0;
  return Math.min(ms, LONGEST_RETRY_AFTER_MS);
}

/**
 * @param reply undefined when there was none
 * @param count how many events were sent
 */
export function judge(reply: Reply | undefined, count: number): Verdict {
  const { status = 0, body } = reply ?? {};
  const split = count > 1 && 'split';
  if ([400, 413, 415].includes(status)) {
    return split || [{ index: 0, code: `http_${status}` }];
  }
  const { accepted = 0, duplicates = 0, rejected } = (body ?? {}) as Partial<IngestAnswer>;
  // Not a 2xx, or somebody else's (a captive portal's). A key or an origin that is not accepted
  // may be tomorrow: the buffer is bounded anyway.
  if (status > 299 || !rejected?.map) return 'later';
  if (accepted + duplicates + rejected.length >= count) return rejected;
  // A body that could not be read is answered as one refusal, whatever was in it.
  return split || 'later';
}
