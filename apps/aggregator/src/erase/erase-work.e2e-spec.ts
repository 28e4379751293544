/** The built bundle as a deployment: it waits for requests, is killed, goes on, and ends when asked. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Broker, WorkQueue, connectBroker, provisionStreams } from '@picasso/messaging';
import { ErasureStore, SessionStore } from '@picasso/storage';
import { eventually, useEngines } from '@picasso/testing';
import { type Bench, DAY_MS, openBench } from '../aggregator.fixture.ts';

const BUNDLE = join(import.meta.dirname, '../../../../dist/apps/aggregator/main.js');
const TENANT = 'tn_work';
const engines = useEngines({ nats: true, tables: true, objects: true });
let bench: Bench;
let broker: Broker;
let requests: ErasureStore;
let worker: ChildProcess;

const startWorker = (env: Record<string, string> = {}): ChildProcess =>
  spawn(process.execPath, [BUNDLE, 'erase', '--work'], {
    env: { ...bench.env, ...env },
    stdio: 'ignore',
  });

beforeAll(async () => {
  const { nats, tables, objects } = engines();
  bench = await openBench({ tables: tables.url, objects: objects.url, nats: nats.url });
  broker = await connectBroker({ url: nats.url, name: 'spec' });
  await provisionStreams(broker.jsm);
  requests = new ErasureStore(bench.tables);
}, 120_000);
afterAll(async () => {
  worker?.kill('SIGKILL');
  await broker?.close();
  bench?.close();
});

async function ask(session_id: string): Promise<string> {
  const request = {
    tenant_hash: TENANT,
    scope: { session_id },
    reason: null,
    requested_by: 'olga',
  };
  const { erasure_id } = await requests.request(request, Date.now());
  await new WorkQueue(broker, 'erase').add([erasure_id], Date.now());
  return erasure_id;
}

it('carries out what was asked before and while it runs, over a kill, and ends with 0', async () => {
  const tenant = await bench.tenant(TENANT);
  for (const id of ['first', 'second']) await bench.write(tenant, id, Date.now() - DAY_MS);
  const first = await ask('first');
  // Dies in the middle of the first one.
  worker = startWorker({ FAULT_AT: '4' });
  const [, signal] = (await once(worker, 'exit')) as [number | null, string | null];
  expect(signal).toBe('SIGKILL');
  expect((await requests.get(first))?.state).not.toBe('done');

  worker = startWorker();
  const done = (id: string) =>
    eventually(
      async () =>
        expect(await requests.get(id)).toMatchObject({ state: 'done', receipt: { sessions: 1 } }),
      { timeoutMs: 60_000 },
    );
  await done(first);
  await done(await ask('second'));
  for (const session_id of ['first', 'second']) {
    const key = { tenant_hash: TENANT, session_id };
    expect(await new SessionStore(bench.tables, 1).row(key)).toMatchObject({
      erased: expect.anything(),
    });
  }
  const ended = once(worker, 'exit');
  worker.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});
