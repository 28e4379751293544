/** Sessions in the tables and commands run in this process, for specs. */
import type { Tenant } from '@picasso/contracts';
import { connectBroker } from '@picasso/messaging';
import {
  type Objects,
  SessionStore,
  type Tables,
  TenantStore,
  connectObjects,
  connectTables,
  provisionObjects,
  provisionTables,
} from '@picasso/storage';
import { createLogger } from '@picasso/telemetry';
import {
  eventSlice,
  type FlatEvent,
  type StepSpec,
  sessionOf,
  storedEvents,
} from '@picasso/testing';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { commitSession } from './backfill/commit-session.ts';
import { readInvocation } from './cli.ts';
import { runCommand } from './commands.ts';
import { readConfig } from './config.ts';
import type { JobReport } from './jobs/run-job.ts';

export const DAY_MS = 86_400_000;
const PREFIX = 'spec-';

export interface Bench {
  tables: Tables;
  objects: Objects;
  env: Record<string, string>;
  tenant(hash: string, more?: Partial<Tenant>): Promise<Tenant>;
  /** A session as the sessionizer leaves it. */
  write(
    tenant: Tenant,
    sessionId: string,
    startMs: number,
    steps?: readonly StepSpec[],
  ): Promise<void>;
  writeEvents(tenant: Tenant, events: FlatEvent[]): Promise<void>;
  /** Runs a command in this process. */
  run(args: string, nowMs: number, stopping?: AbortSignal): Promise<JobReport>;
  /** Every row of a table but leases, by key. */
  rows(table: keyof Tables['names']): Promise<Record<string, unknown>[]>;
  close(): void;
}

export const STEPS: readonly StepSpec[] = [
  'WIDGET_OPENED',
  'MESSAGE_SENT',
  'MESSAGE_RECEIVED',
  'CTA_CLICKED',
  'WIDGET_CLOSED',
];

export async function openBench(
  urls: { tables: string; objects: string; nats?: string },
  prefix = PREFIX,
): Promise<Bench> {
  const env = {
    DYNAMODB_ENDPOINT: urls.tables,
    S3_ENDPOINT: urls.objects,
    TABLE_PREFIX: prefix,
    LEASE_MS: '1500',
    LOG_LEVEL: 'error',
    ...(urls.nats ? { NATS_URL: urls.nats } : {}),
  };
  const config = readConfig(env);
  const tables = connectTables(config.tables);
  const objects = connectObjects(config.objects);
  await provisionTables(tables);
  await provisionObjects(objects);
  const sessions = new SessionStore(tables, 60_000);
  const logger = createLogger({ service: 'spec', level: 'silent' });

  const bench: Bench = {
    tables,
    objects,
    env,
    tenant: async (tenant_hash, more = {}) =>
      (await new TenantStore(tables).create({ tenant_hash, ...more })).tenant,
    write: (tenant, sessionId, startMs, steps = STEPS) =>
      bench.writeEvents(
        tenant,
        sessionOf(steps, { sessionId, tenantHash: tenant.tenant_hash, startMs }),
      ),
    writeEvents: async (tenant, flat) => {
      const slice = eventSlice(flat);
      const key = { tenant_hash: slice.tenant_hash, session_id: slice.session_id };
      const events = storedEvents(slice);
      const first = Math.min(...events.map(({ timestamp_ms }) => timestamp_ms));
      await sessions.writeEvents(key, events, first);
      const row = await sessions.row(key);
      await commitSession(sessions, key, row, await sessions.events(key), tenant);
    },
    run: async (args, nowMs, stopping = new AbortController().signal) => {
      const broker = await (urls.nats
        ? connectBroker({ url: urls.nats, name: 'spec' })
        : Promise.resolve(undefined));
      try {
        return await runCommand(readInvocation(args.split(' ')), {
          config,
          tables,
          objects,
          logger,
          nowMs,
          stopping,
          broker: () => {
            if (!broker) throw new Error('this spec has no broker');
            return Promise.resolve(broker);
          },
        });
      } finally {
        await broker?.close();
      }
    },
    rows: async (table) => {
      const { Items } = await tables.doc.send(
        new ScanCommand({ TableName: tables.names[table], ConsistentRead: true }),
      );
      return (Items ?? [])
        .filter(({ pk }) => !String(pk).startsWith('LEASE#'))
        .sort((a, b) => (`${a['pk']} ${a['sk']}` < `${b['pk']} ${b['sk']}` ? -1 : 1));
    },
    close: () => {
      tables.close();
      objects.close();
    },
  };
  return bench;
}
