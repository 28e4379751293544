import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import { awaitStreams, connectBroker } from '@picasso/messaging';
import { connectTables } from '@picasso/storage';
import { createLogger, createMetrics, startTelemetry } from '@picasso/telemetry';
import { createApp } from './app.ts';
import { readConfig } from './config.ts';
import { EventsPublisher } from './events.publisher.ts';
import { armFaultPoint } from './fault-points.ts';
import { closeServer } from './http/closing.ts';

const SERVICE = 'ingest';
const SHUTDOWN_LIMIT_MS = 25_000;

const config = readConfig();
const telemetry = await startTelemetry({
  service: SERVICE,
  ...config.telemetry,
});
const logger = createLogger({ service: SERVICE, level: config.logLevel });
armFaultPoint(config.fault);
const tables = connectTables(config.tables);
const app = await createApp(config, {
  logger,
  metrics: createMetrics(SERVICE),
  tables,
  tracing: telemetry.enabled,
});
const publisher = app.get(EventsPublisher);
await app.listen(config.port, config.host);
logger.info({ url: await app.getUrl() }, 'ingest is listening');

async function shutDown(signal: string): Promise<void> {
  logger.info({ signal }, 'shutting down');
  void sleep(SHUTDOWN_LIMIT_MS, undefined, { ref: false }).then(() => process.exit(1));
  // Not ready any more; requests under way are answered, which awaits their publishes.
  await closeServer(app);
  await publisher.stop();
  tables.close();
  await telemetry.shutdown();
  process.exit(0);
}
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.once(signal, () => void shutDown(signal));

// Listens before there is a broker: alive, not ready, and honest with 503.
const broker = await connectBroker({ url: config.natsUrl, name: SERVICE, logger });
await awaitStreams(broker.jsm, config.streams, logger);
publisher.start(broker);
logger.info('ingest takes events');
