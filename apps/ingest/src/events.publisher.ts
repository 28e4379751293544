import { type DeadLetter, type EventSlice, SUBJECTS } from '@picasso/contracts';
import {
  type Broker,
  BrokerUnavailableError,
  createPublisher,
  DeadLetters,
  type Publisher,
} from '@picasso/messaging';
import type { Metrics } from '@picasso/telemetry';
import { reached } from './fault-points.ts';
import { type SliceMessage, sliceMessages } from './slice-messages.ts';

/** What it takes to publish, once there is a broker. */
interface Line {
  broker: Broker;
  publisher: Publisher;
  deadLetters: DeadLetters;
}

/** Everything that this service stores goes through here: onto EVENTS, or onto the DLQ. */
export class EventsPublisher {
  private line: Line | undefined;

  constructor(private readonly metrics: Metrics) {}

  /** Starts to take messages; the streams are there by now. Before that, publishing fails. */
  start(broker: Broker): void {
    // Bounded by the bytes of requests in progress, not here.
    const publisher = createPublisher(broker, { maxInFlight: 4_096, metrics: this.metrics });
    this.line = { broker, publisher, deadLetters: new DeadLetters(publisher) };
  }

  get ready(): boolean {
    return this.line?.broker.status() === 'connected';
  }

  /**
   * Resolves when every slice is stored, with how many of the events the broker had already.
   *
   * @throws BrokerUnavailableError even if some are stored: sending all of them again is harmless
   */
  async publish(slices: readonly EventSlice[]): Promise<{ duplicates: number }> {
    const { publisher } = this.open();
    const send = async (tenant: string, { msgId, headers, body, events }: SliceMessage) => {
      const { duplicate } = await publisher.publish(SUBJECTS.events(tenant), body, {
        msgId,
        headers,
      });
      return duplicate ? events : 0;
    };
    reached('before-publish');
    const counts = await Promise.all(
      slices.flatMap((slice) =>
        sliceMessages(slice).map((message) => send(slice.tenant_hash, message)),
      ),
    );
    reached('after-publish-ack');
    return { duplicates: counts.reduce((sum, count) => sum + count, 0) };
  }

  /** @throws BrokerUnavailableError */
  async bury(letters: readonly DeadLetter[]): Promise<void> {
    const { deadLetters } = this.open();
    await Promise.all(letters.map((letter) => deadLetters.publish(letter)));
  }

  /** Waits for what is in flight, then leaves the broker. */
  async stop(): Promise<void> {
    await this.line?.publisher.idle();
    await this.line?.broker.close();
  }

  private open(): Line {
    if (!this.line) throw new BrokerUnavailableError('no_answer');
    return this.line;
  }
}
