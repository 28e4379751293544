/** From the outbox to ingest: when to send, how much, and what an answer changes. */
import { judge, type Reply, retryAfterMs } from './answer.ts';
import { BUDGET_BYTES, post } from './browser.ts';
import type { Half } from './half.ts';
import { bytesOf, type Entry, type Outbox } from './outbox.ts';
import { parseJson } from './store.ts';

declare const SDK_VERSION: string;
const SDK = `{"name":"@picasso/tracker","version":"${SDK_VERSION}"}`;

/** Less than half of the budget, so that there is room when the page is left. */
const REQUEST_BYTES = 31_000;
const REQUEST_EVENTS = 100;
/** What stands around the events in a body. */
const ENVELOPE_BYTES = 200;

const FIRST_BACKOFF_MS = 1_000;
const LONGEST_BACKOFF_MS = 300_000;

export interface Delivery {
  /** Something was added. `urgent`: do not wait for more. */
  notify(urgent: boolean): void;
  /** Sends what waits. `leaving`: all of it, now, beside what is on its way. */
  flush(leaving?: boolean): void;
}

/** @param url where to */
export function createDelivery(half: Half, outbox: Outbox, url: string): Delivery {
  const { flushMs, flushEvents } = half.options;
  let failures = 0;
  /** Our own patience, and the server's wish: leaving overrules only the former. */
  let backoffUntil = 0;
  let retryAfterUntil = 0;
  let mostEvents = REQUEST_EVENTS;
  /** Somebody wanted to send while something was on its way. */
  let again = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let dueMs = Infinity;

  const wake = (waitMs: number): void => {
    const atMs = performance.now() + waitMs;
    if (dueMs <= atMs) return;
    clearTimeout(timer);
    dueMs = atMs;
    timer = setTimeout(() => {
      dueMs = Infinity;
      flush();
    }, waitMs);
  };

  const send = (batch: Entry[], leaving: boolean): void => {
    const events = batch.map(({ json }) => json).join();
    const body = `{"sent_at":"${new Date().toISOString()}","sdk":${SDK},"events":[${events}]}`;
    const mark = (sending: boolean): void => batch.forEach((entry) => (entry.sending = sending));
    mark(true);
    half.debug('send', body);
    void post(url, body, leaving).then((reply) => {
      mark(false);
      settle(batch, reply);
    });
  };

  const settle = (batch: Entry[], reply: Reply | undefined): void => {
    half.debug('answer', reply);
    const verdict = judge(reply, batch.length);
    if (verdict === 'split') {
      mostEvents = Math.ceil(batch.length / 2);
      return flush();
    }
    if (verdict === 'later') {
      const longest = Math.min(FIRST_BACKOFF_MS * 2 ** failures++, LONGEST_BACKOFF_MS);
      // Half of it is chance, so that pages that failed together do not come back together.
      backoffUntil = performance.now() + longest * (1 - Math.random() / 2);
      retryAfterUntil = performance.now() + retryAfterMs(reply?.retryAfter);
      half.report({ type: 'delayed', status: reply?.status });
      return flush();
    }
    failures = backoffUntil = 0;
    mostEvents = REQUEST_EVENTS;
    outbox.remove(batch.map(({ key }) => key));
    verdict.forEach((refusal) => {
      half.report({ type: 'rejected', event: parseJson(batch[refusal.index]?.json), ...refusal });
    });
    // Whatever other pages left meanwhile can go now, too.
    outbox.adopt();
    if (again) flush();
    else notify(false);
  };

  const flush = (leaving = false): void => {
    let waiting = outbox.waiting();
    while (waiting.length > 0) {
      const waitMs = Math.max(leaving ? 0 : backoffUntil, retryAfterUntil) - performance.now();
      if (waitMs > 0) return wake(waitMs);
      // One at a time keeps the order; its answer goes on with the rest.
      const sendingBytes = bytesOf(outbox.entries().filter(({ sending }) => sending));
      again = sendingBytes > 0 && !leaving;
      if (again) return;
      let bytes = ENVELOPE_BYTES;
      let count = 0;
      for (const entry of waiting.slice(0, mostEvents)) {
        const sum = bytes + entry.bytes + 1;
        // A single large event goes alone.
        if (count > 0 && sum > REQUEST_BYTES) break;
        if (sendingBytes > 0 && sendingBytes + sum > BUDGET_BYTES) break;
        bytes = sum;
        count += 1;
      }
      if (count === 0) return;
      send(waiting.slice(0, count), leaving);
      waiting = waiting.slice(count);
    }
  };

  const notify = (urgent: boolean): void => {
    const { length } = outbox.waiting();
    // Not from inside `track()`, whose caller is a click: starting a request costs more than that.
    if (length > 0) wake(urgent || length >= flushEvents ? 0 : flushMs);
  };

  half.listen(window, {
    online: () => {
      outbox.adopt();
      backoffUntil = failures = 0;
      flush();
    },
  });
  half.listen(document, {
    // On phones often the last that is heard of a page.
    visibilitychange: () => {
      if (document.hidden) flush(true);
    },
  });

  return { notify, flush };
}
