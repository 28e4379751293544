import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { SESSIONIZER_CONSUMER, STREAMS } from '@picasso/contracts';
import { type Broker, consumerLag, purgeAcknowledged } from '@picasso/messaging';
import { type LedgerCounts, type LedgerStore, NO_COUNTS } from '@picasso/storage';
import type { Metrics } from '@picasso/telemetry';
import type { Logger } from 'pino';
import type { IdleSweep } from './idle-sweep.ts';
import { Ledger } from './ledger.ts';

interface Parts {
  broker: Broker;
  sweep: IdleSweep;
  store: LedgerStore;
  metrics: Metrics;
  logger: Logger;
  /** Milliseconds between two looks of the ledger. */
  ledgerMs: number;
}

const PURGE_MS = 60_000;
const LEASE_MS = 60_000;

/** What runs beside the slices: idle sweep, purge of processed messages, ledger. */
export class Housekeeping {
  private readonly stopping = new AbortController();
  private readonly owner = randomUUID();
  private running: Promise<unknown> = Promise.resolve();
  /** Last totals read; empty while another replica holds the lease. */
  private totals = new Map<string, LedgerCounts>();
  private waiting = new Map<string, number>();
  private readonly unaudited;

  constructor(private readonly parts: Parts) {
    const { metrics } = parts;
    const totals = () => this.totals;
    const waiting = () => this.waiting;
    metrics.gauge(
      'journey_ledger_events',
      'Accepted events by where they are, from durable state; "missing" above 0 is a loss.',
      ['tenant', 'state'],
      {
        collect() {
          this.reset();
          for (const [tenant, counts] of totals()) {
            for (const state of Object.keys(NO_COUNTS) as (keyof LedgerCounts)[]) {
              this.set({ tenant, state }, counts[state]);
            }
          }
          for (const [tenant, events] of waiting()) {
            this.set({ tenant, state: 'waiting' }, events);
          }
        },
      },
    );
    this.unaudited = metrics.counter(
      'journey_ledger_unaudited_messages_total',
      'Messages that left the stream before they were accounted for.',
    );
  }

  start(): void {
    const { signal } = this.stopping;
    const { logger, sweep } = this.parts;
    const failed = (what: string) => (error: unknown) => {
      logger.warn({ err: error }, `${what} failed; tried again at its next turn`);
    };
    this.running = Promise.all([
      sweep.run(signal, failed('the idle sweep')),
      this.every(PURGE_MS, () => this.purge(), failed('purging')),
      this.every(this.parts.ledgerMs, () => this.account(), failed('accounting')),
    ]);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async every(
    ms: number,
    work: () => Promise<void>,
    failed: (error: unknown) => void,
  ): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await sleep(ms, undefined, { signal }).catch(() => undefined);
      if (!signal.aborted) await work().catch(failed);
    }
  }

  private async purge(): Promise<void> {
    const { broker, logger } = this.parts;
    const { purged, fill } = await purgeAcknowledged(broker.jsm, {
      stream: STREAMS.events,
      consumers: [SESSIONIZER_CONSUMER],
    });
    if (purged > 0) logger.info({ purged, fill }, 'processed messages made room');
  }

  /** One replica at a time, by lease, so that the work is not done twice. */
  private async account(): Promise<void> {
    const { broker, store, logger } = this.parts;
    if (!(await store.lease(this.owner, Date.now(), LEASE_MS))) {
      this.totals = new Map();
      this.waiting = new Map();
      return;
    }
    const ledger = new Ledger(broker, store);
    const lag = await consumerLag(broker.jsm, STREAMS.events, SESSIONIZER_CONSUMER);
    const { ackFloorSeq } = lag;
    const behind = lag.pending + lag.ackPending > 0;
    this.waiting = behind ? await ledger.waiting(ackFloorSeq) : new Map<string, number>();
    let moved = false;
    while (!this.stopping.signal.aborted) {
      const { messages, unaudited } = await ledger.step(ackFloorSeq);
      if (unaudited > 0) {
        this.unaudited.inc(unaudited);
        logger.error({ messages: unaudited }, 'messages left the stream unaccounted for');
      }
      if (messages === 0) break;
      moved = true;
      await store.lease(this.owner, Date.now(), LEASE_MS);
    }
    if (moved || this.totals.size === 0) this.totals = await store.totals();
    for (const [tenant, { missing }] of this.totals) {
      if (missing > 0) logger.error({ tenant, missing }, 'accepted events are missing');
    }
  }
}
