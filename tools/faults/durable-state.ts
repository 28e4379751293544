/** Reads everything that the pipeline left on disk: streams and tables, past any proxy. */
import { jetstream, jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import {
  HEADERS,
  SESSIONIZER_CONSUMER,
  STREAMS,
  type DeadLetter,
  type EventSlice,
  type SessionSummary,
} from '@picasso/contracts';
import { LedgerStore, readEvents, type LedgerCounts, type Tables } from '@picasso/storage';
import { summarise } from '@picasso/domain';
import type { EventRef } from './ledger.ts';

export interface StreamMessage {
  seq: number;
  tenant_hash: string;
  /** What its header says. */
  announced: number;
  /** What is in it; empty when it cannot be read. */
  events: EventRef[];
}

/** A row of session-summaries, and what it ought to say. */
export interface SessionState {
  tenant_hash: string;
  session_id: string;
  status: string;
  stored: SessionSummary | null;
  /** Computed anew from the session's rows. */
  recomputed: SessionSummary;
}

export interface Counter {
  tenant_hash: string;
  item: string;
  click_count: number;
  /** Sum of its daily buckets. */
  by_day: number;
}

export interface DurableState {
  /** All rows of session-events. */
  rows: (EventRef & { sk: string })[];
  sessions: SessionState[];
  counters: Counter[];
  /** EVENTS, from the first message to the last. */
  messages: StreamMessage[];
  /** Messages that the sessionizer has not acknowledged: delivered or not. */
  waitingAfterSeq: number;
  letters: DeadLetter[];
  /** The sessionizer's own accounting, up to a stream sequence. */
  ledger: { position: number; counts: Map<string, LedgerCounts> };
}

export const scan = async (tables: Tables, table: string): Promise<Record<string, unknown>[]> => {
  const rows: Record<string, unknown>[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const page = await tables.doc.send(
      new ScanCommand({ TableName: table, ConsistentRead: true, ExclusiveStartKey: start }),
    );
    rows.push(...(page.Items ?? []));
    start = page.LastEvaluatedKey;
  } while (start);
  return rows;
};

/** `PREFIX#a#b` → `[a, b]`; only the last part may hold a `#` itself. */
const keyParts = (key: unknown, count: number): string[] => {
  const parts = String(key).split('#').slice(1);
  return [...parts.slice(0, count - 1), parts.slice(count - 1).join('#')];
};

const readRows = async (tables: Tables): Promise<DurableState['rows']> =>
  (await scan(tables, tables.names.sessionEvents)).map(({ pk, sk }) => {
    const [tenant_hash = '', session_id = ''] = keyParts(pk, 2);
    const [, , event_id = ''] = keyParts(sk, 3);
    return { tenant_hash, session_id, event_id, sk: String(sk) };
  });

const readSessions = async (tables: Tables): Promise<SessionState[]> => {
  const sessions: SessionState[] = [];
  for (const row of await scan(tables, tables.names.sessionSummaries)) {
    const [tenant_hash = ''] = keyParts(row['pk'], 1);
    const [session_id = ''] = keyParts(row['sk'], 1);
    const events = await readEvents(tables, { tenant_hash, session_id });
    const stored =
      typeof row['summary'] === 'string' ? (JSON.parse(row['summary']) as SessionSummary) : null;
    sessions.push({
      tenant_hash,
      session_id,
      status: String(row['status']),
      stored,
      recomputed: summarise({
        tenant_hash,
        session_id,
        events,
        skew_ms: Number(row['skew_ms'] ?? 0),
        own_hosts: [],
        timed_out: true,
        revision: Number(row['revision'] ?? 0),
      }),
    });
  }
  return sessions;
};

const readCounters = async (tables: Tables): Promise<Counter[]> =>
  (await scan(tables, tables.names.itemClicks)).map((row) => ({
    tenant_hash: keyParts(row['pk'], 1)[0] ?? '',
    item: keyParts(row['sk'], 1)[0] ?? '',
    click_count: Number(row['click_count']),
    by_day: Object.entries(row)
      .filter(([name]) => /^d\d{8}$/.test(name))
      .reduce((sum, [, clicks]) => sum + Number(clicks), 0),
  }));

const PAGE = 1_000;

/** Every message of a stream, in order. */
const readStream = async <T>(
  nc: NatsConnection,
  stream: string,
  read: (message: { seq: number; subject: string; data: Uint8Array; announced: string }) => T,
): Promise<T[]> => {
  const { state } = await (await jetstreamManager(nc)).streams.info(stream);
  const found: T[] = [];
  if (state.messages === 0) return found;
  const consumer = await jetstream(nc).consumers.get(stream);
  for (let last = 0; last < state.last_seq;) {
    const page = await consumer.fetch({ max_messages: PAGE, expires: 2_000 });
    for await (const message of page) {
      last = message.seq;
      const announced = message.headers?.get(HEADERS.events) ?? '';
      found.push(
        read({ seq: message.seq, subject: message.subject, data: message.data, announced }),
      );
    }
  }
  return found;
};

const sliceEvents = (data: Uint8Array): EventRef[] => {
  try {
    const { tenant_hash, session_id, events } = JSON.parse(
      Buffer.from(data).toString(),
    ) as EventSlice;
    return events.map(({ event_id }) => ({ tenant_hash, session_id, event_id }));
  } catch {
    return [];
  }
};

const withManager = async <T>(
  natsUrl: string,
  ask: (jsm: JetStreamManager) => Promise<T>,
): Promise<T> => {
  const nc = await connect({ servers: natsUrl, timeout: 2_000 });
  try {
    return await ask(await jetstreamManager(nc));
  } finally {
    await nc.close();
  }
};

/** Messages delivered but not acknowledged, and not delivered yet. */
export const unprocessed = (natsUrl: string): Promise<number> =>
  withManager(natsUrl, async (jsm) => {
    const { num_pending, num_ack_pending } = await jsm.consumers.info(
      STREAMS.events,
      SESSIONIZER_CONSUMER,
    );
    return num_pending + num_ack_pending;
  });

/** Of the newest message on EVENTS. */
export const lastSequence = (natsUrl: string): Promise<number> =>
  withManager(natsUrl, async (jsm) => (await jsm.streams.info(STREAMS.events)).state.last_seq);

export const readDurableState = async (natsUrl: string, tables: Tables): Promise<DurableState> => {
  const nc = await connect({ servers: natsUrl });
  const ledger = new LedgerStore(tables);
  try {
    const consumer = await (
      await jetstreamManager(nc)
    ).consumers.info(STREAMS.events, SESSIONIZER_CONSUMER);
    return {
      rows: await readRows(tables),
      sessions: await readSessions(tables),
      counters: await readCounters(tables),
      messages: await readStream(nc, STREAMS.events, ({ seq, subject, data, announced }) => ({
        seq,
        tenant_hash: subject.split('.').at(-1) ?? '',
        announced: Number(announced),
        events: sliceEvents(data),
      })),
      waitingAfterSeq: consumer.ack_floor.stream_seq,
      ledger: { position: await ledger.position(), counts: await ledger.totals() },
      letters: await readStream(
        nc,
        STREAMS.dlq,
        ({ data }) => JSON.parse(Buffer.from(data).toString()) as DeadLetter,
      ),
    };
  } finally {
    await nc.close();
  }
};
