/** Commands of the built aggregator as processes, as a CronJob starts them. */
import { existsSync } from 'node:fs';
import { spawnChild, type Child } from '@picasso/engines';
import { bundleOf, runBundle } from './workspace.ts';

export interface AggregatorEngines {
  tables: string;
  objects: string;
  /** For the commands that need it: `erase` and the work queue. */
  nats?: string | undefined;
}

export interface AggregatorSettings {
  engines: AggregatorEngines;
  /** Appended to; without it the last lines are kept for error messages only. */
  logFile?: string;
  /** Added to the environment. */
  env?: Record<string, string>;
  /** Ends a command that is being run to its end. */
  signal?: AbortSignal;
}

/** Starts a command; it may go on for long. */
export async function startAggregator(
  args: readonly string[],
  { engines, logFile, env }: AggregatorSettings,
): Promise<Child> {
  const bundle = bundleOf('aggregator');
  if (!existsSync(bundle)) throw new Error(`${bundle} is missing: run \`nx build aggregator\``);
  return spawnChild({
    command: process.execPath,
    args: [...runBundle('aggregator'), ...args],
    env: {
      PATH: process.env['PATH'],
      DYNAMODB_ENDPOINT: engines.tables,
      S3_ENDPOINT: engines.objects,
      ...(engines.nats ? { NATS_URL: engines.nats } : {}),
      LOG_LEVEL: 'warn',
      ...env,
    },
    ...(logFile ? { logFile } : {}),
  });
}

/** Runs a command to its end. @throws Error with the end of its log unless it ended well */
export async function runAggregator(
  args: readonly string[],
  settings: AggregatorSettings,
): Promise<void> {
  settings.signal?.throwIfAborted();
  const child = await startAggregator(args, settings);
  settings.signal?.addEventListener('abort', () => void child.stop(), { once: true });
  const { code, signal } = await child.exited;
  if (code === 0) return;
  const how = signal ? `by ${signal}` : `with exit code ${code}`;
  throw new Error(`aggregator ${args[0]} ended ${how}. Its last words:\n${child.tail().trim()}`);
}
