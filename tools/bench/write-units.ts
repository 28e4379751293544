/** Write units that an event costs end to end: everything that the services write, by table. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { STREAMS } from '@picasso/contracts';
import { connectBroker } from '@picasso/messaging';
import { postEvents } from '../harness/post.ts';
import { startStack, type Stack } from '../harness/stack.ts';
import { scan } from '../faults/durable-state.ts';
import type { Section } from './figures.ts';
import {
  bodyOf,
  BROWSER_BATCHES,
  SLICES_OF_TEN,
  slicesOf,
  type Playing,
  type SliceRules,
} from './playback.ts';
import type { BenchSettings } from './settings.ts';

/**
 * Sessions are played faster than real time, and so is what depends on time: the idle rule, and
 * with it the rounding of last activity, whose index entry costs two units each time it moves.
 */
const PACE = 20;
const IDLE_MS = (30 * 60_000) / PACE;
const RATE = 434;
const TENANTS = ['bench-a', 'bench-b', 'bench-c'];
const CLOSED_WITHIN_MS = 3 * IDLE_MS + 60_000;

export type Units = Record<string, number>;

const LINE = /^dynamodb_consumed_write_units_total\{(.*)\} (\S+)$/gm;

/** Units by table (without the prefix) in a Prometheus exposition. */
export function unitsIn(exposition: string): Units {
  const units: Units = {};
  for (const [, labels = '', value] of exposition.matchAll(LINE)) {
    const table = /(?:^|,)table="([^"]*)"/.exec(labels)?.[1]?.replace(/^picasso-/, '');
    if (table) units[table] = (units[table] ?? 0) + Number(value);
  }
  return units;
}

async function readUnits({ ingest, sessionizers }: Stack): Promise<Units> {
  const total: Units = {};
  for (const service of [ingest, ...sessionizers]) {
    const answer = await fetch(`${service.url}/metrics`);
    for (const [table, units] of Object.entries(unitsIn(await answer.text()))) {
      total[table] = (total[table] ?? 0) + units;
    }
  }
  return total;
}

/** Every slice of the sessions with the time at which it leaves, in that order. */
function schedule(stack: Stack, settings: BenchSettings, rules: SliceRules) {
  const visits = settings.library.visits.slice(0, settings.sessions);
  const events = visits.flat().length;
  const everyMs = ((events / RATE) * 1_000) / visits.length;
  return visits
    .flatMap((visit, index) =>
      slicesOf(visit, rules).map((slice) => {
        const tenant = stack.tenants[index % stack.tenants.length]!;
        const playing: Playing = { tenant, session_id: `sess_${index}`, slice, pace: PACE };
        return { atMs: index * everyMs + slice.due_ms / PACE, playing };
      }),
    )
    .sort((a, b) => a.atMs - b.atMs);
}

async function send(stack: Stack, due: ReturnType<typeof schedule>): Promise<void> {
  const began = performance.now();
  const underWay = new Set<Promise<void>>();
  for (const { atMs, playing } of due) {
    const wait = began + atMs - performance.now();
    if (wait > 1) await sleep(wait);
    const sending = postEvents({
      url: `${stack.ingest.url}/events`,
      headers: { 'x-write-key': playing.tenant.write_key },
      body: bodyOf(playing, Date.now()),
    }).then((result) => {
      underWay.delete(sending);
      const accepted = result.kind === 'answered' ? result.answer.accepted : 0;
      if (accepted !== playing.slice.events.length) throw new Error(JSON.stringify(result));
    });
    underWay.add(sending);
  }
  await Promise.all(underWay);
}

/** Until every session has its final summary: only then has it cost all that it costs. */
async function allClosed({ tables }: Stack, sessions: number): Promise<void> {
  for (const end = Date.now() + CLOSED_WITHIN_MS; ; await sleep(1_000)) {
    const rows = await scan(tables, tables.names.sessionSummaries);
    if (rows.length === sessions && rows.every(({ status }) => status === 'final')) return;
    if (Date.now() > end) throw new Error('sessions stay open');
  }
}

/** Every change of a session's state is announced once. */
async function commits({ natsUrl }: Stack): Promise<number> {
  const broker = await connectBroker({ url: natsUrl, name: 'bench' });
  try {
    return (await broker.jsm.streams.info(STREAMS.summaries)).state.messages;
  } finally {
    await broker.close();
  }
}

interface Cost {
  name: string;
  events: number;
  perSlice: number;
  /** Slices that come while their session is busy share a commit: less than 1 on a slow machine. */
  commitsPerSlice: number;
  /** Per event, by table. */
  units: Units;
}

async function measure(settings: BenchSettings, name: string, rules: SliceRules): Promise<Cost> {
  const dir = await mkdtemp(join(tmpdir(), 'picasso-bench-units-'));
  const stack = await startStack({
    dir,
    tenants: TENANTS,
    sessionizers: 1,
    idleTimeoutMs: IDLE_MS,
    withQuery: false,
  });
  try {
    const due = schedule(stack, settings, rules);
    const events = due.reduce((sum, { playing }) => sum + playing.slice.events.length, 0);
    const sessions = new Set(due.map(({ playing }) => playing.session_id)).size;
    settings.note(`${name}: ${events} events of ${sessions} sessions`);
    const before = await readUnits(stack);
    await send(stack, due);
    await allClosed(stack, sessions);
    const after = await readUnits(stack);
    return {
      name,
      events,
      perSlice: events / due.length,
      commitsPerSlice: (await commits(stack)) / due.length,
      units: Object.fromEntries(
        Object.entries(after).map(([table, units]) => [
          table,
          (units - (before[table] ?? 0)) / events,
        ]),
      ),
    };
  } finally {
    await stack.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

const total = ({ units }: Cost): number => Object.values(units).reduce((sum, n) => sum + n, 0);

export async function benchWriteUnits(settings: BenchSettings): Promise<Section> {
  const ten = await measure(settings, 'slices of ten', SLICES_OF_TEN);
  const browser = await measure(settings, 'as a browser batches', BROWSER_BATCHES);
  const tables = [...new Set([...Object.keys(ten.units), ...Object.keys(browser.units)])].sort();
  return {
    title: 'Write units per event, end to end',
    conditions: [
      `As the table engine charges them (a unit per KB and row, two in a transaction, indexes included), until every session is summarised. ${settings.library.source}.`,
      `Played ${PACE} times faster than real time at ${RATE} events/s, the idle rule shortened alike; one sessionizer. \`tenants\` holds the ledger.`,
    ],
    head: ['', 'events', 'events/slice', 'commits/slice', ...tables, 'total'],
    rows: [ten, browser].map((cost) => [
      cost.name,
      cost.events,
      cost.perSlice,
      cost.commitsPerSlice,
      ...tables.map((table) => (cost.units[table] ?? 0).toFixed(3)),
      total(cost).toFixed(2),
    ]),
    goals: [
      { name: 'units per event in slices of ten', figure: total(ten), wanted: { atMost: 2 } },
      {
        name: 'units per event as a browser batches',
        figure: total(browser),
        wanted: { atMost: 2.5 },
      },
    ],
  };
}
