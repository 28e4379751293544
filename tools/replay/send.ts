/** Sends batches and insists: a batch is sent again until every event of it has an answer. */
import { setTimeout as sleep } from 'node:timers/promises';
import { inParallel } from '../harness/parallel.ts';
import { postEvents } from '../harness/post.ts';
import type { StackTenant } from '../harness/stack.ts';
import type { Batch } from './batches.ts';
import { flatBody, widgetBody, type Clock } from './shapes.ts';

export type Shape = 'flat' | 'widget';

export interface SendTarget {
  ingestUrl: string;
  tenants: readonly StackTenant[];
}

const SENDERS = 16;
const UNKNOWN_PAUSE_MS = 200;

/** @throws Error when an event is rejected: the dialogues hold nothing but valid ones. */
const sendBatch = async (
  target: SendTarget,
  shape: Shape,
  clock: Clock,
  batch: Batch,
): Promise<void> => {
  const { tenant_hash, session_id } = batch.dialogue;
  const tenant = target.tenants.find((each) => each.tenant_hash === tenant_hash);
  if (!tenant) throw new Error(`there is no key for tenant ${tenant_hash}`);
  for (;;) {
    const result = await postEvents(
      shape === 'flat'
        ? {
            url: `${target.ingestUrl}/events`,
            headers: { 'x-write-key': tenant.write_key },
            body: flatBody(batch, clock, Date.now()),
          }
        : {
            url: `${target.ingestUrl}/w/${tenant.write_key}?action=analytics`,
            body: widgetBody(batch, clock),
          },
    );
    if (result.kind === 'answered') {
      const { accepted, duplicates, rejected } = result.answer;
      if (rejected.length > 0 || accepted + duplicates !== batch.events.length) {
        throw new Error(
          `${session_id}: ${batch.events.length} events were answered ${JSON.stringify(result.answer)}`,
        );
      }
      return;
    }
    if (result.kind === 'refused')
      throw new Error(`${session_id}: ${result.status} ${result.body}`);
    await sleep(result.kind === 'later' ? result.afterMs : UNKNOWN_PAUSE_MS);
  }
};

/** Every list of batches in its order, many lists at a time: a page sends one request after the other. */
export const sendInOrder = (
  target: SendTarget,
  shape: Shape,
  clock: Clock,
  pages: readonly (readonly Batch[])[],
): Promise<void> =>
  inParallel(pages, SENDERS, async (batches) => {
    for (const batch of batches) await sendBatch(target, shape, clock, batch);
  });

/** All batches in the given order, but many at a time. */
export const sendAll = (
  target: SendTarget,
  shape: Shape,
  clock: Clock,
  batches: readonly Batch[],
): Promise<void> => inParallel(batches, SENDERS, (batch) => sendBatch(target, shape, clock, batch));
