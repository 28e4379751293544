/** A running ingest on real engines, in this process, and what arrives behind it. */
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  type DeadLetter,
  type EventSlice,
  STREAMS,
  SUBJECTS,
  type Tenant,
} from '@picasso/contracts';
import { type Broker, connectBroker, provisionStreams } from '@picasso/messaging';
import { closeServer } from '@picasso/service';
import { connectTables, provisionTables, type Tables, TenantStore } from '@picasso/storage';
import { createLogger, createMetrics } from '@picasso/telemetry';
import { createApp } from './app.ts';
import { readConfig } from './config.ts';
import { EventsPublisher } from './events.publisher.ts';

export interface StoredMessage<T> {
  subject: string;
  header: (name: string) => string | undefined;
  body: T;
}

export interface NewTenant {
  tenant: Tenant;
  tenant_hash: string;
  write_key: string;
  /** The headers that carry the keys. */
  writeKey: Record<string, string>;
  serverKey: Record<string, string>;
  server_key: string;
}

export interface RunningIngest {
  app: NestFastifyApplication;
  url: string;
  tables: Tables;
  tenants: TenantStore;
  broker: Broker;
  /** A tenant of its own for a spec. */
  newTenant(profile?: Partial<Tenant>): Promise<NewTenant>;
  /** Log lines written so far. */
  log: string[];
  metrics(): Promise<string>;
  /** Messages on EVENTS of one tenant, in order. */
  slices(tenantHash: string): Promise<StoredMessage<EventSlice>[]>;
  /** Letters on the DLQ of one tenant, in order. */
  letters(tenantHash: string): Promise<StoredMessage<DeadLetter>[]>;
  stop(): Promise<void>;
}

export interface Addresses {
  natsUrl: string;
  tablesUrl: string;
}

/** @param env replaces variables of the environment */
export async function startIngest(
  { natsUrl, tablesUrl }: Addresses,
  env: Record<string, string> = {},
): Promise<RunningIngest> {
  const config = readConfig({
    HOST: '127.0.0.1',
    PORT: '0',
    NATS_URL: natsUrl,
    DYNAMODB_ENDPOINT: tablesUrl,
    ...env,
  });
  const log: string[] = [];
  const logger = createLogger({
    service: 'ingest',
    level: 'debug',
    destination: { write: (line) => void log.push(line) },
  });
  const tables = connectTables(config.tables);
  await provisionTables(tables);
  const metrics = createMetrics('ingest', { process: false });
  const app = await createApp(config, { logger, metrics, tables, tracing: false });
  await app.listen(0, '127.0.0.1');
  const broker = await connectBroker({ url: natsUrl, name: 'ingest' });
  const publisher = app.get(EventsPublisher);
  await provisionStreams(broker.jsm);
  publisher.start(broker);

  const tenants = new TenantStore(tables);
  let tenantsMade = 0;
  const newTenant = async (profile: Partial<Tenant> = {}): Promise<NewTenant> => {
    const tenant_hash = `tn_${(tenantsMade += 1)}`;
    const created = await tenants.create({ tenant_hash, ...profile });
    const writeKey = { 'x-write-key': created.write_key };
    const serverKey = { 'x-server-key': created.server_key };
    return { ...created, tenant_hash, writeKey, serverKey };
  };

  return {
    app,
    url: await app.getUrl(),
    tables,
    tenants,
    newTenant,
    broker,
    log,
    metrics: () => metrics.registry.metrics(),
    slices: (tenant) => messagesOn(broker, STREAMS.events, SUBJECTS.events(tenant)),
    letters: (tenant) => messagesOn(broker, STREAMS.dlq, SUBJECTS.deadLetters('*', tenant)),
    stop: async () => {
      await closeServer(app.getHttpServer(), () => app.close(), 7_000);
      await publisher.stop();
      tables.close();
    },
  };
}

/** Every message of a stream under a subject, in order. */
export async function messagesOn<T>(
  { js }: Broker,
  stream: string,
  subject: string,
): Promise<StoredMessage<T>[]> {
  const consumer = await js.consumers.get(stream, { filter_subjects: subject });
  const { num_pending } = await consumer.info();
  const messages: StoredMessage<T>[] = [];
  if (num_pending === 0) return messages;
  for await (const message of await consumer.fetch({ max_messages: num_pending })) {
    messages.push({
      subject: message.subject,
      header: (name) => message.headers?.get(name) || undefined,
      body: message.json<T>(),
    });
  }
  return messages;
}

/** An event of now: the tests of ingest do not care about anything but its arrival. */
export const eventNow = (fields: Record<string, unknown> = {}): Record<string, unknown> => ({
  schema_version: '1.0',
  event_id: 'evt_1',
  timestamp: new Date().toISOString(),
  session_id: 'sess_1',
  step_number: 1,
  sequence_number: 1,
  event_type: 'WIDGET_OPENED',
  payload: { trigger: 'button' },
  ...fields,
});

export interface Reply {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

/** Posts a body (anything but bytes and text as JSON) and reads the answer, which has to be JSON. */
export async function post(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const raw = typeof body === 'string' || body instanceof Uint8Array;
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: raw ? (body as string) : JSON.stringify(body),
  });
  return {
    status: answer.status,
    headers: answer.headers,
    body: (await answer.json()) as Record<string, unknown>,
  };
}
