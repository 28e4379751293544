/** The local stack: three engines, then three services, each of them watched. */
import { join } from 'node:path';
import { startNats, startObjects, startTables, type Child } from '@picasso/engines';
import { connectBroker, provisionStreams } from '@picasso/messaging';
import { connectObjects, connectTables, provisionObjects, provisionTables } from '@picasso/storage';
import type { LocalPaths } from '../local/paths.ts';
import type { RunRecord } from '../local/run-record.ts';
import { loadSecrets } from '../local/secrets.ts';
import type { Ports } from './options.ts';
import type { Progress } from './progress.ts';
import {
  buildServices,
  SERVICES,
  serviceUrl,
  startService,
  objectsSettings,
  tablesSettings,
  waitUntilServiceReady,
  type ServiceSettings,
} from './services.ts';
import type { Supervisor } from './supervisor.ts';

export interface StackSettings {
  paths: LocalPaths;
  ports: Ports;
  idleMs: number;
  supervisor: Supervisor;
  progress: Progress;
}

export const stackUrls = (ports: Ports): RunRecord['urls'] => ({
  ingest: serviceUrl(ports, 'ingest'),
  query: serviceUrl(ports, 'query'),
  sessionizer: serviceUrl(ports, 'sessionizer'),
  nats: `nats://127.0.0.1:${ports.nats}`,
  tables: `http://127.0.0.1:${ports.tables}`,
  objects: `http://127.0.0.1:${ports.objects}`,
});

async function startEngines({ paths, ports, supervisor, progress }: StackSettings): Promise<void> {
  const place = (name: string) => ({
    dir: join(paths.data, name),
    logFile: join(paths.logs, `${name}.log`),
  });
  const log = (line: string): void => progress.note(line);
  const dbPath = join(place('tables').dir, 'tables.db');
  const [nats] = await Promise.all([
    supervisor.run('nats', () => startNats({ ...place('nats'), port: ports.nats, log })),
    supervisor.run('tables', () => startTables({ ...place('tables'), dbPath, port: ports.tables })),
    supervisor.run('objects', () => startObjects({ ...place('objects'), port: ports.objects })),
  ]);
  progress.note(`nats-server ${nats.version}`);
}

async function provision(urls: RunRecord['urls']): Promise<void> {
  const tables = connectTables(tablesSettings(urls.tables));
  const objects = connectObjects(objectsSettings(urls.objects));
  const broker = await connectBroker({ url: urls.nats, name: 'start' });
  try {
    await Promise.all([
      provisionStreams(broker.jsm),
      provisionTables(tables),
      provisionObjects(objects),
    ]);
  } finally {
    objects.close();
    await broker.close();
    tables.close();
  }
}

/** Resolves when every service is ready. */
export async function startStack(settings: StackSettings): Promise<void> {
  const { paths, ports, idleMs, supervisor, progress } = settings;
  const urls = stackUrls(ports);
  const { jwt_secret: jwtSecret } = loadSecrets(paths);
  await Promise.all([
    progress.step('engines: NATS, tables, objects', () => startEngines(settings)),
    progress.step('services and console built', () => buildServices((line) => progress.note(line))),
  ]);
  await progress.step('streams and tables provisioned', () => provision(urls));
  const service: ServiceSettings = { ports, urls, jwtSecret, idleMs, logs: paths.logs };
  await progress.step(`services ready: ${SERVICES.join(', ')}`, () =>
    Promise.all(
      SERVICES.map(async (name) => {
        const child: Child = await supervisor.run(name, () => startService(name, service));
        await waitUntilServiceReady(name, ports, child);
      }),
    ),
  );
}
