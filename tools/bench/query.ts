/** What a large tenant's dashboards take: every question that they ask, cold and warm. */
import { availableParallelism } from 'node:os';
import { inParallel } from '../harness/parallel.ts';
import { createRandom } from '../harness/random.ts';
import type { Goal, Row, Section } from './figures.ts';
import { benchExport, benchJourney } from './long-answers.ts';
import { BIG, DAYS, OTHERS, QueryWorld } from './query-world.ts';
import { percentile, type Requests } from './requests.ts';
import type { BenchSettings } from './settings.ts';

const BIG_SESSIONS = 45_000;
const COLD_IN_FLIGHT = 8;
const WARM = { inFlight: 100, count: 500 };
const GOAL_MS = 100;
/** What the architectural review allows. */
const ALLOWED_MS = 500;
/** Ranges that other tenants are asked for first: a process that has been at work for a while. */
const OTHER_RANGES = [90, 75, 60, 45, 30, 15];

/** Every question that the dashboards ask of a range. */
const ROUTES = [
  ...['conversations/summary', 'conversations/heatmap', 'conversations/depth'],
  ...['conversations/trend', 'conversations/questions', 'conversations/questions/variants'],
  ...['topics', 'sessions', 'attribution', 'sources', 'links', 'site-traffic'],
  ...['forms/summary', 'forms/funnel', 'forms/bottlenecks', 'forms/ranking', 'forms/submissions'],
  ...['popularity', 'items', 'gaps', 'patterns'],
] as const;
type Route = (typeof ROUTES)[number];

interface RouteFigures {
  /** By a process that has answered a single small tenant once. */
  started: number[];
  cold: number[];
  warm: number[];
  bytes: number;
}

/** `variants` are asked for one question: the first of the list. */
async function pathsOf(requests: Requests, tenant: string): Promise<Map<Route, string>> {
  let text = '';
  const list = `/analytics/conversations/questions/${tenant}?range=${DAYS}d&limit=1`;
  await requests.get(list, (chunk) => (text += chunk.toString()));
  const { items } = JSON.parse(text) as { items: { id: string }[] };
  const id = encodeURIComponent(items[0]?.id ?? '');
  return new Map(
    ROUTES.map((route) => [
      route,
      `/analytics/${route}/${tenant}?range=${DAYS}d${route.endsWith('variants') ? `&id=${id}` : ''}`,
    ]),
  );
}

async function measure(world: QueryWorld, { rounds, note }: BenchSettings) {
  const random = createRandom(1);
  const big = await world.requests(BIG);
  const paths = await pathsOf(big, BIG);
  const others = await Promise.all(
    OTHERS.map(async (tenant) => {
      const requests = await world.requests(tenant);
      const texts = [...(await pathsOf(requests, tenant)).values()];
      return { requests, texts };
    }),
  );
  const figures = new Map(
    ROUTES.map((route): [Route, RouteFigures] => [
      route,
      { started: [], cold: [], warm: [], bytes: 0 },
    ]),
  );
  const askOther = async ({ requests, texts }: (typeof others)[number], days: number) =>
    inParallel(
      texts.map((path) => path.replace(`range=${DAYS}d`, `range=${days}d`)),
      COLD_IN_FLIGHT,
      async (path) => void (await requests.get(path)),
    );
  const askBig = async (kind: 'started' | 'cold') =>
    inParallel(random.shuffle(ROUTES), COLD_IN_FLIGHT, async (route) => {
      const { ms } = await big.get(paths.get(route)!);
      figures.get(route)![kind].push(ms);
    });
  for (let round = 1; round <= rounds; round += 1) {
    // Its code is loaded, and nothing of the big tenant is known yet.
    await world.restart();
    await askOther(others[0]!, DAYS);
    await askBig('started');
    // Its code is compiled, too.
    await world.restart();
    for (const other of others) for (const days of OTHER_RANGES) await askOther(other, days);
    await askBig('cold');
  }
  note('cold: done');
  for (const route of ROUTES) {
    const path = paths.get(route)!;
    await big.many(path, WARM.inFlight, 8);
    const answered = await big.many(path, WARM.count, WARM.inFlight);
    const entry = figures.get(route)!;
    entry.warm = answered.map(({ ms }) => ms);
    entry.bytes = answered[0]!.bytes;
    note(
      `${route}: cold ${percentile(entry.cold, 0.95).toFixed(0)}, warm ${percentile(entry.warm, 0.95).toFixed(0)} ms`,
    );
  }
  big.close();
  for (const { requests } of others) requests.close();
  return figures;
}

const row = ([route, { started, cold, warm, bytes }]: [Route, RouteFigures]): Row => [
  route,
  bytes / 1024,
  ...[started, cold, warm].flatMap((values) => [percentile(values, 0.5), percentile(values, 0.95)]),
];

function sectionOf(
  figures: Map<Route, RouteFigures>,
  sessions: number,
  { rounds }: BenchSettings,
  { disk }: QueryWorld,
): Section {
  const goal = (name: string, values: number[], atMost = GOAL_MS): Goal => ({
    name,
    figure: percentile(values, 0.95),
    wanted: { atMost },
  });
  const all = [...figures.values()];
  const worst = [...figures].reduce((a, b) =>
    percentile(a[1].warm, 0.95) > percentile(b[1].warm, 0.95) ? a : b,
  );
  return {
    title: `Dashboards over ${DAYS} days of a tenant with ${sessions.toLocaleString('en')} sessions`,
    conditions: [
      `One query process, the embedded table engine and the client on the same ${availableParallelism()} cores; ${disk}. Milliseconds until the whole answer is there, today's live part included; no answer is a 304.`,
      `Started: ${rounds} times a new process that has answered each question once, for a small tenant; then every question in random order, ${COLD_IN_FLIGHT} in flight. Cold: the same for a process that has answered ${OTHERS.length} other tenants for ${OTHER_RANGES.length} ranges, so that its code is compiled. Warm: each question ${WARM.count} times with ${WARM.inFlight} in flight.`,
    ],
    head: [
      ...['', 'KB', 'started p50', 'started p95', 'cold p50', 'cold p95', 'warm p50', 'warm p95'],
    ],
    rows: [...figures].map(row),
    goals: [
      goal(
        `cold p95 ms, ${COLD_IN_FLIGHT} in flight`,
        all.flatMap(({ cold }) => cold),
      ),
      goal(
        `p95 ms right after a start, ${COLD_IN_FLIGHT} in flight`,
        all.flatMap(({ started }) => started),
        ALLOWED_MS,
      ),
      goal(
        `warm p95 ms, ${WARM.inFlight} in flight`,
        all.flatMap(({ warm }) => warm),
      ),
      goal(`warm p95 ms of the slowest, ${worst[0]}`, worst[1].warm),
    ],
  };
}

export async function benchQuery(settings: BenchSettings): Promise<Section[]> {
  const sessions = Math.min(settings.sessions, BIG_SESSIONS);
  const world = await QueryWorld.open(settings, sessions);
  try {
    const figures = await measure(world, settings);
    return [
      sectionOf(figures, sessions, settings, world),
      await benchJourney(world),
      await benchExport(world, settings),
    ];
  } finally {
    await world.close();
  }
}
