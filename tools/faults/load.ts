/**
 * Open-loop load: events fall due at a fixed rate whatever the services do. Each page sends one
 * request at a time and keeps its events until they are answered, as the SDK does, so an outage is
 * followed by a burst; a repeated request may be cut differently than the one that got no answer.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { postEvents } from '../harness/post.ts';
import type { Random } from '../harness/random.ts';
import type { StackTenant } from '../harness/stack.ts';
import type { Ledger } from './ledger.ts';
import { visit, type LoadEvent } from './visitors.ts';

export interface LoadOptions {
  ingestUrl: string;
  tenants: readonly StackTenant[];
  ledger: Ledger;
  random: Random;
  eventsPerSecond: number;
}

export interface Load {
  /** No new events; resolves when every event has its answer. Rejects if that takes too long. */
  finish(timeoutMs: number): Promise<void>;
}

const PAGES = 120;
const BATCH_EVENTS = 10;
const TICK_MS = 50;
/** Pause before a request is repeated: doubled each time, with jitter, as the SDK does. */
const RETRY_MS = 250;
const RETRY_CAP_MS = 4_000;
/** Share of the answered requests that the page sends again, as if the answer had been lost. */
const RESENT = 0.03;
/** Share of the requests that the page gives up almost at once: it navigated away and comes back. */
const IMPATIENT = 0.01;
const IMPATIENT_MS = 4;
/** Visits happened a while ago by the client's clock, so that none is ahead of ours. */
const VISIT_AGE_MS = 120_000;

interface Page {
  tenant: StackTenant;
  /** Not due yet. */
  script: LoadEvent[];
  /** Due and not answered. */
  outbox: LoadEvent[];
  sending: boolean;
  /** Requests in a row without an answer. */
  failures: number;
}

export const startLoad = ({
  ingestUrl,
  tenants,
  ledger,
  random,
  eventsPerSecond,
}: LoadOptions): Load => {
  const run = Date.now().toString(36);
  let visits = 0;
  let released = 0;
  let stopped = false;
  const started = Date.now();
  const background = new Set<Promise<unknown>>();

  const newPage = (): Page => {
    const tenant = random.pick(tenants);
    visits += 1;
    const script = visit(
      random,
      tenant.tenant_hash,
      `sess_${run}_${visits}`,
      Date.now() - VISIT_AGE_MS,
    );
    return { tenant, script, outbox: [], sending: false, failures: 0 };
  };
  const pages = Array.from({ length: PAGES }, newPage);

  const post = (page: Page, batch: readonly LoadEvent[], timeoutMs?: number) =>
    postEvents({
      url: `${ingestUrl}/events`,
      headers: { 'x-write-key': page.tenant.write_key },
      body: JSON.stringify({
        sent_at: new Date().toISOString(),
        sdk: { name: 'faults', version: '1.0.0' },
        events: batch.map(({ body }) => body),
      }),
      ...(timeoutMs !== undefined && { timeoutMs }),
    });

  const settle = (page: Page, batch: readonly LoadEvent[]): void => {
    page.outbox = page.outbox.filter((event) => !batch.includes(event));
  };

  const sendNext = async (page: Page): Promise<void> => {
    const batch = page.outbox.slice(0, random.int(1, BATCH_EVENTS));
    batch.forEach((event) => ledger.willSend(event));
    const result = await post(page, batch, random.chance(IMPATIENT) ? IMPATIENT_MS : undefined);
    switch (result.kind) {
      case 'answered': {
        page.failures = 0;
        const rejected = new Set(result.answer.rejected.map(({ index }) => index));
        batch.forEach((event, i) => {
          if (rejected.has(i))
            ledger.wasRefused(`${event.event_id}: ${JSON.stringify(result.answer.rejected)}`);
          else ledger.wasAcknowledged(event);
        });
        settle(page, batch);
        if (random.chance(RESENT)) {
          const again = post(page, batch).finally(() => background.delete(again));
          background.add(again);
        }
        return;
      }
      case 'refused':
        ledger.wasRefused(`${batch[0]?.session_id}: ${result.status} ${result.body}`);
        settle(page, batch);
        return;
      default:
        ledger.retries += 1;
        await sleep(Math.min(RETRY_CAP_MS, RETRY_MS * 2 ** page.failures) * (0.5 + random.next()));
        page.failures += 1;
    }
  };

  const drainOutbox = async (page: Page): Promise<void> => {
    if (page.sending) return;
    page.sending = true;
    while (page.outbox.length > 0) await sendNext(page);
    page.sending = false;
  };

  const release = (): void => {
    const due = ((Date.now() - started) / 1_000) * eventsPerSecond;
    while (released < due) {
      const at = random.int(0, PAGES - 1);
      let page = pages[at]!;
      // A page whose visit is over still has to deliver; its place is taken by the next visitor.
      if (page.script.length === 0) page = pages[at] = newPage();
      const events = page.script.splice(0, random.int(1, BATCH_EVENTS));
      page.outbox.push(...events);
      released += events.length;
      const delivery = drainOutbox(page).finally(() => background.delete(delivery));
      background.add(delivery);
    }
  };
  const timer = setInterval(() => stopped || release(), TICK_MS);

  return {
    finish: async (timeoutMs) => {
      stopped = true;
      clearInterval(timer);
      const deadline = Date.now() + timeoutMs;
      while (background.size > 0) {
        if (Date.now() > deadline) throw new Error(`${background.size} pages still have no answer`);
        await Promise.race([Promise.all(background), sleep(200)]);
      }
    },
  };
};
