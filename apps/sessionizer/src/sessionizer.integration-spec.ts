import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type DeadLetter,
  type EventSlice,
  type JourneyEvent,
  SESSIONIZER_CONSUMER,
  STREAMS,
  SUBJECTS,
  type SummaryNotice,
} from '@picasso/contracts';
import {
  type Broker,
  connectBroker,
  consumerLag,
  createPublisher,
  provisionStreams,
} from '@picasso/messaging';
import {
  ItemClicksReader,
  LedgerStore,
  SessionFinder,
  SessionReader,
  SessionStore,
  type Tables,
  connectTables,
  provisionTables,
} from '@picasso/storage';
import { createLogger, createMetrics } from '@picasso/telemetry';
import { eventually, useEngines } from '@picasso/testing';
import { type App, createApp } from './app.ts';
import { readConfig } from './config.ts';

const TENANT = 'tn_spec';
const IDLE_MS = 2_000;

let sessions = 0;
const newSession = (): string => `sess_${(sessions += 1)}`;

const event = (n: number, type: string, payload = {}, timestamp_ms = Date.now()): JourneyEvent => ({
  schema_version: '1.0',
  event_id: `evt_${n}`,
  event_type: type,
  step_number: n,
  sequence_number: n,
  timestamp_ms,
  payload,
});

const sliceOf = (session_id: string, events: JourneyEvent[], more = {}): EventSlice => ({
  v: 1,
  tenant_hash: TENANT,
  session_id,
  received_ms: Date.now(),
  skew_ms: 0,
  origin: 'browser',
  traffic: 'visitor',
  events,
  ...more,
});

describe('sessionizer on real engines', () => {
  const engines = useEngines({ nats: true, tables: true });
  let broker: Broker;
  let tables: Tables;
  let reader: SessionReader;
  let finder: SessionFinder;
  const apps: App[] = [];

  const startApp = async (): Promise<App> => {
    const config = readConfig({
      PORT: '0',
      IDLE_TIMEOUT_MS: String(IDLE_MS),
      LEDGER_INTERVAL_MS: '200',
    });
    const own = await connectBroker({ url: engines().nats.url, name: 'sessionizer' });
    const app = await createApp({
      config,
      broker: own,
      tables,
      metrics: createMetrics('sessionizer', { process: false }),
      logger: createLogger({ service: 'sessionizer', level: 'silent' }),
    });
    await app.start();
    apps.push({ ...app, stop: () => app.stop().then(() => own.close()) });
    return app;
  };

  const send = (slice: EventSlice) =>
    createPublisher(broker).publish(SUBJECTS.events(slice.tenant_hash), JSON.stringify(slice));
  const summary = async (id: string) => (await reader.session(TENANT, id))?.summary;
  const letters = async (): Promise<DeadLetter[]> => {
    const { state } = await broker.jsm.streams.info(STREAMS.dlq);
    const found: DeadLetter[] = [];
    for (let seq = state.first_seq; seq > 0 && seq <= state.last_seq; seq += 1) {
      const message = await broker.jsm.streams.getMessage(STREAMS.dlq, { seq });
      if (message) found.push(message.json<DeadLetter>());
    }
    return found;
  };

  beforeAll(async () => {
    tables = connectTables({ endpoint: engines().tables.url, region: 'local', prefix: 'spec-' });
    await provisionTables(tables);
    broker = await connectBroker({ url: engines().nats.url, name: 'spec' });
    await provisionStreams(broker.jsm);
    const ownHosts = () => Promise.resolve([]);
    reader = new SessionReader(tables, { ownHosts });
    finder = new SessionFinder(tables, { ownHosts });
    await startApp();
    await startApp();
  }, 120_000);

  afterAll(async () => {
    await Promise.all(apps.map((app) => app.stop()));
    await broker.close();
    tables.close();
  });

  it('takes in what a killed process stored without its state, whatever comes before it', async () => {
    const id = newSession();
    const lost = sliceOf(id, [event(1, 'WIDGET_OPENED'), event(2, 'CONVERSATION_STARTED')]);
    const { received_ms, origin, traffic } = lost;
    const rows = lost.events.map((each) => ({ ...each, received_ms, origin, traffic }));
    await new SessionStore(tables, 1_000).writeEvents(
      { tenant_hash: TENANT, session_id: id },
      rows.map((row) => ({ ...row, stream_seq: 1 })),
      Date.now(),
    );
    await send(sliceOf(id, [event(3, 'MESSAGE_SENT', { content: 'hi' })]));
    await eventually(async () => expect((await summary(id))?.event_count).toBe(3));
    await send(lost);
    await send(sliceOf(id, [event(4, 'WIDGET_CLOSED')]));
    await eventually(async () => {
      const all = { tenantHash: TENANT, timeZone: 'UTC', fromMs: 0, toMs: Date.now() + 1 };
      const page = await finder.page(all, 100);
      const final = page.items.find(({ session_id }) => session_id === id);
      expect(final).toMatchObject({ event_count: 4, closed_by: 'client', missing: 0 });
    });
  });

  it('makes a step of every event, and closes when the widget does', async () => {
    const id = newSession();
    await send(
      sliceOf(id, [event(1, 'WIDGET_OPENED'), event(2, 'MESSAGE_SENT', { content: 'hi' })]),
    );
    await eventually(async () => {
      expect(await summary(id)).toMatchObject({ event_count: 2, closed_by: null });
    });
    await send(sliceOf(id, [event(3, 'WIDGET_CLOSED')]));
    await eventually(async () => {
      expect(await summary(id)).toMatchObject({ event_count: 3, closed_by: 'client', revision: 0 });
    });
    const minutes = { fromMs: Date.now() - 60_000, toMs: Date.now() + 60_000 };
    const page = await finder.page(
      { tenantHash: TENANT, timeZone: 'UTC', ...minutes, outcome: 'conversation' },
      10,
    );
    expect(page.items.map((item) => item.session_id)).toContain(id);
  });

  it('orders slices that come in any order, and counts each click once', async () => {
    const id = newSession();
    const at = Date.now();
    const events = [1, 2, 3, 4, 5, 6].map((n) =>
      event(n, 'CTA_CLICKED', { cta_id: `cta_${n % 2}_${id}` }, at + n),
    );
    const slices = [events.slice(4), events.slice(0, 2), events.slice(2, 4), events, events];
    await Promise.all(slices.map((part) => send(sliceOf(id, part))));
    await eventually(async () => {
      const view = await reader.session(TENANT, id);
      expect(view?.steps.map((step) => step.step_number)).toEqual([1, 2, 3, 4, 5, 6]);
      const items = await new ItemClicksReader(tables).all(TENANT);
      const clicks = items.filter(({ item }) => item.endsWith(id));
      expect(clicks.map(({ click_count }) => click_count)).toEqual([3, 3]);
    });
  });

  it('closes a silent session by the idle rule and reopens it for a late event', async () => {
    const id = newSession();
    await send(
      sliceOf(id, [event(1, 'WIDGET_OPENED'), event(3, 'MESSAGE_SENT', { content: 'x' })]),
    );
    await eventually(
      async () => {
        expect(await summary(id)).toMatchObject({
          closed_by: 'timeout',
          event_count: 2,
          missing: 1,
        });
      },
      { timeoutMs: 10_000 },
    );
    await send(sliceOf(id, [event(2, 'CONVERSATION_STARTED')]));
    await eventually(
      async () => {
        expect(await summary(id)).toMatchObject({
          closed_by: 'timeout',
          event_count: 3,
          revision: 1,
          missing: 0,
        });
      },
      { timeoutMs: 10_000 },
    );
  });

  it('sends what comes too late to the DLQ and takes its neighbours', async () => {
    const id = newSession();
    const old = Date.now() - 7 * 86_400_000;
    await send(sliceOf(`${id}_old`, [event(1, 'WIDGET_OPENED', {}, old)]));
    await send(
      sliceOf(id, [event(1, 'WIDGET_OPENED'), event(2, 'X_LATER', {}, Date.now() + 90_000_000)]),
    );
    await eventually(async () => {
      const found = await letters();
      expect(found).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ reason: 'too_late', session_id: `${id}_old` }),
          expect.objectContaining({ reason: 'session_full', session_id: id }),
        ]),
      );
      expect(await summary(id)).toMatchObject({ event_count: 1 });
    });
    expect(await summary(`${id}_old`)).toBeUndefined();
  });

  it('sends an event that cannot be stored to the DLQ alone, and goes on', async () => {
    const id = newSession();
    const broken = [null, { event_id: 'evt_broken' }] as unknown as JourneyEvent[];
    await send(sliceOf(id, [event(1, 'WIDGET_OPENED'), ...broken, event(2, 'WIDGET_CLOSED')]));
    await eventually(async () => {
      const buried = (await letters()).filter(({ session_id }) => session_id === id);
      expect(buried.map(({ reason }) => reason)).toEqual(['poison', 'poison']);
      expect(buried.map(({ event: about }) => about)).toEqual(expect.arrayContaining(broken));
      expect(await summary(id)).toMatchObject({ event_count: 2, closed_by: 'client' });
    });
  });

  it('announces summaries', async () => {
    const id = newSession();
    const consumer = await broker.js.consumers.get(STREAMS.summaries, {
      filter_subjects: [SUBJECTS.summaries(TENANT)],
    });
    const messages = await consumer.consume();
    await send(sliceOf(id, [event(1, 'WIDGET_OPENED'), event(2, 'SESSION_ENDED')]));
    for await (const message of messages) {
      const notice = message.json<SummaryNotice>();
      if (notice.summary.session_id !== id) continue;
      expect(notice).toMatchObject({ v: 1, version: 1, summary: { closed_by: 'unload' } });
      break;
    }
    await messages.close();
  });

  it('accounts for every accepted event from durable state', async () => {
    const id = newSession();
    const one = sliceOf(id, [event(1, 'WIDGET_OPENED'), event(2, 'MESSAGE_SENT')]);
    await send(one);
    await send(one);
    await eventually(
      async () => {
        const { ackFloorSeq, pending } = await consumerLag(
          broker.jsm,
          STREAMS.events,
          SESSIONIZER_CONSUMER,
        );
        expect(pending).toBe(0);
        const ledger = new LedgerStore(tables);
        expect(await ledger.position()).toBe(ackFloorSeq);
        const counts = (await ledger.totals()).get(TENANT);
        expect(counts).toMatchObject({ missing: 0, dead_lettered: 4 });
        expect(counts?.accepted).toBe(
          (counts?.stored ?? 0) + (counts?.duplicates ?? 0) + (counts?.dead_lettered ?? 0),
        );
        expect(counts?.duplicates).toBeGreaterThanOrEqual(2);
      },
      { timeoutMs: 15_000 },
    );
  });

  it('takes a session of 5,000 events and refuses more', async () => {
    const id = newSession();
    const at = Date.now() - 3_600_000;
    const all = Array.from({ length: 5_010 }, (_, i) => event(i + 1, 'MESSAGE_SENT', {}, at + i));
    for (let i = 0; i < 5_000; i += 100) await send(sliceOf(id, all.slice(i, i + 100)));
    // Also in the session's row: what one replica has stored and not yet said there, another one
    // may not see when it admits.
    const row = () => new SessionStore(tables, 1_000).row({ tenant_hash: TENANT, session_id: id });
    await eventually(async () => expect(await row()).toMatchObject({ rows: 5_000 }), {
      timeoutMs: 100_000,
    });
    await send(sliceOf(id, all.slice(5_000)));
    await eventually(
      async () => {
        expect(await summary(id)).toMatchObject({ event_count: 5_000 });
        const found = await letters();
        expect(found.filter(({ session_id }) => session_id === id)).toHaveLength(10);
      },
      { timeoutMs: 100_000 },
    );
  }, 120_000);
});
