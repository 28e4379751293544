/** How many events ingest takes durably a second, and what that is of the least possible chain. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { STREAMS, SUBJECTS } from '@picasso/contracts';
import { freePort, spawnChild } from '@picasso/engines';
import { connectBroker, type Broker } from '@picasso/messaging';
import { startStack } from '../harness/stack.ts';
import { WORKSPACE } from '../harness/workspace.ts';
import type { Visit } from '../load/visits.ts';
import { cpuSince, readCpu } from './cpu.ts';
import { median, type Section } from './figures.ts';
import { describeDisk, describeSync } from './machine.ts';
import type { BenchSettings } from './settings.ts';

const TENANT = 'bench';
const EVENTS = 10;
const CONNECTIONS = 64;
const WARM_UP_S = 5;
const ID = '__ID__';

/** One round of load on one of the two. */
interface Round {
  /** Acknowledged. */
  events: number;
  seconds: number;
  /** CPU seconds. */
  server: number;
  broker: number;
  generator: number;
  p99Ms: number;
}

interface Target {
  name: string;
  url: string;
  pid: number;
  headers: Record<string, string>;
}

/** Requests of ten events of one session each, with a place for ids. */
function bodies(visits: readonly Visit[]): string[][] {
  const timestamp = new Date().toISOString();
  const slices = visits.flatMap((visit) => {
    const browser = visit.filter(({ origin }) => origin === 'browser');
    return browser.length < EVENTS ? [] : [browser.slice(0, EVENTS)];
  });
  if (slices.length === 0) throw new Error('no visit has ten events');
  return slices.slice(0, 200).map((slice) =>
    JSON.stringify({
      sent_at: timestamp,
      sdk: { name: 'bench', version: '1.0.0' },
      events: slice.map(({ key, body }) => ({
        schema_version: '1.0',
        event_id: `evt_${ID}_${key}`,
        timestamp,
        session_id: `sess_${ID}`,
        tenant_hash: TENANT,
        ...body,
      })),
    }).split(ID),
  );
}

let requests = 0;

async function load(target: Target, templates: string[][], seconds: number) {
  const result = await autocannon({
    url: target.url,
    connections: CONNECTIONS,
    duration: seconds,
    requests: [
      {
        method: 'POST',
        path: '/events',
        headers: { 'content-type': 'application/json', ...target.headers },
        setupRequest: (request) => {
          requests += 1;
          const parts = templates[requests % templates.length]!;
          return { ...request, body: parts.join(`${process.pid}_${requests}`) };
        },
      },
    ],
    verifyBody: (body) => String(body).includes(`"accepted":${EVENTS},`),
  });
  if (result.errors + result.non2xx + result.mismatches > 0) {
    throw new Error(
      `${target.name}: ${result.errors} errors, ${result.non2xx} refused, ${result.mismatches} not fully accepted`,
    );
  }
  return result;
}

const storedMessages = async ({ jsm }: Broker): Promise<number> =>
  (await jsm.streams.info(STREAMS.events)).state.messages;

async function round(
  target: Target,
  templates: string[][],
  seconds: number,
  brokerPid: number,
  broker: Broker,
): Promise<Round> {
  await broker.jsm.streams.purge(STREAMS.events);
  const pids = { server: target.pid, broker: brokerPid, generator: process.pid };
  const before = readCpu(pids);
  const result = await load(target, templates, seconds);
  const { server = 0, broker: brokerCpu = 0, generator = 0 } = cpuSince(before, pids);
  const stored = await storedMessages(broker);
  if (stored < result['2xx']) {
    throw new Error(`${result['2xx']} requests acknowledged, but only ${stored} messages stored`);
  }
  return {
    events: result['2xx'] * EVENTS,
    seconds: result.duration,
    server,
    broker: brokerCpu,
    generator,
    p99Ms: result.latency.p99,
  };
}

const perCpuSecond = ({ events, server }: Round): number => events / server;
const perSecond = ({ events, seconds }: Round): number => events / seconds;
const share = (cpu: number, { seconds }: Round): string => `${Math.round((100 * cpu) / seconds)} %`;

async function startBareChain(
  natsUrl: string,
  env: Record<string, string>,
): Promise<Target & { stop(): Promise<void> }> {
  const port = await freePort();
  const child = await spawnChild({
    command: process.execPath,
    args: [
      join(WORKSPACE, 'tools/bench/bare-chain.ts'),
      natsUrl,
      SUBJECTS.events(TENANT),
      join(WORKSPACE, 'libs/contracts/schemas'),
      String(port),
    ],
    env: { ...process.env, ...env },
  });
  const url = `http://127.0.0.1:${port}`;
  for (let ready = false; !ready;) {
    if (child.hasExited()) throw new Error(`the bare chain ended: ${child.tail()}`);
    ready = await fetch(`${url}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  }
  return { name: 'bare chain', url, pid: child.pid, headers: {}, stop: () => child.stop() };
}

export async function benchIngest(settings: BenchSettings): Promise<Section> {
  const { rounds, roundSeconds, syncAlways, sampling, library, serviceEnv } = settings;
  const templates = bodies(library.visits);
  const dir = await mkdtemp(join(tmpdir(), 'picasso-bench-ingest-'));
  const disk = describeDisk(dir);
  const stack = await startStack({
    dir,
    tenants: [TENANT],
    sessionizers: 0,
    idleTimeoutMs: 60_000,
    withQuery: false,
    syncAlways,
    env: serviceEnv,
  });
  const broker = await connectBroker({ url: stack.natsUrl, name: 'bench' });
  const bare = await startBareChain(stack.natsUrl, serviceEnv);
  try {
    const ingest: Target = {
      name: 'ingest',
      url: stack.ingest.url,
      pid: stack.pids()['ingest'] ?? 0,
      headers: { 'x-write-key': stack.tenants[0]!.write_key },
    };
    const took = new Map<Target, Round[]>([
      [ingest, []],
      [bare, []],
    ]);
    for (const target of took.keys()) await load(target, templates, WARM_UP_S);
    for (let i = 0; i < rounds; i += 1) {
      for (const [target, list] of took) {
        list.push(await round(target, templates, roundSeconds, stack.nats.pid, broker));
      }
    }
    const ours = took.get(ingest)!;
    const theirs = took.get(bare)!;
    const ratio = (of: (each: Round) => number): number =>
      median(ours.map((each, i) => of(each) / of(theirs[i]!)));
    return {
      title: 'Ingest: durably acknowledged events a second',
      conditions: [
        `Requests of ${EVENTS} events of one session (${library.source}; ${Math.round(templates[0]!.join('').length / 102.4) / 10} KB), ${CONNECTIONS} connections, load generator in another process.`,
        `nats-server ${stack.nats.version}, ${describeSync(stack.nats.syncAlways)}, ${sampling}, ${disk}.`,
        `Medians of ${rounds} rounds of ${roundSeconds} s, the two taking turns. Per core: events per CPU second of the process that takes them, broker and generator not counted.`,
      ],
      head: [
        '',
        'events/s per core',
        'events/s',
        'p99 ms',
        'own CPU',
        'broker CPU',
        'generator CPU',
      ],
      rows: [...took].map(([{ name }, list]) => {
        const middle = [...list].sort((a, b) => perSecond(a) - perSecond(b))[list.length >> 1]!;
        return [
          name,
          median(list.map(perCpuSecond)),
          median(list.map(perSecond)),
          median(list.map(({ p99Ms }) => p99Ms)),
          share(middle.server, middle),
          share(middle.broker, middle),
          share(middle.generator, middle),
        ];
      }),
      goals: [
        {
          name: 'events/s per core',
          figure: median(ours.map(perCpuSecond)),
          wanted: { atLeast: 10_000 },
        },
        {
          name: 'of the bare chain, per core',
          figure: ratio(perCpuSecond),
          wanted: { atLeast: 0.7 },
        },
        {
          name: 'of the bare chain, by the clock',
          figure: ratio(perSecond),
          wanted: { atLeast: 0.7 },
        },
      ],
    };
  } finally {
    await broker.close();
    await bare.stop();
    await stack.stop();
    await rm(dir, { recursive: true, force: true });
  }
}
