export {
  connectBroker,
  type Broker,
  type BrokerLogger,
  type BrokerOptions,
  type BrokerStatus,
} from './broker.ts';
export { watchBroker, type Watched } from './broker-metrics.ts';
export type { ConsumeHealth } from './consume-loop.ts';
export {
  consumerInfo,
  consumerLag,
  provisionConsumer,
  type ConsumerLag,
  type ConsumerSettings,
} from './consumers.ts';
export { DeadLetters } from './dead-letters.ts';
export { BrokerUnavailableError, MigrationError } from './errors.ts';
export { JetStreamContext } from './jetstream-context.ts';
export {
  JetStreamStrategy,
  type JetStreamStrategyOptions,
  type StrategyHealth,
} from './jetstream-strategy.ts';
export { done, duplicate, poison, retryLater, type Outcome } from './outcomes.ts';
export {
  createPublisher,
  type Publisher,
  type PublisherOptions,
  type PublishOptions,
  type Stored,
} from './publisher.ts';
export { purgeAcknowledged, type Purge, type PurgeRule } from './retention.ts';
export { awaitStreams, provisionStreams, type StreamSettings } from './streams.ts';
export { WorkQueue } from './work-queue.ts';
