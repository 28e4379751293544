import {
  jetstream,
  jetstreamManager,
  type JetStreamClient,
  type JetStreamManager,
} from '@nats-io/jetstream';
import { connect, InvalidArgumentError, type NatsConnection } from '@nats-io/transport-node';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { backoffMs } from './backoff.ts';

export type BrokerStatus = 'connected' | 'reconnecting' | 'closed';
export type BrokerLogger = Pick<Logger, 'info' | 'warn' | 'error'>;

export interface BrokerOptions {
  /** One or more `nats://host:port`, separated by commas. */
  url: string;
  /** Shown in the server's list of connections. */
  name: string;
  logger?: BrokerLogger;
}

export interface Broker {
  readonly nc: NatsConnection;
  readonly js: JetStreamClient;
  readonly jsm: JetStreamManager;
  status(): BrokerStatus;
  /** True as soon as there is a connection; false after `timeoutMs`, or when closed for good. */
  connected(timeoutMs: number): Promise<boolean>;
  /** Drains: what was published is sent and what was received is processed. Never rejects. */
  close(): Promise<void>;
}

const RECONNECT_MS = 250;
const FIRST_CONNECT_CAP_MS = 5_000;
const DRAIN_MS = 5_000;

/**
 * Connects and stays connected for ever: a broker that is away, now or later, is waited for.
 * Resolves when JetStream answers.
 *
 * @throws InvalidArgumentError for an address that can never work
 */
export async function connectBroker({ url, name, logger }: BrokerOptions): Promise<Broker> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await tryConnect(url, name, logger);
    } catch (error) {
      if (error instanceof InvalidArgumentError || error instanceof TypeError) throw error;
      const delayMs = backoffMs(attempt, RECONNECT_MS, FIRST_CONNECT_CAP_MS);
      logger?.warn({ err: error, attempt, delayMs }, 'no broker yet');
      await sleep(delayMs);
    }
  }
}

async function tryConnect(url: string, name: string, logger?: BrokerLogger): Promise<Broker> {
  const nc = await connect({
    servers: url.split(',').map((server) => server.trim()),
    name,
    timeout: 5_000,
    // The library's default gives up for good after ten attempts.
    maxReconnectAttempts: -1,
    reconnectTimeWait: RECONNECT_MS,
    reconnectJitter: RECONNECT_MS,
    // A credential that is being rotated must not end the process's only connection.
    ignoreAuthErrorAbort: true,
    // Finds a dead peer (no FIN) within 40 s.
    pingInterval: 20_000,
    maxPingOut: 2,
    // An Error object per request is the costliest part of a publish.
    noAsyncTraces: true,
  });
  try {
    return watch(nc, await jetstreamManager(nc), logger);
  } catch (error) {
    await nc.close();
    throw error;
  }
}

function watch(nc: NatsConnection, jsm: JetStreamManager, logger?: BrokerLogger): Broker {
  let status: BrokerStatus = 'connected';
  const waiting = new Set<(connected: boolean) => void>();
  const become = (next: BrokerStatus): void => {
    status = next;
    if (next === 'reconnecting') return;
    for (const wake of waiting) wake(next === 'connected');
    waiting.clear();
  };

  void (async () => {
    for await (const event of nc.status()) {
      if (event.type === 'disconnect') {
        become('reconnecting');
        logger?.warn({ server: event.server }, 'broker lost');
      } else if (event.type === 'reconnect') {
        become('connected');
        logger?.info({ server: event.server }, 'broker back');
      } else if (event.type === 'error') {
        logger?.error({ err: event.error }, 'broker error');
      }
    }
  })();
  void nc.closed().then((error) => {
    become('closed');
    if (error) logger?.error({ err: error }, 'broker connection closed');
  });

  return {
    nc,
    js: jetstream(nc),
    jsm,
    status: () => status,
    connected(timeoutMs) {
      if (status !== 'reconnecting') return Promise.resolve(status === 'connected');
      return new Promise((resolve) => {
        const wake = (connected: boolean): void => {
          clearTimeout(timer);
          waiting.delete(wake);
          resolve(connected);
        };
        const timer = setTimeout(() => wake(false), Math.max(0, timeoutMs));
        waiting.add(wake);
      });
    },
    async close() {
      if (nc.isClosed()) return;
      // Draining needs a server; without one it would wait for ever.
      const drained = nc.drain().catch(() => undefined);
      const waited = new AbortController();
      await Promise.race([
        drained,
        sleep(DRAIN_MS, undefined, { signal: waited.signal }).catch(() => undefined),
      ]);
      waited.abort();
      await nc.close();
    },
  };
}
