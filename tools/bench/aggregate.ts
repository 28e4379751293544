/** How long `daily` takes, over how many sessions and on how much history. */
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Tenant } from '@picasso/contracts';
import { lastDays, daysOf, localDay } from '@picasso/domain';
import { TenantStore } from '@picasso/storage';
import { startAggregator } from '../harness/aggregator.ts';
import { inParallel } from '../harness/parallel.ts';
import { createRandom } from '../harness/random.ts';
import { cpuSeconds, cpuSince, readCpu } from './cpu.ts';
import { startEngines, type BenchEngines } from './engines.ts';
import type { Row, Section } from './figures.ts';
import { describeDisk } from './machine.ts';
import type { BenchSettings } from './settings.ts';
import { fillDay, templatesOf } from './summaries.ts';

const SESSIONS = 500;
/** Tenants that are measured apart, to see how the time grows. */
const FEW = 50;
const HISTORY_DAYS = 10;
const FILLING = 4;
/** How often a process is looked at: what it uses after the last time is not counted. */
const POLL_MS = 50;

interface Measured {
  name: string;
  sessions: number;
  seconds: number;
  /** CPU seconds of the aggregator's processes: what other work on the machine does not change. */
  cpu: number;
  /** CPU seconds of the table engine. */
  tables: number;
}

class AggregateBench {
  private readonly templates;
  /** CPU seconds of the processes that have ended since the measurement began. */
  private used = 0;
  private readonly random = createRandom(1);
  private readonly yesterday = localDay(Date.now() - 86_400_000, 'UTC');

  constructor(
    private readonly engines: BenchEngines,
    private readonly settings: BenchSettings,
  ) {
    this.templates = templatesOf(settings.library);
  }

  /** Tenants with sessions on yesterday and as many on each of the days before. */
  async tenants(name: string, count: number, days: number): Promise<Tenant[]> {
    const { tables } = this.engines;
    const store = new TenantStore(tables);
    const created: Tenant[] = [];
    const numbers = Array.from({ length: count }, (_, i) => i);
    await inParallel(numbers, FILLING, async (i) => {
      const { tenant } = await store.create({ tenant_hash: `${name}-${i}` });
      for (const day of daysOf(lastDays(days, this.yesterday))) {
        const { templates, random } = this;
        await fillDay(tables, { tenant, day, sessions: SESSIONS, templates, random });
      }
      created.push(tenant);
      if (created.length % 50 === 0)
        this.settings.note(`${name}: ${created.length} tenants filled`);
    });
    return created;
  }

  /** Days before yesterday are done when the clock starts. */
  async aggregateHistory(tenants: readonly Tenant[]): Promise<void> {
    const { from } = lastDays(HISTORY_DAYS, this.yesterday);
    const to = lastDays(2, this.yesterday).from;
    await this.aggregator(['daily', '--from', from, '--to', to, ...naming(tenants)]);
  }

  /** One process, as the CronJob runs it. */
  one(name: string, tenants: readonly Tenant[]): Promise<Measured> {
    return this.measure(name, tenants, () => this.aggregator(['daily', ...naming(tenants)]));
  }

  /** A process per core on the work queue. */
  each(name: string, tenants: readonly Tenant[]): Promise<Measured> {
    return this.measure(name, tenants, async () => {
      await this.aggregator(['daily', '--enqueue', ...naming(tenants)]);
      await Promise.all(
        Array.from({ length: availableParallelism() }, () => this.aggregator(['daily', '--work'])),
      );
    });
  }

  private async measure(
    name: string,
    tenants: readonly Tenant[],
    work: () => Promise<unknown>,
  ): Promise<Measured> {
    const pids = { tables: this.engines.tablesPid };
    const before = readCpu(pids);
    this.used = 0;
    const began = performance.now();
    await work();
    const seconds = (performance.now() - began) / 1_000;
    this.settings.note(`${name}: ${seconds.toFixed(1)} s`);
    const sessions = tenants.length * SESSIONS;
    return { name, sessions, seconds, cpu: this.used, tables: cpuSince(before, pids)['tables']! };
  }

  private async aggregator(args: string[]): Promise<void> {
    const { NODE_OPTIONS } = this.settings.serviceEnv;
    const env = { LOG_LEVEL: 'error', ...(NODE_OPTIONS ? { NODE_OPTIONS } : {}) };
    const child = await startAggregator(args, { engines: this.engines.urls, env });
    let used = 0;
    while (!child.hasExited()) {
      used = cpuSeconds(child.pid);
      await sleep(POLL_MS);
    }
    this.used += used;
    const { code } = await child.exited;
    if (code !== 0) throw new Error(`${args[0]} ended with ${code}: ${child.tail()}`);
  }
}

const naming = (tenants: readonly Tenant[]): string[] =>
  tenants.flatMap(({ tenant_hash }) => ['--tenant', tenant_hash]);

const row = ({ name, sessions, seconds, cpu, tables }: Measured): Row => [
  name,
  sessions,
  seconds,
  sessions / seconds,
  (1e6 * cpu) / sessions,
  (1e6 * tables) / sessions,
];

export async function benchAggregate(settings: BenchSettings): Promise<Section> {
  const { library, tenants: count } = settings;
  const dir = await mkdtemp(join(tmpdir(), 'picasso-bench-aggregate-'));
  const disk = describeDisk(dir);
  const engines = await startEngines(dir);
  try {
    const bench = new AggregateBench(engines, settings);
    const few = await bench.tenants('few', FEW, 1);
    const old = await bench.tenants('old', FEW, HISTORY_DAYS);
    await bench.aggregateHistory(old);
    const many = await bench.tenants('many', count, 1);
    const short = await bench.one(`${FEW} tenants, one process`, few);
    const long = await bench.one(`the same with ${HISTORY_DAYS} times the history`, old);
    const all = await bench.each(`${count} tenants, a process per core`, many);
    const perSession = ({ cpu, tables, sessions }: Measured): number => (cpu + tables) / sessions;
    return {
      title: `Daily aggregates: ${count} tenants with ${SESSIONS} sessions on the day`,
      conditions: [
        `\`daily\` from the start of its processes to their end, on the embedded table engine on the same ${availableParallelism()} cores; ${disk}. The last two columns are CPU microseconds a session: of the aggregator, of the table engine.`,
        `Summaries of ${library.source}. A process per core: \`daily --enqueue\` and as many \`daily --work\`.`,
      ],
      head: ['', 'sessions', 'seconds', 'sessions/s', 'µs CPU', 'µs CPU tables'],
      rows: [short, long, all].map(row),
      goals: [
        { name: 'seconds for all', figure: all.seconds, wanted: { atMost: 60 } },
        {
          name: `CPU a session with ${HISTORY_DAYS} times the history, as a ratio`,
          figure: perSession(long) / perSession(short),
          wanted: { atMost: 1.25 },
        },
        {
          name: `CPU a session with ${count} tenants, as a ratio to ${FEW}`,
          figure: perSession(all) / perSession(short),
          wanted: { atMost: 1.25 },
        },
      ],
    };
  } finally {
    await engines.stop();
    await rm(dir, { recursive: true, force: true });
  }
}
