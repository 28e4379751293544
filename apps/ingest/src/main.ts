import 'reflect-metadata';
import { awaitStreams, connectBroker } from '@picasso/messaging';
import { closeServer, endOnSignal } from '@picasso/service';
import { connectTables } from '@picasso/storage';
import { createLogger, createMetrics, startTelemetry } from '@picasso/telemetry';
import { createApp } from './app.ts';
import { readConfig } from './config.ts';
import { EventsPublisher } from './events.publisher.ts';
import { armFaultPoint } from './fault-points.ts';

const SERVICE = 'ingest';
const SHUTDOWN_LIMIT_MS = 25_000;
/** Longer than a publish may take (5 s): whoever is still sending then has nothing stored yet. */
const LAST_ANSWERS_MS = 7_000;

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

endOnSignal(async (signal) => {
  logger.info({ signal }, 'shutting down');
  // Not ready any more; requests under way are answered, which awaits their publishes.
  await closeServer(app.getHttpServer(), () => app.close(), LAST_ANSWERS_MS);
  await publisher.stop();
  tables.close();
  await telemetry.shutdown();
}, SHUTDOWN_LIMIT_MS);

// Listens before there is a broker: alive, not ready, and honest with 503.
const broker = await connectBroker({ url: config.natsUrl, name: SERVICE, logger });
await awaitStreams(broker.jsm, config.streams, logger);
publisher.start(broker);
logger.info('ingest takes events');
