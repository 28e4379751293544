/** One POST of events, as a browser sees it. */
import type { Rejection } from '@picasso/contracts';

export interface IngestAnswer {
  accepted: number;
  duplicates: number;
  rejected: Rejection[];
}

export type PostResult =
  /** Every event has its answer. */
  | { kind: 'answered'; answer: IngestAnswer }
  /** Not now: 429 or 503. */
  | { kind: 'later'; afterMs: number }
  /** No answer: the events may or may not have been taken. */
  | { kind: 'unknown'; error: string }
  /** An answer that no repetition changes. */
  | { kind: 'refused'; status: number; body: string };

export interface PostRequest {
  url: string;
  body: string;
  headers?: Record<string, string>;
  timeoutMs?: number;
}

const isAnswer = (value: unknown): value is IngestAnswer => {
  const answer = value as Partial<IngestAnswer> | null;
  return (
    typeof answer?.accepted === 'number' &&
    typeof answer.duplicates === 'number' &&
    Array.isArray(answer.rejected)
  );
};

export const postEvents = async ({
  url,
  body,
  headers,
  timeoutMs = 10_000,
}: PostRequest): Promise<PostResult> => {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await response.text();
    if (response.ok) {
      const answer: unknown = JSON.parse(text);
      return isAnswer(answer)
        ? { kind: 'answered', answer }
        : { kind: 'refused', status: response.status, body: text };
    }
    if (response.status === 429 || response.status === 503) {
      return { kind: 'later', afterMs: 1_000 * Number(response.headers.get('retry-after') ?? 1) };
    }
    if (response.status >= 500) return { kind: 'unknown', error: `${response.status} ${text}` };
    return { kind: 'refused', status: response.status, body: text };
  } catch (error) {
    return { kind: 'unknown', error: error instanceof Error ? error.message : String(error) };
  }
};
