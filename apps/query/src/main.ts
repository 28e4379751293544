import { connectTables } from '@picasso/storage';
import { createLogger, createMetrics, startTelemetry } from '@picasso/telemetry';
import { createApp } from './app.ts';
import { readConfig } from './config.ts';

const SERVICE = 'query';
const SHUTDOWN_LIMIT_MS = 20_000;

const config = readConfig();
const telemetry = await startTelemetry({ service: SERVICE, ...config.telemetry });
const logger = createLogger({ service: SERVICE, level: config.logLevel });
const tables = connectTables(config.tables);
const app = await createApp({ config, logger, metrics: createMetrics(SERVICE), tables });
await app.listen(config.port, config.host);
logger.info({ url: await app.getUrl() }, 'query is listening');

async function shutDown(signal: string): Promise<void> {
  logger.info({ signal }, 'shutting down');
  setTimeout(() => process.exit(1), SHUTDOWN_LIMIT_MS).unref();
  // Not ready any more, then requests under way are answered, then connections close.
  await app.close();
  tables.close();
  await telemetry.shutdown();
  process.exit(0);
}
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.once(signal, () => void shutDown(signal));
