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
  PORT: port(4100),
  NATS_URL: z.string().default('nats://127.0.0.1:4222'),
  TRUST_PROXY: z.string().optional(),
  MAX_CONNECTIONS: integer(10_000, 1, 1_000_000),
  FAULT_POINT: z.enum(FAULT_POINTS).optional(),
  FAULT_PROBABILITY: fraction(1),
  ...LOGGING,
  ...STREAMS,
  ...TABLES,
  ...TELEMETRY,
};

export interface IngestConfig {
  readonly host: string;
  readonly port: number;
  readonly natsUrl: string;
  readonly streams: StreamsConfig;
  readonly tables: TablesConfig;
  /** Addresses and networks of proxies whose X-Forwarded-For is believed. */
  readonly trustProxy: string[] | false;
  /** Open connections; more are refused by closing them at once. */
  readonly maxConnections: number;
  readonly telemetry: TelemetryConfig;
  readonly logLevel: LogLevel;
  /** Fault tests only. */
  readonly fault: { readonly point: FaultPoint; readonly probability: number } | undefined;
}

/** @throws EnvironmentError naming every variable that cannot be used */
export function readConfig(environment: Environment = process.env): IngestConfig {
  const env = readEnvironment(environment, VARIABLES);
  return Object.freeze({
    host: env.HOST,
    port: env.PORT,
    natsUrl: env.NATS_URL,
    streams: streamsOf(env),
    tables: tablesOf(env),
    trustProxy: env.TRUST_PROXY?.split(',').map((proxy) => proxy.trim()) ?? false,
    maxConnections: env.MAX_CONNECTIONS,
    telemetry: telemetryOf(env),
    logLevel: env.LOG_LEVEL,
    fault: env.FAULT_POINT && { point: env.FAULT_POINT, probability: env.FAULT_PROBABILITY },
  });
}
