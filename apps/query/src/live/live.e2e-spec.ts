import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SUBJECTS, type SessionSummary, type SummaryNotice } from '@picasso/contracts';
import {
  connectBroker,
  createPublisher,
  provisionStreams,
  type Broker,
  type Publisher,
} from '@picasso/messaging';
import { eventSlice, eventually, sessionOf, storedEvents, useEngines } from '@picasso/testing';
import { createTenants, signToken, startQuery, storeSession } from '../query.fixture.ts';
import type { RunningQuery } from '../query.fixture.ts';

const TENANT = 'tenant_live';
const OTHER = 'tenant_quiet';

const engines = useEngines({ nats: true, tables: true });
let broker: Broker;
let publisher: Publisher;
let query: RunningQuery;
let base: string;

interface Received {
  id?: string;
  event?: string;
  data?: unknown;
}

/** A reader of server-sent events, as far as these need one. */
async function open(role: string, headers: Record<string, string> = {}, expiresIn = 300) {
  const token = await signToken({ role, tenant_hash: TENANT, expiresIn });
  const controller = new AbortController();
  const response = await fetch(`${base}/analytics/live/${TENANT}`, {
    headers: { authorization: `Bearer ${token}`, ...headers },
    signal: controller.signal,
  });
  const events: Received[] = [];
  let ended = false;
  const read = async (): Promise<void> => {
    let text = '';
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      text += Buffer.from(chunk).toString();
      const blocks = text.split('\n\n');
      text = blocks.pop() as string;
      for (const block of blocks) events.push(parse(block));
    }
  };
  const done = read()
    .catch(() => undefined)
    .finally(() => (ended = true));
  return {
    response,
    of: (name: string) => events.filter(({ event }) => event === name),
    hasEnded: () => ended,
    close: async () => {
      controller.abort();
      await done;
    },
  };
}

function parse(block: string): Received {
  const fields = Object.fromEntries(
    block.split('\n').map((line) => [line.split(': ')[0], line.slice(line.indexOf(': ') + 2)]),
  );
  return { ...fields, ...(fields['data'] && { data: JSON.parse(fields['data']) as unknown }) };
}

const announce = async (sessionId: string, tenant = TENANT): Promise<number> => {
  const summary = { session_id: sessionId, tenant_hash: tenant, first_question: 'Secret?' };
  const notice: SummaryNotice = { v: 1, version: 1, summary: summary as SessionSummary };
  return (await publisher.publish(SUBJECTS.summaries(tenant), JSON.stringify(notice))).seq;
};
const sessionsOf = (events: Received[]): string[] =>
  events.map(({ data }) => (data as SummaryNotice).summary.session_id);

beforeAll(async () => {
  broker = await connectBroker({ url: engines().nats.url, name: 'spec' });
  await provisionStreams(broker.jsm);
  publisher = createPublisher(broker);
  const { url } = engines().nats;
  query = await startQuery(engines().tables.url, { NATS_URL: url, FRESH_MS: '0' });
  await createTenants(query.tables, [{ tenant_hash: TENANT }, { tenant_hash: OTHER }]);
  await query.app.listen(0, '127.0.0.1');
  base = await query.app.getUrl();
});
afterAll(async () => {
  await query.stop();
  await broker.close();
});

describe('GET /analytics/live/{tenant}', () => {
  it('tells the tenant’s summaries as they are written, nobody else’s, and counters', async () => {
    const reader = await open('admin');
    expect(reader.response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const key = { tenant_hash: TENANT, session_id: 's1' };
    const steps = ['MESSAGE_SENT', 'WIDGET_CLOSED'];
    const flat = sessionOf(steps, { tenantHash: TENANT, sessionId: 's1', startMs: Date.now() });
    await storeSession(query.tables, key, storedEvents(eventSlice(flat)));
    await announce('quiet', OTHER);
    const seq = await announce('s1');
    await eventually(() => expect(sessionsOf(reader.of('summary'))).toEqual(['s1']));
    expect(reader.of('summary')[0]?.id).toBe(String(seq));
    await eventually(() =>
      expect(reader.of('counters').at(-1)?.data).toMatchObject({ sessions: 1, conversations: 1 }),
    );
    await reader.close();
  });

  it('gives a viewer no text', async () => {
    const reader = await open('viewer');
    await announce('s2');
    await eventually(() => expect(reader.of('summary')).toHaveLength(1));
    expect(JSON.stringify(reader.of('summary'))).not.toContain('Secret');
    await reader.close();
  });

  it('resumes behind the last event: each once, in order', async () => {
    const first = await announce('r0');
    const missed = ['r1', 'r2', 'r3'];
    for (const id of missed) await announce(id);
    await announce('quiet', OTHER);
    const reader = await open('admin', { 'last-event-id': String(first) });
    await announce('r4');
    await eventually(() => expect(sessionsOf(reader.of('summary'))).toEqual([...missed, 'r4']));
    expect(reader.of('reset')).toEqual([]);
    await reader.close();
  });

  it('says `reset` where it cannot resume', async () => {
    const reader = await open('admin', { 'last-event-id': '999999999' });
    await eventually(() => expect(reader.of('reset')).toHaveLength(1));
    await announce('after');
    await eventually(() => expect(sessionsOf(reader.of('summary'))).toEqual(['after']));
    await reader.close();
    const bad = await open('admin', { 'last-event-id': 'abc' });
    expect(bad.response.status).toBe(400);
  });

  it('ends when the token expires', async () => {
    const reader = await open('admin', {}, 2);
    await eventually(() => expect(reader.of('expired')).toHaveLength(1), { timeoutMs: 10_000 });
    await eventually(() => expect(reader.hasEnded()).toBe(true));
  });

  it('goes on after the broker was away, and says so; meanwhile new readers get 503', async () => {
    const reader = await open('admin');
    await engines().nats.kill();
    await eventually(async () => expect((await open('admin')).response.status).toBe(503), {
      timeoutMs: 20_000,
    });
    await engines().restartNats();
    await eventually(() => expect(broker.status()).toBe('connected'), { timeoutMs: 20_000 });
    await provisionStreams(broker.jsm);
    await eventually(() => expect(reader.of('reset').length).toBeGreaterThan(0), {
      timeoutMs: 45_000,
    });
    await announce('back');
    await eventually(() => expect(sessionsOf(reader.of('summary'))).toEqual(['back']));
    await reader.close();
  }, 120_000);
});
