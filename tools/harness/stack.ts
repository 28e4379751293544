/** The whole pipeline as real processes on engines of its own, in a directory of its own. */
import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { freePort, startNats, startTables, type Engine, type NatsEngine } from '@picasso/engines';
import { connectTables, provisionTables, TenantStore, type Tables } from '@picasso/storage';
import { Service, type Victim } from './service.ts';

export interface StackTenant {
  tenant_hash: string;
  write_key: string;
  server_key: string;
}

export interface StackOptions {
  /** Data and logs; emptied first. */
  dir: string;
  tenants: readonly string[];
  sessionizers: number;
  /** What stands for the 30-minute rule. */
  idleTimeoutMs: number;
  withQuery: boolean;
  /** Puts something between the services and the table engine: its URL in, the URL to use out. */
  throughProxy?: (tablesUrl: string) => Promise<string>;
  /** Added to the environment of every sessionizer. */
  sessionizerEnv?: Record<string, string>;
  /** Added to the environment of every service. */
  env?: Record<string, string>;
  /** Whether nats-server syncs its files before every acknowledgement. */
  syncAlways?: boolean;
}

export interface Stack {
  natsUrl: string;
  nats: Nats;
  ingest: Service;
  sessionizers: Service[];
  query: Service;
  tenants: StackTenant[];
  /** Straight to the engine, past any proxy. */
  tables: Tables;
  tablesUrl: string;
  token(tenantHash: string): Promise<string>;
  /** Name → process id of everything that runs at the moment. */
  pids(): Record<string, number>;
  stop(): Promise<void>;
}

export interface Nats extends Victim {
  url: string;
  pid: number;
  version: string;
  /** What is in force, whatever was asked for. */
  syncAlways: boolean;
  stop(): Promise<void>;
}

/** Above every load that the harnesses send: they measure correctness, not the rate limit. */
const EVENTS_PER_SECOND = 1_000_000;
const REGION = 'us-east-1';

/** nats-server as a victim: started again on the same port and the same store. */
const natsVictim = async (dir: string, syncAlways?: boolean): Promise<Nats> => {
  const options = { dir: join(dir, 'nats'), logFile: join(dir, 'logs/nats.log'), syncAlways };
  let engine: NatsEngine = await startNats(options);
  const { port, url, version } = engine;
  return {
    name: 'nats-server',
    url,
    version,
    syncAlways: engine.syncAlways,
    get pid() {
      return engine.pid;
    },
    kill: () => engine.kill(),
    stop: () => engine.stop(),
    start: async () => {
      engine = await startNats({ ...options, port });
    },
    // startNats resolves only when JetStream answers.
    waitUntilReady: async () => 0,
  };
};

const createTenants = async (tables: Tables, hashes: readonly string[]): Promise<StackTenant[]> => {
  const store = new TenantStore(tables);
  const created: StackTenant[] = [];
  for (const tenant_hash of hashes) {
    const { write_key, server_key } = await store.create({
      tenant_hash,
      name: tenant_hash,
      events_per_second: EVENTS_PER_SECOND,
      dead_letters_per_hour: EVENTS_PER_SECOND,
    });
    created.push({ tenant_hash, write_key, server_key });
  }
  return created;
};

export const startStack = async (options: StackOptions): Promise<Stack> => {
  const { dir } = options;
  await rm(dir, { recursive: true, force: true });
  await mkdir(join(dir, 'logs'), { recursive: true });
  const started: { stop(): Promise<void> }[] = [];
  const stop = async (): Promise<void> => {
    for (const process of started.reverse()) await process.stop();
  };
  try {
    const nats = await natsVictim(dir, options.syncAlways);
    started.push(nats);
    const engine: Engine = await startTables({
      dbPath: join(dir, 'tables.db'),
      logFile: join(dir, 'logs/tables.log'),
    });
    started.push(engine);
    const tables = connectTables({ endpoint: engine.url, region: REGION, prefix: 'picasso-' });
    await provisionTables(tables);
    const tenants = await createTenants(tables, options.tenants);

    const jwtSecret = randomBytes(32).toString('hex');
    const shared = {
      NATS_URL: nats.url,
      DYNAMODB_ENDPOINT: options.throughProxy ? await options.throughProxy(engine.url) : engine.url,
      AWS_REGION: REGION,
      LOG_LEVEL: 'warn',
      LOCAL_MODE: '1',
      ...options.env,
    };
    const service = async (
      app: 'ingest' | 'sessionizer' | 'query',
      name: string,
      env: Record<string, string> = {},
    ): Promise<Service> =>
      new Service({
        name,
        app,
        port: await freePort(),
        env: { ...shared, ...env },
        logFile: join(dir, `logs/${name}.log`),
      });
    const ingest = await service('ingest', 'ingest');
    const sessionizers: Service[] = [];
    for (let i = 1; i <= options.sessionizers; i += 1) {
      const env = { IDLE_TIMEOUT_MS: String(options.idleTimeoutMs), ...options.sessionizerEnv };
      sessionizers.push(await service('sessionizer', `sessionizer-${i}`, env));
    }
    const query = await service('query', 'query', {
      JWT_SECRET: jwtSecret,
      INGEST_URL: ingest.url,
    });
    const services = [ingest, ...sessionizers, ...(options.withQuery ? [query] : [])];
    for (const each of services) {
      started.push(each);
      await each.start();
    }
    await Promise.all(services.map((each) => each.waitUntilReady()));

    return {
      natsUrl: nats.url,
      nats,
      ingest,
      sessionizers,
      query,
      tenants,
      tables,
      tablesUrl: engine.url,
      token: (tenantHash) => signToken(jwtSecret, tenantHash),
      pids: () => ({
        'nats-server': nats.pid,
        tables: engine.pid,
        ...Object.fromEntries(services.flatMap(({ name, pid }) => (pid ? [[name, pid]] : []))),
      }),
      stop: async () => {
        tables.close();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
};

const signToken = (secret: string, tenantHash: string): Promise<string> =>
  new SignJWT({ tenant_hash: tenantHash, role: 'admin' })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject('harness')
    .setIssuedAt()
    .setExpirationTime('2h')
    .sign(new TextEncoder().encode(secret));
