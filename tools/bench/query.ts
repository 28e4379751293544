/** What a large tenant's dashboards take: every question that they ask, cold and warm. */
import { availableParallelism } from 'node:os';
import { inParallel } from '../harness/parallel.ts';
import { createRandom } from '../harness/random.ts';
import type { Goal, Row, Section } from './figures.ts';
import { benchExport, benchJourney } from './long-answers.ts';
import { BIG, DAYS, QueryWorld, SMALL } from './query-world.ts';
import { percentile, type Requests } from './requests.ts';
import type { BenchSettings } from './settings.ts';

const BIG_SESSIONS = 45_000;
const COLD_IN_FLIGHT = 8;
const WARM = { inFlight: 100, count: 500 };
const GOAL_MS = 100;

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
  const [big, small] = [await world.requests(BIG), await world.requests(SMALL)];
  const paths = await pathsOf(big, BIG);
  const others = await pathsOf(small, SMALL);
  const figures = new Map(
    ROUTES.map((route): [Route, RouteFigures] => [route, { cold: [], warm: [], bytes: 0 }]),
  );
  for (let round = 1; round <= rounds; round += 1) {
    await world.restart();
    // The code is compiled by answering somebody else; nothing of the big tenant is known yet.
    for (let i = 0; i < 3; i += 1) {
      await inParallel(
        others.values(),
        COLD_IN_FLIGHT,
        async (path) => void (await small.get(path)),
      );
    }
    await inParallel(random.shuffle(ROUTES), COLD_IN_FLIGHT, async (route) => {
      const { ms } = await big.get(paths.get(route)!);
      figures.get(route)!.cold.push(ms);
    });
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
  small.close();
  return figures;
}

const row = ([route, { cold, warm, bytes }]: [Route, RouteFigures]): Row => [
  route,
  bytes / 1024,
  ...[cold, warm].flatMap((values) => [percentile(values, 0.5), percentile(values, 0.95)]),
];

function sectionOf(
  figures: Map<Route, RouteFigures>,
  sessions: number,
  { rounds }: BenchSettings,
  { disk }: QueryWorld,
): Section {
  const goal = (name: string, values: number[]): Goal => ({
    name,
    figure: percentile(values, 0.95),
    wanted: { atMost: GOAL_MS },
  });
  const all = [...figures.values()];
  const worst = [...figures].reduce((a, b) =>
    percentile(a[1].warm, 0.95) > percentile(b[1].warm, 0.95) ? a : b,
  );
  return {
    title: `Dashboards over ${DAYS} days of a tenant with ${sessions.toLocaleString('en')} sessions`,
    conditions: [
      `One query process, the embedded table engine and the client on the same ${availableParallelism()} cores; ${disk}. Milliseconds until the whole answer is there, today's live part included; no answer is a 304.`,
      `Cold: ${rounds} times a new process that has answered another tenant only, then every question once in random order, ${COLD_IN_FLIGHT} in flight. Warm: each question ${WARM.count} times with ${WARM.inFlight} in flight.`,
    ],
    head: ['', 'KB', 'cold p50', 'cold p95', 'warm p50', 'warm p95'],
    rows: [...figures].map(row),
    goals: [
      goal(
        `cold p95 ms, ${COLD_IN_FLIGHT} in flight`,
        all.flatMap(({ cold }) => cold),
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
