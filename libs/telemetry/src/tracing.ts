/**
 * Start-up and shutdown of tracing. Call `startTelemetry` before anything else in `main.ts`.
 *
 * Spans are made by hand (`withSpan`) where they say something: no instrumentation exists for NATS,
 * and wrapped modules would sit on the hot path of every event.
 */
export interface TelemetryOptions {
  /** `service.name` of every span, e.g. `ingest`. */
  service: string;
  /** Base URL of an OTLP/HTTP receiver, e.g. `http://127.0.0.1:4318`. Without it nothing is traced. */
  otlpEndpoint?: string;
  /** Share of new traces that is recorded, 0 to 1; a trace begun elsewhere keeps its decision. */
  sampling?: number;
}

export interface Telemetry {
  /** Whether spans go anywhere. */
  readonly enabled: boolean;
  /** Sends the spans that have ended so far. Never rejects: an unreachable receiver is no error. */
  flush(): Promise<void>;
  /** Flushes and stops. Never rejects. Last step of a shutdown. */
  shutdown(): Promise<void>;
}

const SPAN_QUEUE = 8_192;
const EXPORT_TIMEOUT_MS = 5_000;

const DISABLED: Telemetry = {
  enabled: false,
  flush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
};

/**
 * Registers the tracer, the W3C propagator and the context manager. The SDK (40 MB, 0.2 s) is
 * loaded only when there is somewhere to send spans to; without it the API is a no-op.
 *
 * @throws RangeError when `sampling` is outside 0 to 1
 */
export async function startTelemetry(options: TelemetryOptions): Promise<Telemetry> {
  const { service, otlpEndpoint, sampling = 1 } = options;
  if (!(sampling >= 0 && sampling <= 1))
    throw new RangeError(`sampling must be 0 to 1: ${sampling}`);
  if (!otlpEndpoint) return DISABLED;

  const [sdkNode, trace, exporters, resources, core] = await Promise.all([
    import('@opentelemetry/sdk-node'),
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/core'),
  ]);

  const spans = new trace.BatchSpanProcessor({
    exporter: new exporters.OTLPTraceExporter({
      url: `${otlpEndpoint.replace(/\/+$/, '')}/v1/traces`,
      timeoutMillis: EXPORT_TIMEOUT_MS,
    }),
    maxQueueSize: SPAN_QUEUE,
    scheduledDelayMillis: 1_000,
    exportTimeoutMillis: EXPORT_TIMEOUT_MS,
  });
  const sdk = new sdkNode.NodeSDK({
    serviceName: service,
    // Not the process detector: command lines and paths have no business in a trace.
    resourceDetectors: [resources.envDetector, resources.hostDetector],
    sampler: new trace.ParentBasedSampler({ root: new trace.TraceIdRatioBasedSampler(sampling) }),
    spanProcessors: [spans],
    textMapPropagator: new core.W3CTraceContextPropagator(),
    // Metrics go through Prometheus and logs through stdout; unset, the SDK would export both.
    metricReaders: [],
    logRecordProcessors: [],
  });
  sdk.start();

  const quietly = (work: Promise<unknown>): Promise<void> =>
    work.then(
      () => undefined,
      () => undefined,
    );
  return {
    enabled: true,
    flush: () => quietly(spans.forceFlush()),
    shutdown: () => quietly(sdk.shutdown()),
  };
}
