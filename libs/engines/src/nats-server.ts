/** A real nats-server with JetStream on disk, on the loopback address only. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { findNatsServer, type NatsServerBinary } from './nats-binary.ts';
import { LOOPBACK, onPort, spawnChild, waitUntilReady, type Engine } from './engine-process.ts';

/** A slice of one full request (512 KB) and its headers fit with room to spare. */
const MAX_PAYLOAD = 2 * 1024 * 1024;

const MAX_FILE_STORE = 64 * 1024 ** 3;

export interface NatsOptions {
  /** Holds the store and the configuration; starting again on it finds the data. */
  dir: string;
  /** Default: a free one. */
  port?: number | undefined;
  /**
   * fsync before every acknowledgement: survives power loss, costs throughput.
   * Without it the server flushes every two minutes, which survives `kill -9` only.
   */
  syncAlways?: boolean | undefined;
  logFile?: string | undefined;
  /** Told about slow steps (download, build) and warnings. */
  log?: ((line: string) => void) | undefined;
}

export interface NatsEngine extends Engine {
  version: string;
  /** What is in force: false on servers before 2.10 whatever was asked for. */
  syncAlways: boolean;
}

/** Config is JSON-compatible, so strings need no quoting of our own. */
function writeConfig(options: NatsOptions, port: number, syncAlways: boolean): string {
  mkdirSync(options.dir, { recursive: true });
  const file = join(options.dir, 'nats-server.conf');
  const jetstream = {
    store_dir: join(options.dir, 'store'),
    // Streams reserve their limits; by default a small disk would refuse them while still empty.
    max_file_store: MAX_FILE_STORE,
    ...(syncAlways ? { sync_interval: 'always' } : {}),
  };
  const config = { listen: `${LOOPBACK}:${port}`, max_payload: MAX_PAYLOAD, jetstream };
  writeFileSync(file, JSON.stringify(config, null, 2));
  return file;
}

/** The server greets every connection with an INFO line; JetStream is up when it says so. */
function greetsWithJetStream(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, LOOPBACK);
    const answer = (ready: boolean): void => {
      socket.destroy();
      resolve(ready);
    };
    socket.setTimeout(1_000, () => answer(false));
    socket.once('error', () => answer(false));
    socket.once('data', (greeting) => answer(greeting.includes('"jetstream":true')));
  });
}

async function start(options: NatsOptions, binary: NatsServerBinary, port: number) {
  const syncAlways = (options.syncAlways ?? false) && binary.powerLossSafe;
  if (options.syncAlways && !syncAlways) {
    options.log?.(`nats-server ${binary.version} has no sync_interval: power loss may cost events`);
  }
  const child = await spawnChild({
    command: binary.path,
    args: ['--config', writeConfig(options, port, syncAlways)],
    logFile: options.logFile,
  });
  await waitUntilReady('nats-server', child, () => greetsWithJetStream(port));
  const { pid, exited, stop, kill } = child;
  const url = `nats://${LOOPBACK}:${port}`;
  return { url, port, pid, exited, stop, kill, version: binary.version, syncAlways };
}

/** @throws EngineStartError when no server can be found or it does not come up. */
export async function startNats(options: NatsOptions): Promise<NatsEngine> {
  const binary = await findNatsServer(options.log);
  return onPort(options.port, (port) => start(options, binary, port));
}
