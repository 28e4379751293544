import type { Broker } from '@picasso/messaging';
import type { Objects, Tables } from '@picasso/storage';
import type { Logger } from 'pino';
import type { Config } from './config.ts';

/** What a command works with. */
export interface Surroundings {
  config: Config;
  tables: Tables;
  objects: Objects;
  logger: Logger;
  /** Connects at the first call; most commands need no broker. */
  broker(): Promise<Broker>;
  nowMs: number;
  /** Commands that wait for work end when this says so. */
  stopping: AbortSignal;
}
