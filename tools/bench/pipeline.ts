/** The highest rate that the whole pipeline sustains, load generator on the same machine. */
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SESSIONIZER_CONSUMER, STREAMS } from '@picasso/contracts';
import { connectBroker, consumerLag, type Broker } from '@picasso/messaging';
import { postEvents } from '../harness/post.ts';
import { startStack, type Stack } from '../harness/stack.ts';
import { cpuSince, readCpu, type CpuUse } from './cpu.ts';
import { median, type Row, type Section } from './figures.ts';
import { describeDisk, describeSync } from './machine.ts';
import { bodyOf, SLICES_OF_TEN, slicesOf, type Slice } from './playback.ts';
import type { BenchSettings } from './settings.ts';

const TENANTS = ['bench-a', 'bench-b', 'bench-c'];
/** Sessions that go on at the same time. */
const PLACES = 300;
const TICK_MS = 20;
const SETTLE_S = 10;
const MEASURE_S = 60;
const DRAIN_MS = 180_000;
/** Growth that is noise: this share of what was offered. */
const TOLERANCE = 0.01;

/** A session in progress. */
interface Place {
  session: number;
  slices: Slice[];
  next: number;
  busy: boolean;
}

/** Sends slices at a rate of events, whatever becomes of them. */
class Generator {
  /** Slices and events that left; requests that were not fully accepted. */
  readonly sent = { slices: 0, events: 0, refused: 0 };
  private sessions = 0;
  private readonly places: Place[];

  constructor(
    private readonly stack: Stack,
    private readonly library: readonly Slice[][],
    private readonly run: string,
  ) {
    this.places = Array.from({ length: PLACES }, () => this.newPlace());
  }

  /** Runs until the signal aborts. */
  async play(eventsPerSecond: number, signal: AbortSignal): Promise<void> {
    const began = performance.now();
    const before = this.sent.events;
    let turn = 0;
    while (!signal.aborted) {
      const due = before + ((performance.now() - began) / 1_000) * eventsPerSecond;
      for (let tries = 0; this.sent.events < due && tries < PLACES;) {
        const at = turn++ % PLACES;
        if (this.places[at]!.busy) tries += 1;
        else void this.advance(at);
      }
      await sleep(TICK_MS);
    }
  }

  private newPlace(): Place {
    this.sessions += 1;
    const slices = this.library[this.sessions % this.library.length]!;
    return { session: this.sessions, slices, next: 0, busy: false };
  }

  private async advance(at: number): Promise<void> {
    const place = this.places[at]!;
    const slice = place.slices[place.next]!;
    const tenant = this.stack.tenants[place.session % this.stack.tenants.length]!;
    place.busy = true;
    place.next += 1;
    this.sent.slices += 1;
    this.sent.events += slice.events.length;
    const session_id = `sess_${this.run}_${place.session}`;
    const result = await postEvents({
      url: `${this.stack.ingest.url}/events`,
      headers: { 'x-write-key': tenant.write_key },
      // Slices leave much faster than their visit went on.
      body: bodyOf({ tenant, session_id, slice, pace: 60 }, Date.now()),
    });
    if (result.kind !== 'answered' || result.answer.accepted !== slice.events.length) {
      this.sent.refused += 1;
    }
    place.busy = false;
    if (place.next === place.slices.length) this.places[at] = this.newPlace();
  }
}

/** Messages that are stored and not processed yet. */
const unprocessed = async ({ jsm }: Broker): Promise<number> => {
  const { pending, ackPending } = await consumerLag(jsm, STREAMS.events, SESSIONIZER_CONSUMER);
  return pending + ackPending;
};

const drained = async (broker: Broker): Promise<void> => {
  for (const end = Date.now() + DRAIN_MS; (await unprocessed(broker)) > 0; await sleep(200)) {
    if (Date.now() > end) throw new Error('the sessionizer does not catch up');
  }
};

/** Least squares: by how much `values` grow from one to the next. */
export function slope(values: readonly number[]): number {
  const n = values.length;
  const meanX = (n - 1) / 2;
  const meanY = values.reduce((sum, y) => sum + y, 0) / n;
  const up = values.reduce((sum, y, x) => sum + (x - meanX) * (y - meanY), 0);
  const down = values.reduce((sum, _, x) => sum + (x - meanX) ** 2, 0);
  return up / down;
}

interface Trial {
  /** Events per second. */
  offered: number;
  sent: number;
  processed: number;
  /** Messages: median of the minute, and how many more each second. */
  lag: number;
  growth: number;
  refused: number;
  sustained: boolean;
  /** Share of all cores, 0 to 1. */
  cpu: CpuUse;
}

async function trial(
  stack: Stack,
  broker: Broker,
  generator: Generator,
  offered: number,
): Promise<Trial> {
  const over = new AbortController();
  const playing = generator.play(offered, over.signal);
  await sleep(SETTLE_S * 1_000);
  const pids = { ...stack.pids(), generator: process.pid };
  const cpu = readCpu(pids);
  const start = { ...generator.sent, at: performance.now() };
  const lags = [await unprocessed(broker)];
  for (let second = 1; second <= MEASURE_S; second += 1) {
    await sleep(Math.max(0, start.at + second * 1_000 - performance.now()));
    lags.push(await unprocessed(broker));
  }
  const seconds = (performance.now() - start.at) / 1_000;
  const used = cpuSince(cpu, pids);
  over.abort();
  await playing;
  const slices = generator.sent.slices - start.slices;
  const events = generator.sent.events - start.events;
  const refused = generator.sent.refused - start.refused;
  const growth = slope(lags);
  const perSlice = events / slices;
  const sent = events / seconds;
  const keepsUp = sent >= offered * 0.98 && refused === 0;
  return {
    offered,
    sent,
    processed: sent - ((lags.at(-1)! - lags[0]!) * perSlice) / seconds,
    lag: median(lags),
    growth,
    refused,
    sustained: keepsUp && growth <= (TOLERANCE * offered) / perSlice,
    cpu: Object.fromEntries(
      Object.entries(used).map(([name, cpuS]) => [name, cpuS / seconds / availableParallelism()]),
    ),
  };
}

const percent = (share = 0): string => `${Math.round(100 * share)} %`;

const row = ({ offered, processed, lag, growth, sustained, cpu }: Trial): Row => [
  `${offered} offered`,
  processed,
  lag,
  growth,
  ...['ingest', 'sessionizer-1', 'nats-server', 'tables', 'generator'].map((name) =>
    percent(cpu[name]),
  ),
  sustained ? 'yes' : 'no',
];

export async function benchPipeline(settings: BenchSettings): Promise<Section> {
  const { library, syncAlways, sampling, serviceEnv, fromRate, stepRate, note } = settings;
  const slices = library.visits.map((visit) => slicesOf(visit, SLICES_OF_TEN));
  const count = slices.flat().length;
  const mean = slices.flat().reduce((sum, { events }) => sum + events.length, 0) / count;
  const dir = await mkdtemp(join(tmpdir(), 'picasso-bench-pipeline-'));
  const disk = describeDisk(dir);
  const stack = await startStack({
    dir,
    tenants: TENANTS,
    sessionizers: 1,
    idleTimeoutMs: 30 * 60_000,
    withQuery: false,
    syncAlways,
    env: serviceEnv,
  });
  const broker = await connectBroker({ url: stack.natsUrl, name: 'bench' });
  try {
    const generator = new Generator(stack, slices, Date.now().toString(36));
    const trials: Trial[] = [];
    for (let rate = fromRate; trials.at(-1)?.sustained ?? true; rate += stepRate) {
      const done = await trial(stack, broker, generator, rate);
      trials.push(done);
      note(`${rate} events/s: ${done.sustained ? 'sustained' : 'too much'}`);
      if (done.sustained) await drained(broker);
    }
    const best = trials.filter(({ sustained }) => sustained).at(-1);
    return {
      title: 'Whole pipeline: sustained events a second',
      conditions: [
        `ingest, nats-server, one sessionizer, the embedded table engine and the load generator share ${availableParallelism()} cores.`,
        `Slices of ten, the rest at a session's end (mean ${mean.toFixed(1)} events; ${library.source}); nats-server ${stack.nats.version}, ${describeSync(stack.nats.syncAlways)}, ${sampling}, ${disk}.`,
        `Sustained: over ${MEASURE_S} s, after ${SETTLE_S} s to settle, every request is accepted and the messages waiting grow by less than 1 % of what is offered. CPU: share of all cores.`,
      ],
      head: [
        'events/s',
        'processed/s',
        'waiting',
        'growth/s',
        'ingest',
        'sessionizer',
        'nats-server',
        'tables',
        'generator',
        'sustained',
      ],
      rows: trials.map(row),
      goals: [
        { name: 'sustained events/s', figure: best?.offered ?? 0, wanted: { atLeast: 1_300 } },
      ],
    };
  } finally {
    await broker.close();
    await stack.stop();
    await rm(dir, { recursive: true, force: true });
  }
}
