import { closeServer, endOnSignal } from '@picasso/service';
import { connectTables } from '@picasso/storage';
import { createLogger, createMetrics, startTelemetry } from '@picasso/telemetry';
import { createApp } from './app.ts';
import { readConfig } from './config.ts';

const SERVICE = 'query';
const SHUTDOWN_LIMIT_MS = 25_000;

const config = readConfig();
const telemetry = await startTelemetry({ service: SERVICE, ...config.telemetry });
const logger = createLogger({ service: SERVICE, level: config.logLevel });
const tables = connectTables(config.tables);
const app = await createApp({ config, logger, metrics: createMetrics(SERVICE), tables });
await app.listen(config.port, config.host);
logger.info({ url: await app.getUrl() }, 'query is listening');

endOnSignal(async (signal) => {
  logger.info({ signal }, 'shutting down');
  // Not ready any more, then requests under way are answered, then connections close.
  await closeServer(app.getHttpServer(), () => app.close(), config.requestTimeoutMs);
  tables.close();
  await telemetry.shutdown();
}, SHUTDOWN_LIMIT_MS);
