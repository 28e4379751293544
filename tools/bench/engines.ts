/** Engines with tables, bucket and streams in a directory of their own; no service runs on them. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startNats, startObjects, startTables, type Engine } from '@picasso/engines';
import { connectBroker, provisionStreams } from '@picasso/messaging';
import {
  connectObjects,
  connectTables,
  provisionObjects,
  provisionTables,
  type Tables,
} from '@picasso/storage';
import type { AggregatorEngines } from '../harness/aggregator.ts';

const REGION = 'us-east-1';
const PREFIX = 'picasso-';

export interface BenchEngines {
  urls: Required<AggregatorEngines> & { nats: string };
  tables: Tables;
  /** Of the table engine. */
  tablesPid: number;
  stop(): Promise<void>;
}

/** @param dir there, and empty */
export async function startEngines(dir: string): Promise<BenchEngines> {
  const started: Engine[] = [];
  const stop = async (): Promise<void> => {
    for (const engine of started.reverse()) await engine.stop();
  };
  const keep = async <T extends Engine>(starting: Promise<T>): Promise<T> => {
    const engine = await starting;
    started.push(engine);
    return engine;
  };
  try {
    await mkdir(join(dir, 'logs'), { recursive: true });
    const log = (name: string): string => join(dir, 'logs', `${name}.log`);
    const nats = await keep(startNats({ dir: join(dir, 'nats'), logFile: log('nats') }));
    const engine = await keep(
      startTables({ dbPath: join(dir, 'tables.db'), logFile: log('tables') }),
    );
    const store = await keep(startObjects({ dir: join(dir, 'objects'), logFile: log('objects') }));
    const tables = connectTables({ endpoint: engine.url, region: REGION, prefix: PREFIX });
    const bucket = `${PREFIX}journeys`;
    const objects = connectObjects({ endpoint: store.url, region: REGION, bucket });
    const broker = await connectBroker({ url: nats.url, name: 'bench' });
    await Promise.all([
      provisionTables(tables),
      provisionObjects(objects),
      provisionStreams(broker.jsm),
    ]);
    await broker.close();
    objects.close();
    return {
      urls: { tables: engine.url, objects: store.url, nats: nats.url },
      tables,
      tablesPid: engine.pid,
      stop: async () => {
        tables.close();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
