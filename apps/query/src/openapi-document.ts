import type { OpenAPIObject } from '@nestjs/swagger';
import { connectTables } from '@picasso/storage';
import { createLogger, createMetrics } from '@picasso/telemetry';
import { createApp } from './app.ts';
import { readConfig } from './config.ts';
import { describeApi } from './openapi.ts';

/** The description of the service as it is now; nothing is connected for it. */
export async function openApiDocument(): Promise<OpenAPIObject> {
  const config = readConfig({ LOCAL_MODE: '1', LOG_LEVEL: 'silent' });
  const tables = connectTables(config.tables);
  const app = await createApp({
    config,
    logger: createLogger({ service: 'query', level: config.logLevel }),
    metrics: createMetrics('query', { process: false }),
    tables,
  });
  const document = describeApi(app);
  await app.close();
  tables.close();
  return document;
}
