import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import { DeliverPolicy, type ConsumerMessages, type JsMsg } from '@nats-io/jetstream';
import { STREAMS, SUBJECTS, type SummaryNotice } from '@picasso/contracts';
import type { Broker } from '@picasso/messaging';
import type { Logger } from 'pino';
import { setTimeout as sleep } from 'node:timers/promises';
import { BrokerLink } from '../broker-link.ts';
import { LOGGER } from '../tokens.ts';

export interface LiveNotice {
  /** Sequence in the stream. */
  seq: number;
  notice: SummaryNotice;
}

/** `reset`: notices may have been missed; what is shown has to be read anew. */
export type Listener = (event: LiveNotice | 'reset') => void;

const RETRY_MS = 1_000;

/** This replica's reading of SUMMARIES: one ordered consumer, from now on, for all its listeners. */
@Injectable()
export class SummaryFeed implements OnModuleInit, OnModuleDestroy {
  private readonly listeners = new Map<string, Set<Listener>>();
  private messages: ConsumerMessages | undefined;
  private stopped = false;

  constructor(
    @Inject(BrokerLink) private readonly link: BrokerLink,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    void this.link.connected().then((broker) => this.run(broker));
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    await this.messages?.close();
  }

  /** @returns ends it */
  listen(tenantHash: string, listener: Listener): () => void {
    const known = this.listeners.get(tenantHash) ?? new Set();
    this.listeners.set(tenantHash, known.add(listener));
    return () => {
      known.delete(listener);
      if (known.size === 0 && this.listeners.get(tenantHash) === known)
        this.listeners.delete(tenantHash);
    };
  }

  /**
   * A tenant's notices after `seq`, as far as the stream still has them, up to now.
   *
   * @returns undefined where it does not: some may be lost
   */
  async since(tenantHash: string, seq: number): Promise<LiveNotice[] | undefined> {
    const { js, jsm } = this.link.get();
    const { state } = await jsm.streams.info(STREAMS.summaries);
    if (seq > state.last_seq || seq + 1 < state.first_seq) return undefined;
    if (seq === state.last_seq) return [];
    const consumer = await js.consumers.get(STREAMS.summaries, {
      filter_subjects: [SUBJECTS.summaries(tenantHash)],
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: seq + 1,
    });
    const found: LiveNotice[] = [];
    const { num_pending } = await consumer.info();
    if (num_pending === 0) return found;
    const messages = await consumer.consume();
    for await (const message of messages) {
      found.push(noticeOf(message));
      if (message.info.pending === 0) break;
    }
    await messages.close();
    return found;
  }

  /** Sequence of the newest notice of anybody. */
  async latest(): Promise<number> {
    const { state } = await this.link.get().jsm.streams.info(STREAMS.summaries);
    return state.last_seq;
  }

  private async run({ js, nc }: Broker): Promise<void> {
    void this.startAnewAfterOutages(nc);
    for (let attempt = 1; !this.stopped; attempt += 1) {
      try {
        const consumer = await js.consumers.get(STREAMS.summaries, {
          deliver_policy: DeliverPolicy.New,
        });
        this.messages = await consumer.consume();
        await consumer.info();
        // Between the former consumer and this one something may have passed.
        if (attempt > 1) this.reset();
        for await (const message of this.messages) this.tell(message);
      } catch (error) {
        if (!this.stopped) this.logger.warn({ err: error }, 'summaries cannot be followed');
      }
      if (!this.stopped) await sleep(RETRY_MS);
    }
  }

  /** What was announced while the broker was away went by the old consumer; its stream may be another. */
  private async startAnewAfterOutages(nc: Broker['nc']): Promise<void> {
    for await (const { type } of nc.status())
      if (type === 'reconnect') await this.messages?.close();
  }

  private tell(message: JsMsg): void {
    const tenantHash = message.subject.slice(SUBJECTS.summaries('').length);
    const listeners = this.listeners.get(tenantHash);
    if (!listeners) return;
    const event = noticeOf(message);
    for (const listener of listeners) listener(event);
  }

  private reset(): void {
    for (const listeners of this.listeners.values())
      for (const listener of listeners) listener('reset');
  }
}

const noticeOf = (message: JsMsg): LiveNotice => ({
  seq: message.seq,
  notice: message.json<SummaryNotice>(),
});
