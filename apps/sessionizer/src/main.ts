import { awaitStreams, connectBroker } from '@picasso/messaging';
import { endOnSignal } from '@picasso/service';
import { connectTables } from '@picasso/storage';
import { createLogger, createMetrics, startTelemetry } from '@picasso/telemetry';
import { createApp } from './app.ts';
import { readConfig } from './config.ts';
import { armFaultPoint } from './fault-points.ts';
import { plantedBug } from './planted-bugs.ts';

const SERVICE = 'sessionizer';
const SHUTDOWN_LIMIT_MS = 25_000;

const config = readConfig();
const telemetry = await startTelemetry({
  service: SERVICE,
  ...config.telemetry,
});
const logger = createLogger({ service: SERVICE, level: config.logLevel });
const metrics = createMetrics(SERVICE);
const units = metrics.counter(
  'dynamodb_consumed_write_units_total',
  'Write units that the table engine charged, indexes included.',
  ['table'],
);
const tables = connectTables({
  ...config.tables,
  onWriteUnits: (table, consumed) => units.inc({ table }, consumed),
});
const bug = plantedBug(config.plantedBug, config.nodeEnv);
if (bug) logger.error({ bug }, 'running with a planted bug: for fault tests only');
if (config.fault) armFaultPoint(config.fault.point, config.fault.probability);

const broker = await connectBroker({ url: config.natsUrl, name: SERVICE, logger });
await awaitStreams(broker.jsm, config.streams, logger);
const app = await createApp({ config, broker, tables, metrics, logger, bug });
await app.start();
logger.info({ url: await app.nest.getUrl() }, 'sessionizer is consuming');

endOnSignal(async (signal) => {
  logger.info({ signal }, 'shutting down');
  await app.stop();
  await broker.close();
  tables.close();
  await telemetry.shutdown();
}, SHUTDOWN_LIMIT_MS);
