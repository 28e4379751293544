/** Latencies at the rate that the product is made for, by the k6 script. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStack } from '../harness/stack.ts';
import { writeJson } from '../local/json-file.ts';
import { stackEndpoints } from '../load/endpoints.ts';
import { checksOf, type Figures, type Latency } from '../load/figures.ts';
import { findK6 } from '../load/k6-binary.ts';
import { LOAD_DEFAULTS, runLoad } from '../load/run-k6.ts';
import { cpuSince, describeCpu, readCpu } from './cpu.ts';
import type { Row, Section } from './figures.ts';
import { describeDisk, describeSync } from './machine.ts';
import type { BenchSettings } from './settings.ts';

const TENANTS = ['bench-a', 'bench-b', 'bench-c'];

const NAMES: Record<keyof Figures['latencies'], string> = {
  accept_ms: 'accepted',
  visible_ms: 'visible in the journey',
  summary_ms: 'summary after close',
};

const row = (name: string, { med, p95, p99, max, count }: Latency): Row => [
  name,
  med,
  p95,
  p99,
  max,
  count,
];

export async function benchLatency(settings: BenchSettings): Promise<Section> {
  const { library, syncAlways, sampling, serviceEnv, minutes, note } = settings;
  const k6 = await findK6(note);
  const dir = await mkdtemp(join(tmpdir(), 'picasso-bench-latency-'));
  const disk = describeDisk(dir);
  const stack = await startStack({
    dir,
    tenants: TENANTS,
    sessionizers: 1,
    idleTimeoutMs: 30 * 60_000,
    withQuery: true,
    syncAlways,
    env: { ...serviceEnv, REQUESTS_PER_MINUTE: '1000000' },
  });
  try {
    const endpoints = join(dir, 'endpoints.json');
    writeJson(endpoints, await stackEndpoints(stack));
    const before = readCpu(stack.pids());
    const began = performance.now();
    const figures = await runLoad({
      ...LOAD_DEFAULTS,
      k6,
      endpoints,
      seconds: 60 * minutes,
      quiet: true,
    });
    const cpu = describeCpu(cpuSince(before, stack.pids()), (performance.now() - began) / 1_000);
    const inTime: [string, boolean] = ['every request left in time', figures.dropped === 0];
    const failed = [inTime, ...checksOf(figures)].filter(([, holds]) => !holds);
    for (const [name] of failed) note(`FAILED: ${name}`);
    const { accepted, inJourneys, missing, doubled, rate, requests, latencies } = figures;
    const keys = Object.keys(NAMES) as (keyof Figures['latencies'])[];
    return {
      title: `Latencies at ${rate} events a second`,
      conditions: [
        `k6 ${k6.version} for ${minutes} min on the same machine: ${requests} requests as the SDK sends them (ten events or five seconds; ${library.source}), in real time.`,
        `nats-server ${stack.nats.version}, ${describeSync(stack.nats.syncAlways)}, ${sampling}, ${disk}. Milliseconds; visible and summary from the moment of sending, polled every 20 ms or more.`,
        `CPU, share of all cores, the check at the end included: ${cpu}.`,
        `accepted ${accepted}, in journeys ${inJourneys}, missing ${missing}, doubled ${doubled}${failed.length > 0 ? ' — NOT a valid run' : ''}`,
      ],
      head: ['', 'p50', 'p95', 'p99', 'max', 'samples'],
      rows: keys.map((key) => row(NAMES[key], latencies[key])),
      goals: [
        ...keys.map((key) => ({
          name: `${NAMES[key]}, p99 ms`,
          figure: latencies[key].p99,
          wanted: { atMost: latencies[key].goal },
        })),
        { name: 'events lost, doubled or not sent', figure: failed.length, wanted: { atMost: 0 } },
      ],
    };
  } finally {
    await stack.stop();
    await rm(dir, { recursive: true, force: true });
  }
}
