/** Real engines for integration and end-to-end specs, each run in a folder of its own. */
import { afterAll, beforeAll } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  startNats,
  startObjects,
  startTables,
  type Engine,
  type NatsEngine,
} from '@picasso/engines';

/** Which engines a spec needs. */
export interface EngineChoice {
  nats?: boolean | { syncAlways?: boolean };
  /** `disk`: keeps its data over a restart. */
  tables?: boolean | 'disk';
  objects?: boolean;
}

/** The engines that run. Reading one that was not asked for throws. */
export interface Engines {
  readonly nats: NatsEngine;
  readonly tables: Engine;
  readonly objects: Engine;
  /** A folder for the spec's own files; removed with the engines. */
  readonly dir: string;
  /** Kills the broker as a crash would and starts it again on its port and data. */
  restartNats(): Promise<void>;
  /** The same for the tables, which then have to be on `disk`. */
  restartTables(): Promise<void>;
  /** Ends all of them and removes their data. */
  stop(): Promise<void>;
}

interface Running {
  nats?: NatsEngine;
  tables?: Engine;
  objects?: Engine;
}

/**
 * Starts the engines of `choice`, on free ports of the loopback address. Prefer `useEngines`,
 * which also ends them.
 */
export async function startEngines(choice: EngineChoice): Promise<Engines> {
  const dir = await mkdtemp(join(tmpdir(), 'picasso-spec-'));
  const { nats, tables, objects } = choice;
  const dbPath = tables === 'disk' ? join(dir, 'tables.db') : undefined;
  const syncAlways = typeof nats === 'object' ? nats.syncAlways : undefined;
  const running: Running = {};

  const runNats = async (port?: number): Promise<void> => {
    running.nats = await startNats({ dir: join(dir, 'nats'), port, syncAlways });
  };
  const runTables = async (port?: number): Promise<void> => {
    running.tables = await startTables({ dbPath, port });
  };
  const chosen = <Name extends keyof Running>(name: Name): NonNullable<Running[Name]> => {
    const engine = running[name];
    if (!engine) throw new Error(`this spec did not ask for ${name}`);
    return engine;
  };
  const stop = async (): Promise<void> => {
    await Promise.all(Object.values(running).map((engine: Engine) => engine.stop()));
    await rm(dir, { recursive: true, force: true });
  };

  const starts = await Promise.allSettled([
    nats ? runNats() : undefined,
    tables ? runTables() : undefined,
    objects
      ? startObjects({ dir: join(dir, 'objects') }).then((engine) => (running.objects = engine))
      : undefined,
  ]);
  const failure = starts.find((start) => start.status === 'rejected');
  if (failure) {
    await stop();
    throw failure.reason;
  }

  return {
    get nats() {
      return chosen('nats');
    },
    get tables() {
      return chosen('tables');
    },
    get objects() {
      return chosen('objects');
    },
    dir,
    stop,
    restartNats: async () => {
      const { port, kill } = chosen('nats');
      await kill();
      await runNats(port);
    },
    restartTables: async () => {
      if (!dbPath) throw new Error("tables in memory forget everything: ask for 'disk'");
      const { port, kill } = chosen('tables');
      await kill();
      await runTables(port);
    },
  };
}

/** First start of a broker on a machine without one may build it. */
const START_TIMEOUT_MS = 300_000;

/**
 * Starts engines before the specs of the enclosing `describe` (or file) and ends them afterwards.
 * The returned function gives them; call it inside hooks and specs.
 *
 *     const engines = useEngines({ nats: true, tables: true });
 *     it('…', async () => { await connectBroker({ url: engines().nats.url, name: 'spec' }); });
 */
export function useEngines(choice: EngineChoice): () => Engines {
  let engines: Engines | undefined;
  beforeAll(async () => {
    engines = await startEngines(choice);
  }, START_TIMEOUT_MS);
  afterAll(async () => {
    await engines?.stop();
  }, 30_000);
  return () => {
    if (!engines) throw new Error('the engines start before the first spec, not earlier');
    return engines;
  };
}
