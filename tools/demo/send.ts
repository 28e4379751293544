/** Sends demo journeys the way browsers and the chat backend do: over HTTP, with their keys. */
import { setTimeout as sleep } from 'node:timers/promises';
import { inParallel } from '../harness/parallel.ts';
import { postEvents } from '../harness/post.ts';
import type { DemoEvent, DemoJourney } from './journey-writer.ts';

export interface Sender {
  ingestUrl: string;
  /** Tenant hash → its keys. */
  keys: ReadonlyMap<string, { write_key: string; server_key: string }>;
}

const BATCH = 20;
const ATTEMPTS = 10;

/** One request; tries again while ingest is not ready for it. The events' ids make that safe. */
async function post(url: string, headers: Record<string, string>, events: object[]): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const sdk = { name: 'demo', version: '1.0.0' };
    const body = JSON.stringify({ sent_at: new Date().toISOString(), sdk, events });
    const result = await postEvents({ url, headers, body });
    if (result.kind === 'answered') {
      const [rejected] = result.answer.rejected;
      if (rejected) throw new Error(`demo event rejected: ${JSON.stringify(rejected)}`);
      return;
    }
    if (result.kind === 'refused')
      throw new Error(`ingest answered ${result.status}: ${result.body}`);
    if (attempt === ATTEMPTS)
      throw new Error(`ingest does not take events: ${JSON.stringify(result)}`);
    await sleep(result.kind === 'later' ? result.afterMs : 500 * attempt);
  }
}

/** Sends some events of one tenant: the browser's and the backend's each with their own key. */
export async function sendEvents(
  sender: Sender,
  tenantHash: string,
  events: readonly DemoEvent[],
): Promise<void> {
  const keys = sender.keys.get(tenantHash);
  if (!keys) throw new Error(`no keys for tenant ${tenantHash}`);
  const url = `${sender.ingestUrl}/events`;
  const flat = (origin: DemoEvent['origin']): object[] =>
    events.filter((event) => event.origin === origin).map(({ event }) => event);
  const browser = flat('browser');
  for (let i = 0; i < browser.length; i += BATCH) {
    await post(url, { 'x-write-key': keys.write_key }, browser.slice(i, i + BATCH));
  }
  const server = flat('server');
  if (server.length > 0) await post(url, { 'x-server-key': keys.server_key }, server);
}

/** Sends whole journeys. @param onProgress told of how many are done */
export async function sendJourneys(
  sender: Sender,
  journeys: readonly DemoJourney[],
  onProgress: (done: number) => void,
): Promise<void> {
  let done = 0;
  await inParallel(journeys, 8, async ({ tenant_hash, events }) => {
    await sendEvents(sender, tenant_hash, events);
    onProgress((done += 1));
  });
}
