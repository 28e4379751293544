/** fauxqs: an S3-compatible engine with its objects as files. */
import { fileURLToPath } from 'node:url';
import { LOOPBACK, onPort, spawnChild, waitUntilReady, type Engine } from './engine-process.ts';

export interface ObjectsOptions {
  /** Starting again on it finds the buckets and objects. */
  dir: string;
  /** Default: a free one. */
  port?: number | undefined;
  logFile?: string | undefined;
}

const SERVER = fileURLToPath(new URL('objects-server.ts', import.meta.url));

async function start(options: ObjectsOptions, port: number): Promise<Engine> {
  const child = await spawnChild({
    command: process.execPath,
    args: ['--disable-warning=ExperimentalWarning', SERVER, String(port), options.dir],
    logFile: options.logFile,
  });
  const url = `http://${LOOPBACK}:${port}`;
  await waitUntilReady('fauxqs', child, async () => {
    const answer = await fetch(url, { signal: AbortSignal.timeout(1_000) });
    await answer.arrayBuffer();
    return true;
  });
  const { pid, exited, stop, kill } = child;
  return { url, port, pid, exited, stop, kill };
}

/** @throws EngineStartError when it does not come up. */
export async function startObjects(options: ObjectsOptions): Promise<Engine> {
  return onPort(options.port, (port) => start(options, port));
}
