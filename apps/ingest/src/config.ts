/** The environment, parsed once at start. Nothing else in this service reads it. */
import { FAULT_POINTS, type FaultPoint } from './fault-points.ts';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

export interface IngestConfig {
  readonly host: string;
  readonly port: number;
  readonly natsUrl: string;
  readonly streamReplicas: number;
  readonly tables: { readonly endpoint?: string; readonly region: string; readonly prefix: string };
  /** Addresses and networks of proxies whose X-Forwarded-For is believed. */
  readonly trustProxy: string[] | false;
  /** Open connections; more are refused by closing them at once. */
  readonly maxConnections: number;
  readonly otlpEndpoint?: string;
  /** Share of requests that are traced, 0 to 1. */
  readonly traceSampling: number;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** Fault tests only. */
  readonly fault: { readonly point: FaultPoint; readonly probability: number } | undefined;
}

/** @throws RangeError naming every variable that cannot be used */
export function readConfig(env: NodeJS.ProcessEnv = process.env): IngestConfig {
  const problems: string[] = [];
  const text = (name: string): string | undefined => env[name]?.trim() || undefined;
  const number = (name: string, fallback: number, min: number, max: number): number => {
    const value = Number(text(name) ?? fallback);
    if (value >= min && value <= max) return value;
    problems.push(`${name} must be a number from ${min} to ${max}`);
    return fallback;
  };
  const oneOf = <T extends string>(name: string, values: readonly T[], fallback: T): T => {
    const value = text(name) ?? fallback;
    const known = values.find((each) => each === value);
    if (known === undefined) problems.push(`${name} must be one of ${values.join(', ')}`);
    return known ?? fallback;
  };

  const config: IngestConfig = {
    host: text('HOST') ?? '127.0.0.1',
    port: number('PORT', 4100, 0, 65_535),
    natsUrl: text('NATS_URL') ?? 'nats://127.0.0.1:4222',
    streamReplicas: number('STREAM_REPLICAS', 1, 1, 5),
    tables: {
      endpoint: text('DYNAMODB_ENDPOINT'),
      region: text('AWS_REGION') ?? 'us-east-1',
      prefix: text('TABLE_PREFIX') ?? 'picasso-',
    },
    trustProxy:
      text('TRUST_PROXY')
        ?.split(',')
        .map((proxy) => proxy.trim()) ?? false,
    maxConnections: number('MAX_CONNECTIONS', 10_000, 1, 1_000_000),
    otlpEndpoint: text('OTEL_EXPORTER_OTLP_ENDPOINT'),
    traceSampling: number('TRACE_SAMPLING', 0.01, 0, 1),
    logLevel: oneOf('LOG_LEVEL', LOG_LEVELS, 'info'),
    fault: text('FAULT_POINT')
      ? {
          point: oneOf('FAULT_POINT', FAULT_POINTS, FAULT_POINTS[0]),
          probability: number('FAULT_PROBABILITY', 1, 0, 1),
        }
      : undefined,
  };
  if (problems.length > 0) throw new RangeError(problems.join('; '));
  return Object.freeze(config);
}
