import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '@picasso/engines';
import { eventually } from '@picasso/testing';
import { SITES } from '../demo/generate.ts';
import { localPaths, WORKSPACE } from '../local/paths.ts';
import { isRunning } from '../local/processes.ts';
import { readRun, type RunRecord } from '../local/run-record.ts';
import type { Endpoints, LocalTenant, TenantTokens } from '../local/secrets.ts';
import { portsFrom, type Ports } from './options.ts';
import { assertPortsFree } from './ports.ts';

const BOOTSTRAP = join(WORKSPACE, 'tools', 'bootstrap.mjs');
const READY = { timeoutMs: 180_000, everyMs: 100 };

let dir: string;
let ports: Ports;
const starts: ChildProcess[] = [];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'start-'));
  for (;;) {
    ports = portsFrom(Math.min(await freePort(), 60_000));
    if (
      await assertPortsFree(ports).then(
        () => true,
        () => false,
      )
    )
      break;
  }
});

const environment = () => ({ ...process.env, PICASSO_LOCAL_DIR: dir, SUITE: undefined });

/** `npm start -- …` as a process; what it says is collected. */
function npmStart(...args: string[]) {
  const given = [BOOTSTRAP, 'start', '--port-base', String(ports.ingest), ...args];
  const child = spawn(process.execPath, given, { env: environment() });
  starts.push(child);
  const said = { text: '' };
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (said.text += chunk.toString()));
  }
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const ready = () =>
    eventually(() => {
      if (child.exitCode !== null) throw new Error(`it ended: ${said.text}`);
      expect(said.text).toContain('Ready after');
    }, READY);
  return { child, said, exited, ready };
}

async function npmRun(
  ...args: string[]
): Promise<{ stdout: string; stderr: string; code: number }> {
  const ran = promisify(execFile)(process.execPath, [BOOTSTRAP, ...args], { env: environment() });
  return ran.then(
    (result) => ({ ...result, code: 0 }),
    (error: { stdout: string; stderr: string; code: number }) => error,
  );
}

const endpoints = (): Endpoints =>
  JSON.parse(readFileSync(localPaths(dir).endpoints, 'utf8')) as Endpoints;

const runRecord = (): RunRecord => {
  const run = readRun(localPaths(dir).run);
  if (!run) throw new Error('there is no run record');
  return run;
};

async function postEvent(writeKey: string, session_id: string): Promise<number> {
  const answer = await fetch(`${endpoints().ingest_url}/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-write-key': writeKey },
    body: JSON.stringify({
      schema_version: '1.0',
      event_id: `evt_${session_id}`,
      timestamp: new Date().toISOString(),
      session_id,
      step_number: 1,
      sequence_number: 1,
      event_type: 'MESSAGE_SENT',
      payload: { content: 'Hello' },
    }),
  });
  await answer.arrayBuffer();
  return answer.status;
}

interface Journey {
  session: { closed_by: string | null; event_count: number };
  steps: { event_type: string }[];
}

async function getJson<T>(path: string, token: string): Promise<T> {
  const answer = await fetch(`${endpoints().query_url}${path}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as T;
}

const journey = (sessionId: string, token: string) =>
  getJson<Journey>(`/analytics/journey/${sessionId}`, token);

afterEach(() => starts.splice(0).forEach((child) => child.kill('SIGKILL')));
afterAll(async () => {
  await npmRun('reset');
  await rm(dir, { recursive: true, force: true });
});

describe('npm start -- --empty', () => {
  let tenant: LocalTenant & { tokens: TenantTokens };

  it('names a taken port and what to do, and leaves nothing behind', async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(ports.query, '127.0.0.1', resolve));
    const { said, exited } = npmStart('--empty');
    expect(await exited).toBe(1);
    expect(said.text).toContain(`Port ${ports.query} (query) is taken`);
    expect(said.text).toContain('--port-base');
    expect(existsSync(localPaths(dir).run)).toBe(false);
    await new Promise((resolve) => holder.close(resolve));
  });

  it('refuses options that it does not know', async () => {
    const { said, exited } = npmStart('--fast');
    expect(await exited).toBe(1);
    expect(said.text).toMatch(/Unknown option '--fast'/);
  });

  it('brings a tenant from its creation to a journey, and closes it by the idle rule', async () => {
    const start = npmStart('--empty', '--idle', '2s');
    await start.ready();
    expect(endpoints()).toMatchObject({
      ingest_url: `http://127.0.0.1:${ports.ingest}`,
      query_url: `http://127.0.0.1:${ports.query}`,
      console_url: `http://127.0.0.1:${ports.query}`,
      tenants: [],
    });
    expect(start.said.text).toContain(`operator http://127.0.0.1:${ports.query}/?sign-in=ops`);
    const page = await fetch(endpoints().console_url!, { headers: { accept: 'text/html' } });
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('uja-root')]);
    expect(statSync(localPaths(dir).endpoints).mode & 0o077).toBe(0);

    const created = await npmRun('tenant', 'create', 'acme');
    expect(created.code).toBe(0);
    tenant = JSON.parse(created.stdout) as typeof tenant;
    expect(endpoints().tenants).toEqual([
      { tenant_hash: 'acme', write_key: tenant.write_key, server_key: tenant.server_key },
    ]);
    expect(endpoints().tokens['acme']).toEqual(tenant.tokens);

    expect(await postEvent(tenant.write_key, 'sess_1')).toBe(202);
    await eventually(
      async () => {
        const { session, steps } = await journey('sess_1', tenant.tokens.admin);
        expect(steps.map(({ event_type }) => event_type)).toEqual(['MESSAGE_SENT']);
        expect(session.closed_by).toBe('timeout');
      },
      { timeoutMs: 20_000 },
    );

    const again = npmStart('--empty');
    expect(await again.exited).toBe(0);
    expect(again.said.text).toContain('runs already');
    expect(again.said.text).toContain(endpoints().ingest_url);

    const { supervisor, children } = runRecord();
    expect(Object.keys(children).sort()).toEqual(
      ['erasures', 'ingest', 'jobs', 'nats', 'objects', 'query', 'sessionizer', 'tables'].sort(),
    );
    expect((await npmRun('stop')).stdout).toContain('Everything has ended');
    expect(await start.exited).toBe(0);
    for (const id of [supervisor, ...Object.values(children)]) expect(isRunning(id)).toBe(false);
    expect(existsSync(localPaths(dir).endpoints)).toBe(false);
    await assertPortsFree(ports);
  });

  it('finds data and keys again, and restarts what crashes', async () => {
    const start = npmStart('--empty');
    await start.ready();
    expect((await journey('sess_1', endpoints().tokens['acme']!.viewer)).session.event_count).toBe(
      1,
    );
    const known = await npmRun('tenant', 'create', 'acme');
    expect(JSON.parse(known.stdout)).toMatchObject({ write_key: tenant.write_key });

    for (const name of ['ingest', 'nats']) {
      const before = runRecord().children[name]!;
      process.kill(before.pid, 'SIGKILL');
      await eventually(() => expect(runRecord().children[name]!.pid).not.toBe(before.pid));
      await eventually(
        async () => {
          expect(await postEvent(tenant.write_key, `sess_after_${name}`)).toBe(202);
        },
        { timeoutMs: 30_000 },
      );
      expect(start.said.text).toContain(`${name} ended (SIGKILL)`);
    }

    start.child.kill('SIGINT');
    expect(await start.exited).toBe(0);
    expect(readRun(localPaths(dir).run)).toBeUndefined();
  });

  it('cleans up after a supervisor that was killed', async () => {
    const first = npmStart('--empty');
    await first.ready();
    const { supervisor, children } = runRecord();
    process.kill(supervisor.pid, 'SIGKILL');
    await first.exited;

    const second = npmStart('--empty');
    await second.ready();
    for (const id of Object.values(children)) expect(isRunning(id)).toBe(false);
    expect(await postEvent(tenant.write_key, 'sess_after_supervisor')).toBe(202);
    expect((await npmRun('reset')).stdout).toContain('Forgot everything');
    expect(await second.exited).toBe(0);
    expect(existsSync(localPaths(dir).data)).toBe(false);
  });

  it('says that a tenant needs a running stack', async () => {
    const { code, stderr, stdout } = await npmRun('tenant', 'create', 'acme');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('npm start');
  });
});

describe('npm start', () => {
  const day = (offset: number): string =>
    new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);

  /** Start times of the sessions that the API lists, all tenants together. */
  async function startTimes(): Promise<string[]> {
    const { tokens } = endpoints();
    const lists = SITES.map(({ tenant_hash }) =>
      getJson<{ items: { started_at: string }[] }>(
        `/analytics/sessions/${tenant_hash}?from=${day(-6)}&to=${day(1)}&limit=100`,
        tokens[tenant_hash]!.admin,
      ),
    );
    return (await Promise.all(lists)).flatMap(({ items }) =>
      items.map(({ started_at }) => started_at),
    );
  }

  interface Card {
    value: number;
    before: number | null;
  }

  it('brings a past once, by the front door and by backfill, then live visitors', async () => {
    const began = new Date().toISOString();
    const start = npmStart('--visits', '600');
    await start.ready();
    expect(
      endpoints()
        .tenants.map(({ tenant_hash }) => tenant_hash)
        .sort(),
    ).toEqual(SITES.map(({ tenant_hash }) => tenant_hash).sort());
    const site = /watch your own journey: (\S+)/.exec(start.said.text)?.[1];
    expect(site).toBe(`http://127.0.0.1:${ports.site}`);
    expect(await (await fetch(site!)).text()).toContain('<script');
    const seeded = (await startTimes()).filter((time) => time < began);
    expect(seeded.length).toBeGreaterThan(15);
    expect(new Set(seeded.map((time) => time.slice(0, 10))).size).toBeGreaterThanOrEqual(5);

    for (const { tenant_hash } of SITES) {
      const { viewer } = endpoints().tokens[tenant_hash]!;
      const cards = async (path: string) => {
        const query = `/analytics/${path}/${tenant_hash}?range=30d`;
        return (await getJson<{ cards: Record<string, Card> }>(query, viewer)).cards;
      };
      // Something to show, and something to compare it with.
      const { conversations } = await cards('conversations/summary');
      expect([conversations!.value > 0, conversations!.before! > 0]).toEqual([true, true]);
      const { visits, estimated_value } = await cards('attribution');
      expect(visits!.before).toBeGreaterThan(conversations!.before!);
      expect(estimated_value!.value).toBeGreaterThan(0);
      const gaps = await getJson<{ items: { id: string; state: string }[] }>(
        `/analytics/gaps/${tenant_hash}?range=30d&limit=100`,
        viewer,
      );
      expect(gaps.items).toContainEqual(
        expect.objectContaining({ id: 'spring-campaign', state: 'never_shown' }),
      );
    }
    await eventually(
      async () => expect((await startTimes()).some((time) => time > began)).toBe(true),
      { timeoutMs: 90_000, everyMs: 1_000 },
    );
    await npmRun('stop');

    const second = npmStart();
    await second.ready();
    expect(second.said.text).not.toContain('five days');
    await npmRun('stop');
  });
});
