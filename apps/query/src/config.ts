/** The environment, parsed once at start. Nothing else in this service reads it. */

export interface QueryConfig {
  readonly host: string;
  readonly port: number;
  readonly logLevel: LogLevel;
  readonly tables: { readonly endpoint?: string; readonly region: string; readonly prefix: string };
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
  readonly otlpEndpoint?: string;
  /** The built console's files; without it this service has no pages. */
  readonly consoleDir?: string;
}

export interface ObjectsConfig {
  readonly endpoint?: string;
  readonly region: string;
  readonly bucket: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
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

const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
type LogLevel = (typeof LOG_LEVELS)[number];

/** RFC 7518, 3.2: a key for HS256 has at least as many bits as the hash. */
export const MIN_SECRET_BYTES = 32;

/** Published, so it protects nothing: taken only in local mode, and there only on loopback. */
export const LOCAL_SECRET = 'local-mode-only-secret-known-to-everybody';

const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];
const PLACEHOLDER = /change.?me|your.?secret|local.?mode.?only|example|placeholder/i;

/** Says everything that is wrong with the environment at once; never the values. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly problems: readonly string[]) {
    super(`The environment is not valid:\n${problems.map((line) => `  - ${line}`).join('\n')}`);
  }
}

/** @throws ConfigError */
export function readConfig(env: NodeJS.ProcessEnv = process.env): QueryConfig {
  const problems: string[] = [];
  const text = (name: string): string | undefined => env[name]?.trim() || undefined;

  const integer = (name: string, fallback: number, min: number, max: number): number => {
    const value = text(name) === undefined ? fallback : Number(text(name));
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    problems.push(`${name} must be an integer from ${min} to ${max}`);
    return fallback;
  };
  const url = (name: string): URL | undefined => {
    const value = text(name);
    if (value === undefined) return undefined;
    const parsed = URL.canParse(value) ? new URL(value) : undefined;
    if (parsed && /^https?:$/.test(parsed.protocol)) return parsed;
    problems.push(`${name} must be an http(s) URL`);
    return undefined;
  };

  const localMode = ['1', 'true'].includes(text('LOCAL_MODE') ?? '');
  const host = text('HOST') ?? (localMode ? '127.0.0.1' : '0.0.0.0');
  const logLevel = LOG_LEVELS.find((level) => level === (text('LOG_LEVEL') ?? 'info'));
  if (!logLevel) problems.push(`LOG_LEVEL must be one of ${LOG_LEVELS.join(', ')}`);

  const secret = text('JWT_SECRET') ?? (localMode ? LOCAL_SECRET : '');
  problems.push(...secretProblems(secret, localMode, host));

  const config: QueryConfig = {
    host,
    port: integer('PORT', 3002, 0, 65_535),
    logLevel: logLevel ?? 'info',
    tables: Object.freeze({
      endpoint: url('DYNAMODB_ENDPOINT')?.href,
      region: text('AWS_REGION') ?? 'us-east-1',
      prefix: text('TABLE_PREFIX') ?? 'picasso-',
    }),
    objects: objectsOf(text, url('S3_ENDPOINT')),
    natsUrl: text('NATS_URL'),
    auth: Object.freeze({
      localMode,
      localSignIn: localMode && LOOPBACK.includes(host) && !text('JWKS_URL'),
      secret: new TextEncoder().encode(secret),
      issuer: text('JWT_ISSUER'),
      audience: text('JWT_AUDIENCE'),
      jwksUrl: url('JWKS_URL'),
      consoleOrigin: url('CONSOLE_ORIGIN')?.origin,
    }),
    requestsPerMinute: integer('REQUESTS_PER_MINUTE', 600, 1, 1_000_000),
    freshMs: integer('FRESH_MS', 2_000, 0, 60_000),
    cacheMb: integer('CACHE_MB', 128, 1, 16_384),
    requestTimeoutMs: integer('REQUEST_TIMEOUT_MS', 15_000, 100, 300_000),
    otlpEndpoint: url('OTEL_EXPORTER_OTLP_ENDPOINT')?.href,
    consoleDir: text('CONSOLE_DIR'),
  };
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(config);
}

function objectsOf(
  text: (name: string) => string | undefined,
  endpoint: URL | undefined,
): ObjectsConfig | undefined {
  const bucket = text('S3_BUCKET');
  if (!bucket && !endpoint) return undefined;
  const accessKeyId = text('S3_ACCESS_KEY_ID');
  const secretAccessKey = text('S3_SECRET_ACCESS_KEY');
  return Object.freeze({
    endpoint: endpoint?.href,
    region: text('AWS_REGION') ?? 'us-east-1',
    bucket: bucket ?? `${text('TABLE_PREFIX') ?? 'picasso-'}journeys`,
    credentials: accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : undefined,
  });
}

function secretProblems(secret: string, localMode: boolean, host: string): string[] {
  const bytes = new TextEncoder().encode(secret);
  if (bytes.length < MIN_SECRET_BYTES)
    return [`JWT_SECRET must have at least ${MIN_SECRET_BYTES} bytes`];
  if (secret === LOCAL_SECRET && localMode)
    return LOOPBACK.includes(host)
      ? []
      : ['JWT_SECRET must be set where LOCAL_MODE listens on other addresses than loopback'];
  if (localMode) return [];
  if (PLACEHOLDER.test(secret)) return ['JWT_SECRET is a default or a placeholder'];
  if (new Set(bytes).size < 8)
    return ['JWT_SECRET repeats so few characters that it can be guessed'];
  return [];
}
