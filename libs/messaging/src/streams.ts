import {
  DiscardPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  RetentionPolicy,
  StorageType,
  type JetStreamManager,
  type StreamConfig,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import { STREAMS, SUBJECTS } from '@picasso/contracts';
import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs } from './backoff.ts';
import type { BrokerLogger } from './broker.ts';
import {
  changedKeys,
  mergeMetadata,
  SCHEMA_VERSION,
  schemaVersion,
  sendConfig,
} from './config-diff.ts';
import { MigrationError } from './errors.ts';

export interface StreamSettings {
  /** 1 on one machine, 3 in a cluster. */
  replicas?: number;
  /** Default 8 GiB: about eight hours of 434 unconsumed events a second. */
  eventsMaxBytes?: number;
  /** Default 1 GiB. */
  deadLettersMaxBytes?: number;
  /** Default 128 MiB. */
  summariesMaxBytes?: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

export type DesiredStream = Partial<StreamConfig> & Pick<StreamConfig, 'name'>;

/** The streams as this version of the program wants them. */
export function streamConfigs(settings: StreamSettings = {}): DesiredStream[] {
  const common = {
    retention: RetentionPolicy.Limits,
    num_replicas: settings.replicas ?? 1,
    // Single messages are read by sequence: lag, accounting, erasure.
    allow_direct: true,
    metadata: { [SCHEMA_VERSION.key]: String(SCHEMA_VERSION.current) },
  };
  return [
    {
      ...common,
      name: STREAMS.events,
      subjects: [SUBJECTS.allEvents],
      storage: StorageType.File,
      // `old` would silently delete what nobody has consumed; full means 503 instead.
      discard: DiscardPolicy.New,
      max_age: nanos(14 * DAY_MS),
      max_bytes: settings.eventsMaxBytes ?? 8 * GIB,
      // Covers a publisher's deadline and the quick resends of a browser. Ids are held in memory
      // (some 100 bytes each) and read back at a restart, so not longer: what comes later is
      // recognised by the tables.
      duplicate_window: nanos(2 * MINUTE_MS),
    },
    {
      ...common,
      name: STREAMS.dlq,
      subjects: [SUBJECTS.allDeadLetters],
      storage: StorageType.File,
      discard: DiscardPolicy.New,
      max_age: nanos(30 * DAY_MS),
      max_bytes: settings.deadLettersMaxBytes ?? GIB,
      // Few messages, and a redelivery after an outage must not double a letter.
      duplicate_window: nanos(HOUR_MS),
    },
    {
      ...common,
      name: STREAMS.summaries,
      subjects: [SUBJECTS.allSummaries],
      // A copy of what the tables hold, for live views. On file all the same: a stream in memory is
      // gone after a restart of the broker, and whoever announces then finds nobody to take it.
      storage: StorageType.File,
      discard: DiscardPolicy.Old,
      max_age: nanos(HOUR_MS),
      max_bytes: settings.summariesMaxBytes ?? 128 * MIB,
      duplicate_window: nanos(2 * MINUTE_MS),
    },
  ];
}

/** What the server refuses to change on an existing stream. */
const FIXED: readonly (keyof StreamConfig)[] = ['storage', 'retention'];

/**
 * Brings the streams to this version's settings. Run at every start of every service: nothing
 * happens when nothing differs, messages and consumers always stay, and settings of the operator
 * that we do not name (placement, compression, …) stay, too.
 *
 * A stream whose schema version is newer than ours is left alone, so that an old replica that
 * restarts during a roll-out does not undo the migration of a new one.
 *
 * @throws MigrationError when a setting differs that cannot be changed in place
 */
export async function provisionStreams(
  jsm: JetStreamManager,
  settings: StreamSettings = {},
): Promise<void> {
  for (const desired of streamConfigs(settings)) await provisionStream(jsm, desired);
}

/**
 * The same at a service's start: a broker that is away, or goes away meanwhile, is waited for.
 *
 * @throws MigrationError
 */
export async function awaitStreams(
  jsm: JetStreamManager,
  settings: StreamSettings,
  logger: BrokerLogger,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await provisionStreams(jsm, settings);
    } catch (error) {
      // Streams of another kind need a person; a broker that is away needs patience.
      if (error instanceof MigrationError) throw error;
      logger.warn({ err: error, attempt }, 'the streams are not there yet');
      await sleep(backoffMs(attempt, 250, 5_000));
    }
  }
}

export async function provisionStream(
  jsm: JetStreamManager,
  desired: DesiredStream,
): Promise<'created' | 'updated' | 'unchanged' | 'newer'> {
  const current = await readConfig(jsm, desired.name);
  if (!current) {
    try {
      await sendConfig(desired, (config) => jsm.streams.add(config));
      return 'created';
    } catch (error) {
      // Another process created it between our look and our call, with other settings.
      if (!(await readConfig(jsm, desired.name))) throw error;
      return provisionStream(jsm, desired);
    }
  }

  if (schemaVersion(current.metadata) > schemaVersion(desired.metadata)) return 'newer';
  const target = { ...desired, metadata: mergeMetadata(current.metadata, desired.metadata) };
  const changed = changedKeys(current, target);
  if (changed.length === 0) return 'unchanged';
  const fixed = changed.filter((key) => FIXED.includes(key));
  if (fixed.length > 0) {
    throw new MigrationError(
      `stream ${desired.name}: ${fixed.join(', ')} cannot be changed in place; ` +
        'create a stream under a new name that sources this one, and switch the names over',
    );
  }
  await sendConfig(target, (config) => jsm.streams.update(desired.name, config));
  return 'updated';
}

async function readConfig(jsm: JetStreamManager, name: string): Promise<StreamConfig | undefined> {
  try {
    return (await jsm.streams.info(name)).config;
  } catch (error) {
    const missing =
      error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound;
    if (missing) return undefined;
    throw error;
  }
}
