import { createMetrics, type Metrics } from '@picasso/telemetry';

export type Result = 'done' | 'duplicate' | 'retry' | 'poison' | 'failed';

export interface ConsumeMetrics {
  begin(redelivered: boolean): void;
  end(result: Result, seconds: number): void;
}

/** Figures of the consume loop; without a registry they are kept and shown to nobody. */
export function consumeMetrics(
  metrics: Metrics = createMetrics('consumer', { process: false }),
): ConsumeMetrics {
  const messages = metrics.counter(
    'journey_messages_total',
    'Messages by what became of them; `failed`: the handler threw.',
    ['result'],
  );
  const redeliveries = metrics.counter(
    'journey_message_redeliveries_total',
    'Messages that had been delivered before.',
  );
  const inFlight = metrics.gauge('journey_messages_in_flight', 'Messages being processed.');
  const seconds = metrics.histogram(
    'journey_message_seconds',
    'From the start of processing to the acknowledgement.',
    ['result'],
  );
  return {
    begin(redelivered) {
      inFlight.inc();
      if (redelivered) redeliveries.inc();
    },
    end(result, duration) {
      inFlight.dec();
      messages.inc({ result });
      seconds.observe({ result }, duration);
    },
  };
}
