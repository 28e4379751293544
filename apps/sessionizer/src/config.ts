/** The environment, parsed once at start. Nothing else in this service reads it. */
import {
  type Environment,
  fraction,
  integer,
  LOGGING,
  type LogLevel,
  port,
  readEnvironment,
  STREAMS,
  streamsOf,
  type StreamsConfig,
  TABLES,
  tablesOf,
  type TablesConfig,
  TELEMETRY,
  telemetryOf,
  type TelemetryConfig,
} from '@picasso/service';
import { z } from 'zod';
import { FAULT_POINTS, type FaultPoint } from './fault-points.ts';

const VARIABLES = {
  HOST: z.string().default('127.0.0.1'),
  PORT: port(4110),
  NATS_URL: z.string().default('nats://127.0.0.1:4222'),
  IDLE_TIMEOUT_MS: integer(30 * 60_000, 1_000, 86_400_000),
  MAX_IN_FLIGHT: integer(64, 1, 10_000),
  CACHED_EVENTS: integer(50_000, 0, 100_000_000),
  LEDGER_INTERVAL_MS: integer(15_000, 100, 86_400_000),
  FAULT_POINT: z.enum(FAULT_POINTS).optional(),
  FAULT_PROBABILITY: fraction(1),
  PLANTED_BUG: z.string().optional(),
  NODE_ENV: z.string().optional(),
  ...LOGGING,
  ...STREAMS,
  ...TABLES,
  ...TELEMETRY,
};

export interface Config {
  readonly host: string;
  readonly port: number;
  readonly natsUrl: string;
  readonly tables: TablesConfig;
  readonly idleMs: number;
  /** Messages being worked on at once; bounds memory and what a crash redelivers. */
  readonly maxInFlight: number;
  readonly cachedEvents: number;
  /** Milliseconds between two looks of the ledger. */
  readonly ledgerMs: number;
  readonly streams: StreamsConfig;
  readonly telemetry: TelemetryConfig;
  readonly logLevel: LogLevel;
  /** Fault tests only. */
  readonly fault: { readonly point: FaultPoint; readonly probability: number } | undefined;
  readonly plantedBug: string | undefined;
  readonly nodeEnv: string | undefined;
}

/** @throws EnvironmentError naming every variable that cannot be used */
export function readConfig(environment: Environment = process.env): Config {
  const env = readEnvironment(environment, VARIABLES);
  return Object.freeze({
    host: env.HOST,
    port: env.PORT,
    natsUrl: env.NATS_URL,
    tables: tablesOf(env),
    idleMs: env.IDLE_TIMEOUT_MS,
    maxInFlight: env.MAX_IN_FLIGHT,
    cachedEvents: env.CACHED_EVENTS,
    ledgerMs: env.LEDGER_INTERVAL_MS,
    streams: streamsOf(env),
    telemetry: telemetryOf(env),
    logLevel: env.LOG_LEVEL,
    fault: env.FAULT_POINT && { point: env.FAULT_POINT, probability: env.FAULT_PROBABILITY },
    plantedBug: env.PLANTED_BUG,
    nodeEnv: env.NODE_ENV,
  });
}
