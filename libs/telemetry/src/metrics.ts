import {
  collectDefaultMetrics,
  Counter,
  Gauge,
  Histogram,
  Registry,
  type CounterConfiguration,
  type GaugeConfiguration,
  type HistogramConfiguration,
} from 'prom-client';

type Options<C> = Omit<C, 'name' | 'help' | 'labelNames' | 'registers'>;

/**
 * A service's Prometheus metrics. Constructors take the labels as plain arguments, so that a wrong
 * label at `inc()` does not compile.
 */
export interface Metrics {
  readonly registry: Registry;
  counter<L extends string = never>(
    name: string,
    help: string,
    labels?: readonly L[],
    options?: Options<CounterConfiguration<L>>,
  ): Counter<L>;
  /** `options.collect` is called at every scrape and may be async. */
  gauge<L extends string = never>(
    name: string,
    help: string,
    labels?: readonly L[],
    options?: Options<GaugeConfiguration<L>>,
  ): Gauge<L>;
  /** Buckets default to `DURATION_BUCKETS`: give others for anything but seconds. */
  histogram<L extends string = never>(
    name: string,
    help: string,
    labels?: readonly L[],
    options?: Options<HistogramConfiguration<L>>,
  ): Histogram<L>;
}

/** Seconds, 1 ms to 30 s. 0.05 and 1 are the promised p99 of an answer and of visibility. */
export const DURATION_BUCKETS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
];

/**
 * A registry of its own (nothing global, so that specs do not meet), labelled with the service.
 * `process: false` leaves out Node's own figures (heap, event loop lag, GC).
 */
export function createMetrics(service: string, options: { process?: boolean } = {}): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  if (options.process ?? true) collectDefaultMetrics({ register: registry });
  const base = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) => ({
    name,
    help,
    labelNames: [...labelNames],
    registers: [registry],
  });
  return {
    registry,
    counter: (name, help, labels, extra) => new Counter({ ...base(name, help, labels), ...extra }),
    gauge: (name, help, labels, extra) => new Gauge({ ...base(name, help, labels), ...extra }),
    histogram: (name, help, labels, extra) =>
      new Histogram({ ...base(name, help, labels), buckets: DURATION_BUCKETS, ...extra }),
  };
}
