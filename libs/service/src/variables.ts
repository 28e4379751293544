/** Variables that mean the same in every service. */
import { z } from 'zod';

export const integer = (fallback: number, min: number, max: number) =>
  z.coerce.number().int().min(min).max(max).default(fallback);

/** A share or a probability. */
export const fraction = (fallback: number) => z.coerce.number().min(0).max(1).default(fallback);

export const httpUrl = z.url({ protocol: /^https?$/ }).optional();

/** `true` for 1 and true. */
export const flag = z
  .string()
  .optional()
  .transform((text) => text === '1' || text === 'true');

/** TCP port; 0 takes a free one. */
export const port = (fallback: number) => integer(fallback, 0, 65_535);

/** As pino knows them. */
const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export const LOGGING = { LOG_LEVEL: z.enum(LOG_LEVELS).default('info') };

export const TELEMETRY = {
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl,
  TRACE_SAMPLING: fraction(0.01),
};

/** Of all that lies on the broker; whoever provisions the streams has to say the same. */
export const STREAMS = {
  STREAM_REPLICAS: integer(1, 1, 5),
  EVENTS_MAX_MB: integer(8_192, 1, 16_777_216),
  DLQ_MAX_MB: integer(1_024, 1, 16_777_216),
  SUMMARIES_MAX_MB: integer(128, 1, 16_777_216),
};

export const TABLES = {
  DYNAMODB_ENDPOINT: httpUrl,
  AWS_REGION: z.string().default('us-east-1'),
  TABLE_PREFIX: z.string().default('picasso-'),
};

export const OBJECTS = {
  S3_ENDPOINT: httpUrl,
  S3_BUCKET: z.string().optional(),
  S3_ACCESS_KEY_ID: z.string().optional(),
  S3_SECRET_ACCESS_KEY: z.string().optional(),
};

type Read<Variables extends z.ZodRawShape> = z.output<z.ZodObject<Variables>>;

export interface TelemetryConfig {
  /** OTLP over HTTP; without it nothing is traced. */
  readonly otlpEndpoint: string | undefined;
  /** Share of requests that are traced, 0 to 1. */
  readonly sampling: number;
}

export const telemetryOf = (env: Read<typeof TELEMETRY>): TelemetryConfig => ({
  otlpEndpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT,
  sampling: env.TRACE_SAMPLING,
});

export interface StreamsConfig {
  /** Copies of each stream: 1 on one machine, 3 in a cluster. */
  readonly replicas: number;
  /** Bytes that a stream may take. */
  readonly eventsMaxBytes: number;
  readonly deadLettersMaxBytes: number;
  readonly summariesMaxBytes: number;
}

const MIB = 1024 ** 2;

export const streamsOf = (env: Read<typeof STREAMS>): StreamsConfig => ({
  replicas: env.STREAM_REPLICAS,
  eventsMaxBytes: env.EVENTS_MAX_MB * MIB,
  deadLettersMaxBytes: env.DLQ_MAX_MB * MIB,
  summariesMaxBytes: env.SUMMARIES_MAX_MB * MIB,
});

export interface TablesConfig {
  /** DynamoDB-compatible engine; without it AWS's own. */
  readonly endpoint: string | undefined;
  readonly region: string;
  /** Precedes every table's name. */
  readonly prefix: string;
}

export const tablesOf = (env: Read<typeof TABLES>): TablesConfig => ({
  endpoint: env.DYNAMODB_ENDPOINT,
  region: env.AWS_REGION,
  prefix: env.TABLE_PREFIX,
});

export interface ObjectsConfig {
  /** S3-compatible server; without it AWS's own. */
  readonly endpoint: string | undefined;
  readonly region: string;
  readonly bucket: string;
  /** Without them the AWS client looks in its usual places. */
  readonly credentials:
    { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
}

export const objectsOf = (env: Read<typeof OBJECTS & typeof TABLES>): ObjectsConfig => ({
  endpoint: env.S3_ENDPOINT,
  region: env.AWS_REGION,
  bucket: env.S3_BUCKET ?? `${env.TABLE_PREFIX}journeys`,
  credentials:
    env.S3_ACCESS_KEY_ID && env.S3_SECRET_ACCESS_KEY
      ? { accessKeyId: env.S3_ACCESS_KEY_ID, secretAccessKey: env.S3_SECRET_ACCESS_KEY }
      : undefined,
});
