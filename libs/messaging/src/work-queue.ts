import {
  AckPolicy,
  DiscardPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  RetentionPolicy,
  StorageType,
  type StreamInfo,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import { STREAMS } from '@picasso/contracts';
import type { Broker } from './broker.ts';

const STREAM = 'WORK';
const subject = (command: string, job = '*'): string => `journey.work.${command}.${job}`;
const MINUTE_MS = 60_000;
/** A process that does not say for so long that it is at it has died. */
const ACK_WAIT_MS = MINUTE_MS;
/** No job for so long: there is none. */
const WAIT_MS = 2_000;
/** Of the same job within this time one is enough. */
const DUPLICATES_MS = 10 * MINUTE_MS;

/**
 * How work is spread over several processes. A job is a word: the tenant whose turn it is, or what
 * else tells the command what to do.
 */
export class WorkQueue {
  constructor(
    private readonly broker: Pick<Broker, 'js' | 'jsm'>,
    private readonly command: string,
  ) {}

  /** Creates the stream where it is missing, with as many copies as the events have. */
  async provision(): Promise<void> {
    if (await this.stream(STREAM)) return;
    const events = await this.stream(STREAMS.events);
    await this.broker.jsm.streams.add({
      name: STREAM,
      subjects: ['journey.work.>'],
      storage: StorageType.File,
      // A job is gone when somebody has done it.
      retention: RetentionPolicy.Workqueue,
      discard: DiscardPolicy.Old,
      // A job that nobody took is replaced by the next run's.
      max_age: nanos(24 * 60 * MINUTE_MS),
      max_msgs_per_subject: 1,
      duplicate_window: nanos(DUPLICATES_MS),
      num_replicas: events?.config.num_replicas ?? 1,
    });
  }

  private async stream(name: string): Promise<StreamInfo | undefined> {
    try {
      return await this.broker.jsm.streams.info(name);
    } catch (error) {
      const missing =
        error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound;
      if (missing) return undefined;
      throw error;
    }
  }

  /** Hands jobs out; one that waits already is not added twice. */
  async add(jobs: readonly string[], nowMs: number): Promise<number> {
    await this.provision();
    let added = 0;
    for (const job of jobs) {
      const window = Math.floor(nowMs / DUPLICATES_MS);
      const msgID = `${this.command}#${job}#${window}`;
      const { duplicate } = await this.broker.js.publish(subject(this.command, job), '', {
        msgID,
      });
      if (!duplicate) added += 1;
    }
    return added;
  }

  /**
   * Takes jobs, several at a time, until none is waiting, or with a signal until that says so. A
   * job counts as done when `work` has returned: failures are recorded there, and the next run
   * hands the job out again. The job of a process that dies comes back after a minute.
   */
  async drain(
    parallel: number,
    work: (job: string) => Promise<void>,
    until?: AbortSignal,
  ): Promise<number> {
    await this.provision();
    const durable_name = `work-${this.command}`;
    await this.broker.jsm.consumers.add(STREAM, {
      durable_name,
      filter_subject: subject(this.command),
      ack_policy: AckPolicy.Explicit,
      ack_wait: nanos(ACK_WAIT_MS),
    });
    const consumer = await this.broker.js.consumers.get(STREAM, durable_name);
    let taken = 0;
    const worker = async (): Promise<void> => {
      while (!until?.aborted) {
        const message = await consumer.next({ expires: WAIT_MS });
        if (!message) {
          if (until) continue;
          return;
        }
        const beating = setInterval(() => message.working(), ACK_WAIT_MS / 3);
        try {
          await work(message.subject.slice(message.subject.lastIndexOf('.') + 1));
          await message.ackAck();
          taken += 1;
        } finally {
          clearInterval(beating);
        }
      }
    };
    await Promise.all(Array.from({ length: parallel }, worker));
    return taken;
  }
}
