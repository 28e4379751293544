/** A running query service on real tables, and what specs fill them with. */
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { StoredEvent } from '@picasso/contracts';
import { transition } from '@picasso/domain';
import { closeServer } from '@picasso/service';
import {
  connectTables,
  MAX_DELTAS,
  provisionTables,
  SessionStore,
  TenantStore,
  type Tables,
} from '@picasso/storage';
import { createLogger, createMetrics } from '@picasso/telemetry';
import { SignJWT } from 'jose';
import { createApp } from './app.ts';
import { readConfig } from './config.ts';

export const SECRET = 'k7Qw2vXb9ZrT4nLp8sYd3fHj6gMc1aUe';

export interface RunningQuery {
  app: NestFastifyApplication;
  tables: Tables;
  /** Every route that controllers have: `GET /analytics/sessions/:tenant`. */
  routes: string[];
  /** Log lines written so far. */
  log: string[];
  stop(): Promise<void>;
}

/** @param env replaces variables of the environment */
export async function startQuery(
  tablesUrl: string,
  env: Record<string, string> = {},
): Promise<RunningQuery> {
  const config = readConfig({
    HOST: '127.0.0.1',
    JWT_SECRET: SECRET,
    DYNAMODB_ENDPOINT: tablesUrl,
    REQUESTS_PER_MINUTE: '100000',
    ...env,
  });
  const log: string[] = [];
  const logger = createLogger({
    service: 'query',
    level: config.logLevel,
    destination: { write: (line) => void log.push(line) },
  });
  const tables = connectTables(config.tables);
  const metrics = createMetrics('query', { process: false });
  const app = await createApp({ config, logger, metrics, tables });
  const routes: string[] = [];
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRoute', ({ method, url }) => {
      for (const name of [method].flat()) routes.push(`${name} ${url}`);
    });
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  const stop = async (): Promise<void> => {
    await closeServer(app.getHttpServer(), () => app.close(), 5_000);
    tables.close();
  };
  return { app, tables, routes, log, stop };
}

export async function createTenants(
  tables: Tables,
  tenants: { tenant_hash: string; time_zone?: string }[],
): Promise<void> {
  await provisionTables(tables);
  const store = new TenantStore(tables);
  for (const tenant of tenants) await store.create(tenant);
}

/** Stores a session's events and its row, as the sessionizer leaves them. */
export async function storeSession(
  tables: Tables,
  key: { tenant_hash: string; session_id: string },
  events: StoredEvent[],
): Promise<void> {
  const store = new SessionStore(tables, 60_000);
  const before = await store.row(key);
  const startedMs = before?.started_ms ?? (events[0] as StoredEvent).timestamp_ms;
  await store.writeEvents(key, events, startedMs);
  const { state, deltas, marks } = transition({
    ...key,
    state: before,
    events: await store.events(key),
    batch_skew_ms: 0,
    last_seen_ms: Math.max(...events.map((event) => event.received_ms)),
    timed_out: false,
    own_hosts: [],
    time_zone: 'UTC',
    max_deltas: MAX_DELTAS,
  });
  const version = before?.version ?? 0;
  await store.commit({
    key,
    expected: version,
    row: { ...state, version: version + 1 },
    deltas,
    marks,
  });
}

export interface TokenOptions {
  sub?: string;
  role?: string;
  tenant_hash?: string;
  issuer?: string;
  audience?: string;
  /** Seconds from now; null: none. Default: five minutes. */
  expiresIn?: number | null;
  alg?: string;
  secret?: string;
}

/** A token as the portal signs them. */
export function signToken(options: TokenOptions = {}): Promise<string> {
  const { sub = 'user-1', role, tenant_hash, issuer, audience, expiresIn = 300 } = options;
  const token = new SignJWT({ role, tenant_hash }).setProtectedHeader({
    alg: options.alg ?? 'HS256',
  });
  if (sub !== '') token.setSubject(sub);
  if (issuer !== undefined) token.setIssuer(issuer);
  if (audience !== undefined) token.setAudience(audience);
  if (expiresIn !== null) token.setExpirationTime(Math.floor(Date.now() / 1000) + expiresIn);
  return token.sign(new TextEncoder().encode(options.secret ?? SECRET));
}
