import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { SESSIONIZER_CONSUMER, STREAMS, SUBJECTS } from '@picasso/contracts';
import {
  type Broker,
  DeadLetters,
  JetStreamStrategy,
  consumerLag,
  createPublisher,
} from '@picasso/messaging';
import { LedgerStore, SessionStore, type Tables, TenantStore } from '@picasso/storage';
import type { Metrics } from '@picasso/telemetry';
import { Logger as NestLogger } from 'nestjs-pino';
import type { Logger } from 'pino';
import { AppModule } from './app.module.ts';
import type { Config } from './config.ts';
import { Housekeeping } from './housekeeping.ts';
import { IdleSweep } from './idle-sweep.ts';
import { Intake } from './intake.ts';
import { BareAddStore, type PlantedBug, skipUnprocessed } from './planted-bugs.ts';
import { SessionCache } from './session-cache.ts';
import { Sessionizer } from './sessionizer.ts';
import { SummaryNotices } from './summary-notices.ts';
import { TenantDirectory } from './tenant-settings.ts';

export interface Surroundings {
  config: Config;
  broker: Broker;
  tables: Tables;
  metrics: Metrics;
  logger: Logger;
  bug?: PlantedBug | undefined;
}

export interface App {
  nest: NestFastifyApplication;
  /** Starts consuming, the HTTP port for health and metrics, and housekeeping. */
  start(): Promise<void>;
  /** Stops pulling, finishes and acknowledges what was pulled, then ends the rest. */
  stop(): Promise<void>;
}

/** The whole service, not started yet. */
export async function createApp(surroundings: Surroundings): Promise<App> {
  const { config, broker, tables, metrics, logger, bug } = surroundings;
  const publisher = createPublisher(broker, { metrics });
  // A tenth of the idle time: young sessions then seldom move in the index of open sessions.
  const roundMs = Math.max(1_000, Math.min(180_000, config.idleMs / 10));
  if (bug === 'skip-unprocessed') skipUnprocessed(tables);
  const store =
    bug === 'bare-add' ? new BareAddStore(tables, roundMs) : new SessionStore(tables, roundMs);
  const sessionizer = new Sessionizer({
    store,
    cache: new SessionCache(config.cachedEvents),
    tenants: new TenantDirectory(new TenantStore(tables)),
    notices: new SummaryNotices(publisher, metrics),
    deadLetters: new DeadLetters(publisher),
  });
  const intake = new Intake({ sessionizer, metrics, logger, bug });
  const strategy = new JetStreamStrategy({
    broker: () => Promise.resolve(broker),
    stream: STREAMS.events,
    durable: SESSIONIZER_CONSUMER,
    filterSubjects: [SUBJECTS.allEvents],
    maxInFlight: config.maxInFlight,
    metrics,
    logger,
  });
  const sweep = new IdleSweep({
    store,
    idleMs: config.idleMs,
    close: (key, idleSinceMs) => intake.close(key, idleSinceMs),
    oldestUnprocessedMs: async () =>
      (await consumerLag(broker.jsm, STREAMS.events, SESSIONIZER_CONSUMER)).oldestUnprocessedMs,
  });
  const housekeeping = new Housekeeping({
    broker,
    sweep,
    store: new LedgerStore(tables),
    metrics,
    logger,
    ledgerMs: config.ledgerMs,
  });

  const nest = await NestFactory.create<NestFastifyApplication>(
    AppModule.with({ intake, logger, metrics, strategy, tables }),
    new FastifyAdapter(),
    { bufferLogs: true, abortOnError: false },
  );
  nest.useLogger(nest.get(NestLogger));
  nest.connectMicroservice({ strategy });

  return {
    nest,
    async start() {
      await nest.startAllMicroservices();
      await nest.listen(config.port, config.host);
      housekeeping.start();
    },
    async stop() {
      await housekeeping.stop();
      await nest.close();
      await publisher.idle();
    },
  };
}
