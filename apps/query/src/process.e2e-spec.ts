import { expect, it } from '@jest/globals';
import { connectTables } from '@picasso/storage';
import {
  eventSlice,
  sessionOf,
  startService,
  storedEvents,
  useEngines,
  type RunningService,
} from '@picasso/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { LOCAL_SECRET } from './config.ts';
import { createTenants, SECRET, signToken, storeSession } from './query.fixture.ts';

const TENANT = 'tenant_a';
const KEY = { tenant_hash: TENANT, session_id: 'sess_a' };

const engines = useEngines({ tables: true });
const start = (env: Record<string, string>): Promise<RunningService> =>
  startService('query', { DYNAMODB_ENDPOINT: engines().tables.url, ...env });

it.each<[string, Record<string, string>]>([
  ['without a secret', {}],
  ['with a short one', { JWT_SECRET: SECRET.slice(1) }],
  ['with the published one', { JWT_SECRET: LOCAL_SECRET }],
])('refuses to start %s', async (_, env) => {
  await expect(start(env)).rejects.toThrow(/EnvironmentError.*[^]*JWT_SECRET/);
});

it('answers what is under way when it is told to stop, and ends by itself', async () => {
  const tables = connectTables({
    endpoint: engines().tables.url,
    region: 'us-east-1',
    prefix: 'picasso-',
  });
  await createTenants(tables, [{ tenant_hash: TENANT }]);
  const startMs = Date.now() - 60_000;
  const flat = sessionOf(['MESSAGE_SENT', 'WIDGET_CLOSED'], { tenantHash: TENANT, startMs });
  await storeSession(tables, KEY, storedEvents(eventSlice(flat)));
  tables.close();

  const service = await start({ JWT_SECRET: SECRET });
  const token = await signToken({ role: 'admin', tenant_hash: TENANT });
  const enginePid = engines().tables.pid;
  process.kill(enginePid, 'SIGSTOP');
  const answer = fetch(`${service.url}/analytics/journey/sess_a`, {
    headers: { authorization: `Bearer ${token}` },
  });
  await sleep(300);
  // Answered after the request above came in, even on a slow machine.
  await fetch(`${service.url}/health/live`);
  const ended = service.stop();
  await sleep(300);
  process.kill(enginePid, 'SIGCONT');

  const { steps } = (await (await answer).json()) as { steps: unknown[] };
  expect(steps).toHaveLength(2);
  expect(await ended).toBe(0);
  await expect(fetch(`${service.url}/health/live`)).rejects.toThrow();
  expect(await service.logs()).toContain('shutting down');
});
