import { hash } from 'node:crypto';
import type { EventSlice, Rejection } from '@picasso/contracts';
import { type OpenedBatch, openBatch, parseBatch } from '@picasso/contracts/validation';
import { EventsPublisher } from './events.publisher.ts';
import { Problem } from './http/problem.ts';
import { IngestMetrics } from './ingest-metrics.ts';
import { RejectedEvents } from './rejected-events.ts';
import { RateLimits } from './tenants/rate-limits.ts';
import { type Sender, trafficOf } from './tenants/traffic.ts';
import type { KeyHolder } from './tenants/write-keys.ts';
import { Injectable } from '@nestjs/common';

/** What a sender is told about its events. */
export interface Answer {
  accepted: number;
  duplicates: number;
  rejected: Rejection[];
}

const sha256 = (text: string): string => hash('sha256', text);

/** A request's events from JSON to stored: either on EVENTS or on the DLQ. */
@Injectable()
export class Intake {
  constructor(
    private readonly limits: RateLimits,
    private readonly publisher: EventsPublisher,
    private readonly rejectedEvents: RejectedEvents,
    private readonly metrics: IngestMetrics,
  ) {}

  /**
   * The batch in a body, if the tenant may send that many events now.
   *
   * @throws Problem unreadable_body, too_many_events, rate_limited
   */
  async open(body: unknown, { grant, tenant }: KeyHolder): Promise<OpenedBatch> {
    const batch = openBatch(body);
    if ('error' in batch) {
      const code = batch.error === 'too_many_events' ? batch.error : 'unreadable_body';
      throw new Problem(code, batch.message);
    }
    const waitS = await this.limits.spend(tenant, grant.origin, batch.events.length);
    if (waitS > 0) {
      throw new Problem(
        'rate_limited',
        `at most ${tenant.events_per_second} events a second`,
        waitS,
      );
    }
    return batch;
  }

  /**
   * Resolves when the broker has stored every event, accepted or rejected.
   *
   * @throws BrokerUnavailableError when it could not take all of them: nothing is acknowledged
   */
  async take(batch: OpenedBatch, holder: KeyHolder, sender: Sender): Promise<Answer> {
    const receivedMs = Date.now();
    const tenant = holder.grant.tenant_hash;
    const { slices, rejected } = this.parse(batch, holder, receivedMs);
    for (const slice of slices) slice.traffic = trafficOf(holder, sender, slice);
    const { letters, suppressed } = await this.rejectedEvents.letters(holder, rejected, receivedMs);
    const [{ duplicates }] = await Promise.all([
      this.publisher.publish(slices),
      letters.length > 0 && this.publisher.bury(letters),
    ]);
    const accepted = countEvents(slices) - duplicates;
    this.metrics.counted(tenant, 'accepted', accepted);
    this.metrics.counted(tenant, 'duplicate', duplicates);
    this.metrics.counted(tenant, 'rejected', rejected.length);
    this.metrics.suppressedLetters(tenant, suppressed);
    for (const { code } of rejected) this.metrics.rejected(code);
    return { accepted, duplicates, rejected: rejected.map(toRejection) };
  }

  /** The same answer, and nothing is stored. */
  check(batch: OpenedBatch, holder: KeyHolder): Answer {
    const { slices, rejected } = this.parse(batch, holder, Date.now());
    return { accepted: countEvents(slices), duplicates: 0, rejected: rejected.map(toRejection) };
  }

  /**
   * Buries a body that cannot be read at all, for senders that would repeat it for ever.
   *
   * @throws BrokerUnavailableError
   */
  async refuse(holder: KeyHolder, reason: Problem, body: unknown): Promise<Answer> {
    const code = reason.status === 413 ? 'too_large' : 'invalid';
    const refusal = { index: 0, code, path: '', message: reason.message } as const;
    const { letters, suppressed } = await this.rejectedEvents.letters(
      holder,
      [{ ...refusal, event: body, session_id: null }],
      Date.now(),
    );
    await this.publisher.bury(letters);
    this.metrics.counted(holder.grant.tenant_hash, 'rejected', 1);
    this.metrics.suppressedLetters(holder.grant.tenant_hash, suppressed);
    this.metrics.rejected(code);
    return { accepted: 0, duplicates: 0, rejected: [refusal] };
  }

  private parse(batch: OpenedBatch, { grant }: KeyHolder, received_ms: number) {
    const { slices, rejected } = parseBatch(batch, { grant, received_ms, sha256 });
    return { slices: slices.map(({ slice }) => slice), rejected };
  }
}

const countEvents = (slices: readonly EventSlice[]): number =>
  slices.reduce((sum, { events }) => sum + events.length, 0);

const toRejection = ({ index, code, path, message }: Rejection): Rejection => ({
  index,
  code,
  path,
  message,
});
