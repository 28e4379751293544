import { FAULT_POINTS } from './fault-points.ts';

const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
type LogLevel = (typeof LOG_LEVELS)[number];

export interface Config {
  readonly host: string;
  readonly port: number;
  readonly natsUrl: string;
  readonly tables: { endpoint: string | undefined; region: string; prefix: string };
  readonly idleMs: number;
  /** Messages being worked on at once; bounds memory and what a crash redelivers. */
  readonly maxInFlight: number;
  readonly cachedEvents: number;
  /** Milliseconds between two looks of the ledger. */
  readonly ledgerMs: number;
  /** Copies of each stream: 1 on one machine, 3 in a cluster. */
  readonly streams: { replicas: number };
  readonly telemetry: { endpoint: string | undefined; sampling: number };
  readonly logLevel: LogLevel;
  /** Fault tests only. */
  readonly fault: { point: string; probability: number } | undefined;
  readonly plantedBug: string | undefined;
  readonly nodeEnv: string | undefined;
}

function number(env: NodeJS.ProcessEnv, name: string, fallback: number, min: number): number {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (!Number.isFinite(value) || value < min) {
    throw new RangeError(`${name} must be a number of at least ${min}, it is "${text}"`);
  }
  return value;
}

/** @throws RangeError naming the variable that cannot be used */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const point = env['FAULT_POINT'];
  const known: readonly string[] = FAULT_POINTS;
  if (point && !known.includes(point)) throw new RangeError(`FAULT_POINT "${point}" is unknown`);
  const level = env['LOG_LEVEL'] || 'info';
  const logLevel = LOG_LEVELS.find((known) => known === level);
  if (!logLevel) throw new RangeError(`LOG_LEVEL must be one of ${LOG_LEVELS.join(', ')}`);
  return Object.freeze({
    host: env['HOST'] ?? '127.0.0.1',
    port: number(env, 'PORT', 4110, 0),
    natsUrl: env['NATS_URL'] ?? 'nats://127.0.0.1:4222',
    tables: {
      endpoint: env['DYNAMODB_ENDPOINT'] || undefined,
      region: env['AWS_REGION'] ?? 'us-east-1',
      prefix: env['TABLE_PREFIX'] ?? 'picasso-',
    },
    idleMs: number(env, 'IDLE_TIMEOUT_MS', 30 * 60_000, 1_000),
    maxInFlight: number(env, 'MAX_IN_FLIGHT', 64, 1),
    cachedEvents: number(env, 'CACHED_EVENTS', 50_000, 0),
    ledgerMs: number(env, 'LEDGER_INTERVAL_MS', 15_000, 100),
    streams: { replicas: number(env, 'STREAM_REPLICAS', 1, 1) },
    telemetry: {
      endpoint: env['OTEL_EXPORTER_OTLP_ENDPOINT'] || undefined,
      sampling: number(env, 'TRACE_SAMPLING', 0.01, 0),
    },
    logLevel,
    fault: point ? { point, probability: number(env, 'FAULT_PROBABILITY', 1, 0) } : undefined,
    plantedBug: env['PLANTED_BUG'] || undefined,
    nodeEnv: env['NODE_ENV'],
  });
}
