/** dynoxide: a DynamoDB-compatible engine on SQLite, in memory or in one file. */
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import {
  EngineStartError,
  LOOPBACK,
  onPort,
  spawnChild,
  waitUntilReady,
  type Engine,
} from './engine-process.ts';

export interface TablesOptions {
  /** A SQLite file; starting again on it finds the data. Default: in memory. */
  dbPath?: string | undefined;
  /** Default: a free one. */
  port?: number | undefined;
  logFile?: string | undefined;
}

/** `TABLES_ENGINE` names another engine that takes the same arguments. */
function binaryPath(): string {
  const other = process.env['TABLES_ENGINE'];
  if (other) return other;
  const platform = `${process.platform}-${process.arch}`;
  try {
    const manifest = createRequire(import.meta.url).resolve(`@dynoxide/${platform}/package.json`);
    return join(dirname(manifest), 'dynoxide');
  } catch {
    throw new EngineStartError(
      `There is no table engine for ${platform} here. Try \`npm install --no-save dynoxide\`, ` +
        'or run amazon/dynamodb-local in Docker and set DYNAMODB_ENDPOINT for the services.',
    );
  }
}

async function start(options: TablesOptions, port: number): Promise<Engine> {
  const args = ['serve', '--host', LOOPBACK, '--port', String(port)];
  if (options.dbPath) {
    mkdirSync(dirname(options.dbPath), { recursive: true });
    args.push('--db-path', options.dbPath);
  }
  const child = await spawnChild({ command: binaryPath(), args, logFile: options.logFile });
  const url = `http://${LOOPBACK}:${port}`;
  await waitUntilReady('the table engine', child, async () => {
    const answer = await fetch(url, { signal: AbortSignal.timeout(1_000) });
    await answer.arrayBuffer();
    return true;
  });
  const { pid, exited, stop, kill } = child;
  return { url, port, pid, exited, stop, kill };
}

/** @throws EngineStartError when there is no engine for this platform or it does not come up. */
export async function startTables(options: TablesOptions = {}): Promise<Engine> {
  return onPort(options.port, (port) => start(options, port));
}
