import type { LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { AppModule, type AppParts } from './app.module.ts';
import type { IngestConfig } from './config.ts';
import { createAdapter, prepareServer } from './http/server.ts';
import { IngestMetrics } from './ingest-metrics.ts';

/** Nest's own messages; its start-up chatter is for debugging. */
const nestLogger = (logger: Logger): LoggerService => ({
  log: (message: unknown, ...rest: unknown[]) => logger.debug({ rest }, String(message)),
  warn: (message: unknown, ...rest: unknown[]) => logger.warn({ rest }, String(message)),
  error: (message: unknown, ...rest: unknown[]) => logger.error({ rest }, String(message)),
});

/** The whole service, not listening yet and without a broker. */
export async function createApp(
  config: IngestConfig,
  parts: AppParts,
): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.with(parts),
    createAdapter(config),
    {
      // Bodies are read by request-body.ts.
      bodyParser: false,
      abortOnError: false,
      return503OnClosing: true,
      logger: nestLogger(parts.logger),
    },
  );
  prepareServer(app.getHttpAdapter().getInstance(), config, app.get(IngestMetrics));
  return app;
}
