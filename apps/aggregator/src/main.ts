import { EnvironmentError } from '@picasso/service';
import { type Broker, connectBroker } from '@picasso/messaging';
import { connectObjects, connectTables } from '@picasso/storage';
import { createLogger, startTelemetry } from '@picasso/telemetry';
import { USAGE, UsageError, isWhole, readInvocation } from './cli.ts';
import { runCommand } from './commands.ts';
import { readConfig } from './config.ts';
import { armFaultPoints } from './fault-points.ts';
import { pushReport } from './jobs/job-metrics.ts';

const SERVICE = 'aggregator';
const EXIT = { done: 0, partial: 1, usage: 2 } as const;

async function main(args: readonly string[]): Promise<number> {
  const invocation = readInvocation(args);
  const config = readConfig();
  const telemetry = await startTelemetry({
    service: SERVICE,
    ...config.telemetry,
  });
  const logger = createLogger({ service: SERVICE, level: config.logLevel });
  armFaultPoints(config.faultAt);
  const tables = connectTables(config.tables);
  const objects = connectObjects(config.objects);
  const stopping = new AbortController();
  // Run-to-completion commands may be killed anywhere: only the one that waits has to be told.
  if (invocation.command === 'erase' && invocation.work) {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => stopping.abort());
    }
  }
  let connecting: Promise<Broker> | undefined;
  const broker = (): Promise<Broker> =>
    (connecting ??= connectBroker({ url: config.natsUrl, name: SERVICE, logger }));
  try {
    const report = await runCommand(invocation, {
      ...{ config, tables, objects, logger, broker },
      nowMs: Date.now(),
      stopping: stopping.signal,
    });
    const { command, done, held, failed, figures, seconds } = report;
    logger.info(
      { command, done: done.length, held: held.length, failed, figures, seconds },
      failed.length > 0 ? 'finished, some tenants failed' : 'finished',
    );
    if (config.pushgatewayUrl) {
      await pushReport(config.pushgatewayUrl, report, {
        nowMs: Date.now(),
        whole: isWhole(invocation),
      }).catch((error: unknown) => {
        logger.warn({ err: error }, 'the Pushgateway did not take the figures');
      });
    }
    return failed.length > 0 ? EXIT.partial : EXIT.done;
  } finally {
    await connecting?.then((connected) => connected.close());
    objects.close();
    tables.close();
    await telemetry.shutdown();
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const usage = error instanceof UsageError || error instanceof EnvironmentError;
  console.error(usage ? `${(error as Error).message}\n\n${USAGE}` : error);
  process.exitCode = usage ? EXIT.usage : EXIT.partial;
}
