import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { connectBroker, createPublisher, type Broker, type Publisher } from '@picasso/messaging';
import type { Logger } from 'pino';
import type { QueryConfig } from './config.ts';
import { Problem } from './http/problem.ts';
import { CONFIG, LOGGER } from './tokens.ts';

/**
 * The connection to the broker. Figures do without it: the service starts, and is ready, while the
 * broker is away.
 */
@Injectable()
export class BrokerLink implements OnModuleInit, OnApplicationShutdown {
  private broker: Broker | undefined;
  private line: Publisher | undefined;
  private closed = false;
  private readonly waiting: ((broker: Broker) => void)[] = [];

  constructor(
    @Inject(CONFIG) private readonly config: QueryConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    const { natsUrl: url } = this.config;
    if (!url) return;
    connectBroker({ url, name: 'query', logger: this.logger }).then(
      (broker) => {
        if (this.closed) return broker.close();
        this.broker = broker;
        for (const resolve of this.waiting) resolve(broker);
        return undefined;
      },
      (error: unknown) => this.logger.error({ err: error }, 'the broker’s address is not valid'),
    );
  }

  /** @throws Problem `unavailable` while there is none */
  get(): Broker {
    if (this.broker?.status() === 'connected') return this.broker;
    throw new Problem('unavailable', { detail: 'the broker cannot be reached', retryAfter: 5 });
  }

  /** @throws Problem `unavailable` while there is no broker */
  publisher(): Publisher {
    return (this.line ??= createPublisher(this.get(), { maxInFlight: 64 }));
  }

  /** Once there is a broker, if ever. */
  connected(): Promise<Broker> {
    if (this.broker) return Promise.resolve(this.broker);
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  async onApplicationShutdown(): Promise<void> {
    this.closed = true;
    await this.broker?.close();
  }
}
