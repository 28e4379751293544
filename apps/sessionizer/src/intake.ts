import type { EventSlice } from '@picasso/contracts';
import type { SessionKey } from '@picasso/storage';
import { type Metrics, withSpan } from '@picasso/telemetry';
import { type Context, context, trace } from '@opentelemetry/api';
import type { Logger } from 'pino';
import type { PlantedBug } from './planted-bugs.ts';
import { SessionLanes } from './session-lanes.ts';
import { NOTHING, type SessionJob, type Sessionizer, type Taken } from './sessionizer.ts';

interface Parts {
  sessionizer: Sessionizer;
  metrics: Metrics;
  logger: Logger;
  bug: PlantedBug | undefined;
}

interface TracedJob {
  job: SessionJob;
  key: SessionKey;
  context: Context;
}

/** Brings slices and idle closes to their session's lane, and counts what becomes of them. */
export class Intake {
  private readonly lanes: SessionLanes<TracedJob, Taken>;
  private readonly counted;
  private readonly lag;
  private failures = 0;
  private saidMs = 0;

  constructor(private readonly parts: Parts) {
    const { metrics } = parts;
    this.counted = metrics.counter(
      'sessionizer_events_total',
      'Events by what became of them in this process (redeliveries count again).',
      ['result'],
    );
    this.lag = metrics.histogram(
      'sessionizer_visible_seconds',
      'From taking a request at ingest to its events being stored and counted.',
    );
    const lanes = new SessionLanes<TracedJob, Taken>((id, jobs) => this.work(id, jobs));
    metrics.gauge('sessionizer_busy_sessions', 'Sessions being worked on.', [], {
      collect() {
        this.set(lanes.busy);
      },
    });
    this.lanes = lanes;
  }

  /** Resolves when the slice's events are stored and counted; rejects on an outage. */
  async take(slice: EventSlice, streamSeq: number, attempts: number): Promise<Taken> {
    const { tenant_hash, session_id } = slice;
    const job = { kind: 'slice', slice, stream_seq: streamSeq, attempts } as const;
    const work = this.submit({ tenant_hash, session_id }, job);
    if (this.parts.bug === 'ack-before-write') {
      work.catch((error: unknown) => this.failed(error));
      return NOTHING;
    }
    const taken = await work;
    this.counted.inc({ result: 'stored' }, taken.stored);
    this.counted.inc({ result: 'duplicate' }, taken.duplicates);
    this.counted.inc({ result: 'dead_lettered' }, taken.refused);
    this.lag.observe((Date.now() - slice.received_ms) / 1000);
    return taken;
  }

  /** Closes the session if nothing arrived after `idleSinceMs`. */
  async close(key: SessionKey, idleSinceMs: number): Promise<void> {
    await this.submit(key, { kind: 'close', idle_since_ms: idleSinceMs });
  }

  /** An outage fails every slice: one line every few seconds says as much. */
  failed(error: unknown): void {
    this.failures += 1;
    if (Date.now() - this.saidMs < 5_000) return;
    this.parts.logger.warn({ err: error, slices: this.failures }, 'slices could not be stored yet');
    this.saidMs = Date.now();
    this.failures = 0;
  }

  private submit(key: SessionKey, job: SessionJob): Promise<Taken> {
    const id = `${key.tenant_hash}/${key.session_id}`;
    return this.lanes.submit(id, { job, key, context: context.active() });
  }

  private work(id: string, traced: readonly TracedJob[]): Promise<Taken[]> {
    const [first, ...others] = traced as [TracedJob, ...TracedJob[]];
    const links = others.flatMap((other) => {
      const span = trace.getSpanContext(other.context);
      return span ? [{ context: span }] : [];
    });
    return withSpan('session.take', { parent: first.context, links }, () =>
      this.parts.sessionizer.work(
        id,
        first.key,
        traced.map(({ job }) => job),
      ),
    );
  }
}
