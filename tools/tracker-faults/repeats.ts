/** Why events came more than once: who sent them again, and whether there was a reason to. */
import type { SeenRequest } from './gateway.ts';
import type { Passage } from './site.ts';

export interface Repeats {
  /** By the same page, whose first request had failed by then. */
  unanswered: number;
  /** Of a page that went away before it could read the answer. */
  inherited: number;
  /**
   * Of a page that was not heard of again: killed, or left without a network, so that it could not
   * say so.
   */
  vanished: string[];
  /** Without such a reason: two pages that live thought them theirs, or one forgot an answer. */
  mistakes: string[];
}

/** An answer takes a moment to the page, the news that a page has left a moment to the server. */
const UNDERWAY_MS = 1_000;

/** @param requests in the order of their arrival */
export function explainRepeats(
  requests: readonly SeenRequest[],
  passages: readonly Passage[],
): Repeats {
  const repeats: Repeats = { unanswered: 0, inherited: 0, vanished: [], mistakes: [] };
  const before = new Map<string, SeenRequest>();
  const wasAnswered = ({ answered, status }: SeenRequest): boolean => answered && status === 200;
  const leftBefore = (request: SeenRequest): boolean =>
    passages.some(
      ({ page, what, atMs }) =>
        page === request.page &&
        what === 'gone' &&
        (!wasAnswered(request) || atMs < (request.endedAtMs ?? Infinity) + UNDERWAY_MS),
    );
  const vanished = (of: string, byMs: number): boolean =>
    !passages.some(({ page }) => page === of) &&
    !requests.some(({ page, atMs }) => page === of && atMs > byMs);
  for (const request of requests) {
    for (const id of request.eventIds) {
      const first = before.get(id);
      before.set(id, request);
      if (!first) continue;
      const failed = !wasAnswered(first) && (first.endedAtMs ?? Infinity) <= request.atMs;
      if (first.page === request.page && failed) repeats.unanswered += 1;
      else if (leftBefore(first)) repeats.inherited += 1;
      else {
        const samePage = first.page === request.page;
        const again = samePage ? 'by its page' : 'by another page';
        const ms = request.atMs - first.atMs;
        const excused = !samePage && vanished(first.page, request.atMs);
        repeats[excused ? 'vanished' : 'mistakes'].push(
          `sent twice, ${again}: ${id}, ${ms} ms after the first time`,
        );
      }
    }
  }
  return repeats;
}
