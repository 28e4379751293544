/** The environment, parsed once at start. Nothing else in this service reads it. */
import {
  type Environment,
  flag,
  httpUrl,
  integer,
  LOGGING,
  type LogLevel,
  OBJECTS,
  objectsOf,
  type ObjectsConfig,
  port,
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
  HOST: z.string().optional(),
  PORT: port(3002),
  LOCAL_MODE: flag,
  NATS_URL: z.string().optional(),
  JWT_SECRET: z.string().optional(),
  JWT_ISSUER: z.string().optional(),
  JWT_AUDIENCE: z.string().optional(),
  JWKS_URL: httpUrl,
  CONSOLE_ORIGIN: httpUrl,
  CONSOLE_DIR: z.string().optional(),
  INGEST_URL: httpUrl,
  REQUESTS_PER_MINUTE: integer(600, 1, 1_000_000),
  FRESH_MS: integer(2_000, 0, 60_000),
  CACHE_MB: integer(128, 1, 16_384),
  REQUEST_TIMEOUT_MS: integer(15_000, 100, 300_000),
  ...LOGGING,
  ...OBJECTS,
  ...TABLES,
  ...TELEMETRY,
};

export interface QueryConfig {
  readonly host: string;
  readonly port: number;
  readonly logLevel: LogLevel;
  readonly tables: TablesConfig;
  /** Where the archive lies; without it only what the tables keep can be read. */
  readonly objects?: ObjectsConfig;
  /** Live views and dead letters; without it they answer 503. */
  readonly natsUrl?: string;
  readonly auth: AuthConfig;
  /** Requests a minute and token subject, per replica. */
  readonly requestsPerMinute: number;
  /** Today's figures are at most so old. */
  readonly freshMs: number;
  /** Memory for figures, in megabytes of JSON. */
  readonly cacheMb: number;
  /** After this a request is answered with 503. */
  readonly requestTimeoutMs: number;
  readonly telemetry: TelemetryConfig;
  /** The built console's files; without it this service has no pages. */
  readonly consoleDir?: string;
  /** Where ingest can be asked what it would say to events; without it nobody is asked. */
  readonly ingestUrl?: string;
}

export interface AuthConfig {
  /** Plain HTTP on this machine: the session cookie goes without `Secure`. */
  readonly localMode: boolean;
  /** Anybody on this machine may sign in as anybody: local mode, loopback, our own signatures. */
  readonly localSignIn: boolean;
  /** At least 32 bytes. Verifies HS256 tokens and is the root of the cursor and anti-forgery keys. */
  readonly secret: Uint8Array;
  readonly issuer?: string;
  readonly audience?: string;
  /** With it, tokens are verified against these public keys only and HS256 is not accepted. */
  readonly jwksUrl?: URL;
  /** The console's origin where a proxy changes the Host header; else the request's own host counts. */
  readonly consoleOrigin?: string;
}

/** RFC 7518, 3.2: a key for HS256 has at least as many bits as the hash. */
export const MIN_SECRET_BYTES = 32;

/** Published, so it protects nothing: taken only in local mode, and there only on loopback. */
export const LOCAL_SECRET = 'local-mode-only-secret-known-to-everybody';

const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];
const PLACEHOLDER = /change.?me|your.?secret|local.?mode.?only|example|placeholder/i;

/** What follows from the mode unless it is said. */
function defaults(given: { HOST?: string; JWT_SECRET?: string }, localMode: boolean) {
  return {
    host: given.HOST ?? (localMode ? '127.0.0.1' : '0.0.0.0'),
    secret: given.JWT_SECRET ?? (localMode ? LOCAL_SECRET : ''),
  };
}

/** @throws EnvironmentError naming every variable that cannot be used */
export function readConfig(environment: Environment = process.env): QueryConfig {
  const env = readEnvironment(environment, VARIABLES, (given) => {
    const localMode = flag.parse(given['LOCAL_MODE']);
    const { host, secret } = defaults(given, localMode);
    return secretProblems(secret, localMode, host).map((problem) => `JWT_SECRET: ${problem}`);
  });
  const localMode = env.LOCAL_MODE;
  const { host, secret } = defaults(env, localMode);
  return Object.freeze({
    host,
    port: env.PORT,
    logLevel: env.LOG_LEVEL,
    tables: tablesOf(env),
    objects: env.S3_BUCKET || env.S3_ENDPOINT ? objectsOf(env) : undefined,
    natsUrl: env.NATS_URL,
    auth: Object.freeze({
      localMode,
      localSignIn: localMode && LOOPBACK.includes(host) && !env.JWKS_URL,
      secret: new TextEncoder().encode(secret),
      issuer: env.JWT_ISSUER,
      audience: env.JWT_AUDIENCE,
      jwksUrl: env.JWKS_URL === undefined ? undefined : new URL(env.JWKS_URL),
      consoleOrigin: env.CONSOLE_ORIGIN && new URL(env.CONSOLE_ORIGIN).origin,
    }),
    requestsPerMinute: env.REQUESTS_PER_MINUTE,
    freshMs: env.FRESH_MS,
    cacheMb: env.CACHE_MB,
    requestTimeoutMs: env.REQUEST_TIMEOUT_MS,
    telemetry: telemetryOf(env),
    consoleDir: env.CONSOLE_DIR,
    ingestUrl: env.INGEST_URL,
  });
}

function secretProblems(secret: string, localMode: boolean, host: string): string[] {
  const bytes = new TextEncoder().encode(secret);
  if (bytes.length < MIN_SECRET_BYTES) return [`must have at least ${MIN_SECRET_BYTES} bytes`];
  if (secret === LOCAL_SECRET && localMode)
    return LOOPBACK.includes(host)
      ? []
      : ['must be set where LOCAL_MODE listens on other addresses than loopback'];
  if (localMode) return [];
  if (PLACEHOLDER.test(secret)) return ['is a default or a placeholder'];
  if (new Set(bytes).size < 8) return ['repeats so few characters that it can be guessed'];
  return [];
}
