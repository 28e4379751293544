import type { RejectionCode } from '@picasso/contracts';
import type { Metrics } from '@picasso/telemetry';

export type EventResult = 'accepted' | 'duplicate' | 'rejected';

/** What this service counts about events and requests. */
export class IngestMetrics {
  private readonly requests;
  private readonly events;
  private readonly rejections;
  private readonly suppressed;

  constructor(metrics: Metrics) {
    this.requests = metrics.histogram(
      'ingest_request_seconds',
      'From the request’s headers to its answer, by route and status.',
      ['route', 'status'],
    );
    this.events = metrics.counter(
      'ingest_events_total',
      'Events by tenant and result. Duplicates are those that the broker recognised.',
      ['tenant', 'result'],
    );
    this.rejections = metrics.counter('ingest_rejections_total', 'Rejected events by code.', [
      'code',
    ]);
    this.suppressed = metrics.counter(
      'ingest_dead_letters_suppressed_total',
      'Rejected events beyond their tenant’s hourly budget: counted here, kept nowhere.',
      ['tenant'],
    );
  }

  request(route: string, status: number, seconds: number): void {
    this.requests.observe({ route, status }, seconds);
  }

  counted(tenant: string, result: EventResult, events: number): void {
    if (events > 0) this.events.inc({ tenant, result }, events);
  }

  rejected(code: RejectionCode): void {
    this.rejections.inc({ code });
  }

  suppressedLetters(tenant: string, letters: number): void {
    if (letters > 0) this.suppressed.inc({ tenant }, letters);
  }
}
