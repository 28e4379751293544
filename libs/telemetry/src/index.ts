export { createLogger, httpLogging, safeUrl, type LoggerOptions } from './logging.ts';
export { createMetrics, DURATION_BUCKETS, type Metrics } from './metrics.ts';
export {
  activeTrace,
  extractTrace,
  injectTrace,
  markFailed,
  withSpan,
  type HeaderCarrier,
  type HeaderRecord,
  type SpanOptions,
} from './spans.ts';
export { startTelemetry, type Telemetry, type TelemetryOptions } from './tracing.ts';
