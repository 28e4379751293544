const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
type LogLevel = (typeof LOG_LEVELS)[number];

export interface Config {
  /** Needed by `erase` and by the work queue only. */
  readonly natsUrl: string;
  readonly tables: { endpoint: string | undefined; region: string; prefix: string };
  readonly objects: {
    endpoint: string | undefined;
    region: string;
    bucket: string;
    credentials: { accessKeyId: string; secretAccessKey: string } | undefined;
  };
  /** Where the tenants' configurations lie. */
  readonly configBucket: string;
  /** Tenants worked on at once. */
  readonly parallel: number;
  /** Milliseconds after which the work of a process that died is taken over. */
  readonly leaseMs: number;
  readonly pushgatewayUrl: string | undefined;
  readonly telemetry: { endpoint: string | undefined; sampling: number };
  readonly logLevel: LogLevel;
  /** Fault tests only: die at the n-th fault point. */
  readonly faultAt: number;
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
  const level = env['LOG_LEVEL'] || 'info';
  const logLevel = LOG_LEVELS.find((known) => known === level);
  if (!logLevel) throw new RangeError(`LOG_LEVEL must be one of ${LOG_LEVELS.join(', ')}`);
  const region = env['AWS_REGION'] ?? 'us-east-1';
  const prefix = env['TABLE_PREFIX'] ?? 'picasso-';
  const accessKeyId = env['S3_ACCESS_KEY_ID'];
  const secretAccessKey = env['S3_SECRET_ACCESS_KEY'];
  const bucket = env['S3_BUCKET'] || `${prefix}journeys`;
  return Object.freeze({
    natsUrl: env['NATS_URL'] ?? 'nats://127.0.0.1:4222',
    tables: { endpoint: env['DYNAMODB_ENDPOINT'] || undefined, region, prefix },
    objects: {
      endpoint: env['S3_ENDPOINT'] || undefined,
      region,
      bucket,
      credentials: accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : undefined,
    },
    configBucket: env['CONFIG_BUCKET'] || bucket,
    parallel: number(env, 'PARALLEL_TENANTS', 10, 1),
    leaseMs: number(env, 'LEASE_MS', 60_000, 500),
    pushgatewayUrl: env['PUSHGATEWAY_URL'] || undefined,
    telemetry: {
      endpoint: env['OTEL_EXPORTER_OTLP_ENDPOINT'] || undefined,
      sampling: number(env, 'TRACE_SAMPLING', 0.01, 0),
    },
    logLevel,
    faultAt: number(env, 'FAULT_AT', 0, 0),
  });
}
