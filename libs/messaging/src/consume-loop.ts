import type { Consumer, ConsumerMessages, JsMsg } from '@nats-io/jetstream';
import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs } from './backoff.ts';
import type { Broker, BrokerLogger } from './broker.ts';
import { provisionConsumer, type ConsumerSettings } from './consumers.ts';
import { MigrationError } from './errors.ts';
import { OutageGuard } from './outage-guard.ts';

export interface ConsumeOptions {
  broker: Broker;
  consumer: ConsumerSettings;
  /** Messages being processed at once. Only as many are pulled as can be started at once. */
  maxInFlight: number;
  /** How long `stop` waits for what is being processed. */
  drainMs: number;
  /** Processes a message and settles it. False (or a rejection): it could not be processed now. */
  process(message: JsMsg): Promise<boolean>;
  logger?: BrokerLogger;
}

export interface ConsumeHealth {
  /** The loop turns, or is waiting for work that still moves. */
  consuming: boolean;
  /** Waiting out an outage of what the messages are processed with. */
  paused: boolean;
  inFlight: number;
}

interface InFlight {
  startedMs: number;
  touchedMs: number;
}

/**
 * A pull waits this long for messages. A pull is never given up before: messages on their way to a
 * closed inbox come again only after their ack wait. So this is also what an idle shutdown takes.
 */
const PULL_MS = 1_000;
const RECOVER_MS = 100;
const RECOVER_CAP_MS = 5_000;
/** A message that takes this many ack waits is stuck: no more heartbeats, another replica gets it. */
const STUCK_ACK_WAITS = 10;
const SILENT_MS = 60_000;
const FLUSH_MS = 2_000;

/** The one loop that pulls messages: bounded, paused during outages, drained at the end. */
export class ConsumeLoop {
  private readonly inFlight = new Map<JsMsg, InFlight>();
  private readonly guard = new OutageGuard();
  private readonly stopping = new AbortController();
  private batch: ConsumerMessages | undefined;
  private running: Promise<void> | undefined;
  private heartbeats: NodeJS.Timeout | undefined;
  private turnedMs = 0;
  private wake: () => void = () => undefined;

  constructor(private readonly options: ConsumeOptions) {}

  /** @throws MigrationError; any other failure, now or later, is retried for ever */
  async start(): Promise<void> {
    const consumer = await this.open().catch((error: unknown) => {
      if (error instanceof MigrationError) throw error;
      this.options.logger?.warn({ err: error }, 'no consumer yet');
      return undefined;
    });
    const { ackWaitMs } = this.options.consumer;
    this.heartbeats = setInterval(() => this.keepAlive(), ackWaitMs / 4);
    this.running = this.run(consumer);
  }

  /** Stops pulling; what the last pull still brings is processed and acknowledged, too. */
  async stop(): Promise<void> {
    if (this.stopping.signal.aborted) return;
    this.stopping.abort();
    const deadlineMs = Date.now() + this.options.drainMs;
    // Without a connection a pull does not end by itself.
    const giveUp = setTimeout(() => this.batch?.stop(), 3 * PULL_MS);
    await this.running;
    clearTimeout(giveUp);
    while (this.inFlight.size > 0 && Date.now() < deadlineMs) {
      await this.change(deadlineMs - Date.now());
    }
    clearInterval(this.heartbeats);
    if (this.inFlight.size > 0) {
      this.options.logger?.warn({ messages: this.inFlight.size }, 'left to be redelivered');
    }
    // Acknowledgements are written without waiting: they have to leave before the process does.
    const { broker } = this.options;
    if (broker.status() === 'connected') {
      await Promise.race([broker.nc.flush().catch(() => undefined), sleep(FLUSH_MS)]);
    }
  }

  health(nowMs = Date.now()): ConsumeHealth {
    const [oldest] = this.inFlight.values();
    const stuck = oldest !== undefined && nowMs - oldest.startedMs > this.stuckMs;
    const full = this.inFlight.size >= this.options.maxInFlight;
    const turning = nowMs - this.turnedMs < SILENT_MS;
    return {
      consuming: !this.stopping.signal.aborted && (full ? !stuck : turning),
      paused: this.guard.pauseMs(nowMs) > 0,
      inFlight: this.inFlight.size,
    };
  }

  private get stuckMs(): number {
    return STUCK_ACK_WAITS * this.options.consumer.ackWaitMs;
  }

  private async open(): Promise<Consumer> {
    const { broker, consumer } = this.options;
    await provisionConsumer(broker.jsm, consumer);
    return broker.js.consumers.get(consumer.stream, consumer.durable);
  }

  private async run(opened: Consumer | undefined): Promise<void> {
    let consumer = opened;
    for (let failures = 0; !this.stopping.signal.aborted;) {
      try {
        consumer ??= await this.open();
        await this.pull(consumer);
        failures = 0;
      } catch (error) {
        if (this.stopping.signal.aborted) return;
        // No answer, or somebody deleted the consumer: look again from the start.
        consumer = undefined;
        failures++;
        this.options.logger?.warn({ err: error, failures }, 'pulling failed');
        await this.pause(backoffMs(failures, RECOVER_MS, RECOVER_CAP_MS));
      }
    }
  }

  /** One pull: asks for as many messages as there is room for, and starts them as they come. */
  private async pull(consumer: Consumer): Promise<void> {
    this.turnedMs = Date.now();
    const pauseMs = this.guard.pauseMs(this.turnedMs);
    if (pauseMs > 0) return this.pause(pauseMs);
    const room = this.options.maxInFlight - this.inFlight.size;
    if (room === 0) return this.change(PULL_MS);

    const batch = await consumer.fetch({
      max_messages: this.guard.probing ? 1 : room,
      expires: PULL_MS,
    });
    this.batch = batch;
    try {
      for await (const message of batch) {
        const waitMs = this.guard.pauseMs(Date.now());
        // A pause began while this was on its way.
        if (waitMs > 0) message.nak(waitMs);
        else this.begin(message);
      }
    } finally {
      this.batch = undefined;
    }
  }

  private begin(message: JsMsg): void {
    const nowMs = Date.now();
    this.inFlight.set(message, { startedMs: nowMs, touchedMs: nowMs });
    void this.options
      .process(message)
      .catch((error: unknown) => {
        this.options.logger?.error({ err: error, seq: message.seq }, 'message not settled');
        return false;
      })
      .then((processed) => this.finish(message, processed));
  }

  private finish(message: JsMsg, processed: boolean): void {
    this.inFlight.delete(message);
    if (processed) {
      this.guard.processed();
    } else if (this.guard.deferred(Date.now())) {
      const pauseMs = this.guard.pauseMs(Date.now());
      this.options.logger?.warn({ pauseMs }, 'messages cannot be processed: pausing');
    }
    this.wake();
  }

  /** Tells the broker that a message is still being worked on, well before its ack wait is over. */
  private keepAlive(): void {
    const nowMs = Date.now();
    const { ackWaitMs } = this.options.consumer;
    for (const [message, entry] of this.inFlight) {
      if (nowMs - entry.startedMs > this.stuckMs) continue;
      if (nowMs - entry.touchedMs < ackWaitMs / 4) continue;
      entry.touchedMs = nowMs;
      message.working();
    }
  }

  private async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }

  /** Resolves when a message was finished, or after `ms`. */
  private async change(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
