/** The environment, parsed once at start. Nothing else in this app reads it. */
import {
  type Environment,
  httpUrl,
  integer,
  LOGGING,
  type LogLevel,
  OBJECTS,
  objectsOf,
  type ObjectsConfig,
  readEnvironment,
  TABLES,
  tablesOf,
  type TablesConfig,
  TELEMETRY,
  telemetryOf,
  type TelemetryConfig,
} from '@picasso/service';
import { z } from 'zod';

const VARIABLES = {
  NATS_URL: z.string().default('nats://127.0.0.1:4222'),
  CONFIG_BUCKET: z.string().optional(),
  PARALLEL_TENANTS: integer(10, 1, 1_000),
  LEASE_MS: integer(60_000, 500, 86_400_000),
  PUSHGATEWAY_URL: httpUrl,
  FAULT_AT: integer(0, 0, 1_000_000_000),
  ...LOGGING,
  ...OBJECTS,
  ...TABLES,
  ...TELEMETRY,
};

export interface Config {
  /** Needed by `erase` and by the work queue only. */
  readonly natsUrl: string;
  readonly tables: TablesConfig;
  readonly objects: ObjectsConfig;
  /** Where the tenants' configurations lie. */
  readonly configBucket: string;
  /** Tenants worked on at once. */
  readonly parallel: number;
  /** Milliseconds after which the work of a process that died is taken over. */
  readonly leaseMs: number;
  readonly pushgatewayUrl: string | undefined;
  readonly telemetry: TelemetryConfig;
  readonly logLevel: LogLevel;
  /** Fault tests only: die at the n-th fault point. */
  readonly faultAt: number;
}

/** @throws EnvironmentError naming every variable that cannot be used */
export function readConfig(environment: Environment = process.env): Config {
  const env = readEnvironment(environment, VARIABLES);
  const objects = objectsOf(env);
  return Object.freeze({
    natsUrl: env.NATS_URL,
    tables: tablesOf(env),
    objects,
    configBucket: env.CONFIG_BUCKET ?? objects.bucket,
    parallel: env.PARALLEL_TENANTS,
    leaseMs: env.LEASE_MS,
    pushgatewayUrl: env.PUSHGATEWAY_URL,
    telemetry: telemetryOf(env),
    logLevel: env.LOG_LEVEL,
    faultAt: env.FAULT_AT,
  });
}
