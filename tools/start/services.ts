/** The three services as processes of their own, with everything that their environment needs. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { spawnChild, type Child } from '@picasso/engines';
import { bundleOf, runBundle } from '../harness/workspace.ts';
import { WORKSPACE } from '../local/paths.ts';
import type { RunRecord } from '../local/run-record.ts';
import type { Ports } from './options.ts';

export const SERVICES = ['ingest', 'sessionizer', 'query'] as const;
export type ServiceName = (typeof SERVICES)[number];

const REGION = 'us-east-1';
const TABLE_PREFIX = 'picasso-';
const HOST = '127.0.0.1';
const READY_MS = 60_000;
/** Load scripts and replays read every journey that they sent. */
const REQUESTS_PER_MINUTE = 60_000;
/** The console's files, which query serves. */
const CONSOLE = join(WORKSPACE, 'dist', 'apps', 'admin', 'browser');
/** Passed on from the shell where it is set; everything else is ours to say. */
const INHERITED = [
  'PATH',
  'HOME',
  'LANG',
  'TZ',
  'LOG_LEVEL',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'TRACE_SAMPLING',
];

export interface ServiceSettings {
  ports: Ports;
  urls: RunRecord['urls'];
  jwtSecret: string;
  idleMs: number;
  logs: string;
}

export const tablesSettings = (endpoint: string) => ({
  endpoint,
  region: REGION,
  prefix: TABLE_PREFIX,
});

export const objectsSettings = (endpoint: string) => ({
  endpoint,
  region: REGION,
  bucket: `${TABLE_PREFIX}journeys`,
});

export const serviceUrl = (ports: Ports, name: ServiceName): string =>
  `http://${HOST}:${ports[name]}`;

/** Bundles services and console as far as they changed since the last build; Nx keeps the rest. */
export async function buildServices(note: (line: string) => void): Promise<void> {
  const nx = join(WORKSPACE, 'node_modules', 'nx', 'dist', 'bin', 'nx.js');
  const projects = [...SERVICES, 'aggregator', 'admin'];
  const args = [nx, 'run-many', '-t', 'build', '-p', projects.join(',')];
  const env = { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false', NODE_OPTIONS: '' };
  const child = spawn(process.execPath, args, {
    cwd: WORKSPACE,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`the services do not build:\n${said.trim()}`);
  const missing = SERVICES.find((name) => !existsSync(bundleOf(name)));
  if (missing) throw new Error(`the build left no bundle of ${missing}`);
  if (!existsSync(CONSOLE)) throw new Error('the build left no console');
  const [, kept, all] = /Cache:\s+(\d+)\/(\d+) hit/.exec(said) ?? [];
  if (kept && all) note(`${kept} of ${all} builds had not changed`);
}

function environment(name: ServiceName, settings: ServiceSettings): NodeJS.ProcessEnv {
  const inherited = INHERITED.flatMap((key) => (process.env[key] ? [[key, process.env[key]]] : []));
  return {
    ...(Object.fromEntries(inherited) as NodeJS.ProcessEnv),
    NODE_ENV: 'production',
    LOCAL_MODE: '1',
    HOST,
    PORT: String(settings.ports[name]),
    NATS_URL: settings.urls.nats,
    DYNAMODB_ENDPOINT: settings.urls.tables,
    AWS_REGION: REGION,
    TABLE_PREFIX,
    ...(name === 'sessionizer' ? { IDLE_TIMEOUT_MS: String(settings.idleMs) } : {}),
    ...(name === 'query'
      ? {
          CONSOLE_DIR: CONSOLE,
          INGEST_URL: serviceUrl(settings.ports, 'ingest'),
          JWT_SECRET: settings.jwtSecret,
          S3_ENDPOINT: settings.urls.objects,
          REQUESTS_PER_MINUTE: String(REQUESTS_PER_MINUTE),
        }
      : {}),
  };
}

/** Starts the process; it may not be ready yet. */
export const startService = (name: ServiceName, settings: ServiceSettings): Promise<Child> =>
  spawnChild({
    command: process.execPath,
    args: runBundle(name),
    env: environment(name, settings),
    logFile: join(settings.logs, `${name}.log`),
  });

/** @throws Error with the end of the log when it ends or is not ready within a minute */
export async function waitUntilServiceReady(
  name: ServiceName,
  ports: Ports,
  child: Child,
): Promise<void> {
  const url = `${serviceUrl(ports, name)}/health/ready`;
  for (const end = Date.now() + READY_MS; Date.now() < end && !child.hasExited(); await sleep(50)) {
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) });
      await answer.arrayBuffer();
      if (answer.ok) return;
    } catch {
      // Not listening yet.
    }
  }
  const what = child.hasExited() ? 'ended' : `is not ready after ${READY_MS / 1_000} s`;
  throw new Error(`${name} ${what}. The end of its log:\n${child.tail().trim()}`);
}
