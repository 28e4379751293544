import { pino, stdSerializers, type DestinationStream, type Level, type Logger } from 'pino';
import { activeTrace } from './spans.ts';

export interface LoggerOptions {
  service: string;
  /** Default `info`. */
  level?: Level | 'silent';
  /** Default stdout. */
  destination?: DestinationStream;
}

/** Fields that hold secrets or what visitors wrote. Nobody should log them; if one does: censored. */
const CENSORED_FIELDS = [
  'authorization',
  'cookie',
  'token',
  'secret',
  'password',
  'write_key',
  'server_key',
  'key',
  'payload',
  'content',
  'content_preview',
  'question',
  'answer',
  'first_question',
];
const CENSORED_HEADERS = ['set-cookie', 'x-write-key', 'x-server-key', 'x-api-key'];

/** pino's wildcard stands for one level: fields are censored down to three levels. */
const REDACT_PATHS = [
  ...CENSORED_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
  ...CENSORED_HEADERS.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]),
];

/** An address without its query string and without the write key of `/w/{write_key}`. */
export function safeUrl(url: string): string {
  const end = url.search(/[?#]/);
  return (end < 0 ? url : url.slice(0, end)).replace(/\/w\/[^/]+/, '/w/[key]');
}

interface LoggedRequest {
  id?: unknown;
  method?: string;
  url?: string;
}

/** Messages of parsers, which quote their input, in an error and in what caused it. */
function quotesIn(error: unknown): string[] {
  const quotes: string[] = [];
  const seen = new Set<unknown>();
  for (let at = error; at instanceof Error && !seen.has(at); at = at.cause) {
    seen.add(at);
    if (at instanceof SyntaxError && at.message !== '') quotes.push(at.message);
  }
  return quotes;
}

/** Class, code, message and stack, with those of its causes, and without what a parser has read. */
function logError(error: unknown): unknown {
  if (!(error instanceof Error)) return { type: typeof error };
  const { type, message, stack } = stdSerializers.err(error);
  const code = (error as { code?: unknown }).code;
  const quotes = quotesIn(error);
  const hide = (text: string): string =>
    quotes.reduce((rest, quote) => rest.replaceAll(quote, () => '[input not shown]'), text);
  return {
    type,
    ...(code === undefined ? {} : { code }),
    message: hide(message),
    stack: hide(stack),
  };
}

const serializers = {
  err: logError,
  error: logError,
  req: (request: LoggedRequest) => ({
    id: request.id,
    method: request.method,
    url: request.url === undefined ? undefined : safeUrl(request.url),
  }),
  res: (response: { statusCode?: number }) => ({ status: response.statusCode }),
};

/**
 * JSON lines with `level` by name, ISO time, service and the active trace's ids. Headers and query
 * strings are never logged, secrets and message text are censored.
 */
export function createLogger({ service, level = 'info', destination }: LoggerOptions): Logger {
  const options = {
    level,
    base: { service },
    messageKey: 'message',
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    mixin: () => activeTrace() ?? {},
    redact: { paths: REDACT_PATHS, censor: '[censored]' },
    serializers,
  };
  return destination ? pino(options, destination) : pino(options);
}

/**
 * For `LoggerModule.forRoot({ pinoHttp: httpLogging(logger) })`. Requests are not logged one by
 * one: metrics count them and a trace shows them.
 */
export const httpLogging = (logger: Logger) => ({
  logger,
  serializers,
  wrapSerializers: false,
  autoLogging: false,
  quietReqLogger: true,
});
