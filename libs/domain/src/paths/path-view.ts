import type { PathCount, PathFigures, SessionSummary, StepSequence } from '@picasso/contracts';
import { compareText } from '../ordering/ordering.ts';
import { ratio } from '../rates/rates.ts';
import { PATH_CODES } from '../session-summary/path.ts';
import { BEYOND, PATH_DEPTH, pathFigures } from './path-figures.ts';
import { anyBut, beginsWithWays, eitherOf, noneOf, type PathWays, wayOn } from './path-ways.ts';

/**
 * A step's event type, or: `exit`, the session ended; `entry`, it began (looking back); `other`,
 * steps too rare to be shown or beyond what is kept; `unknown`, a type that this version knows not.
 */
export type PathStep = string;

export interface PathNode {
  step: PathStep;
  /** Sessions that came this way: the sum of the node's children, where it has any. */
  sessions: number;
  /** Share of the sessions of the whole view. */
  share: number;
  /** Of them, sessions with the outcome form_completed. */
  completed: number;
  /** Completion rate ÷ that of the whole view; null where either has too few sessions to tell. */
  lift: number | null;
  /** How its sessions came here from the view's step. */
  ways: PathWays;
  children: PathNode[];
}

/** All sessions of the view, by where they were after so many steps or how they ended before. */
export type PathLevel = { step: PathStep; sessions: number; ways: PathWays }[];

export interface PathView {
  /** What the view is about; null: how sessions begin. */
  step: PathStep | null;
  direction: 'next' | 'before';
  sessions: number;
  completed: number;
  /** Completion rate of the view's sessions ÷ that of all sessions. */
  lift: number | null;
  branches: PathNode[];
  /** One for each step away; each adds up to `sessions`. */
  levels: PathLevel[];
  /** The commonest whole sequences, and the rest as one; they add up to `sessions`. */
  sequences: { steps: PathStep[]; sessions: number; completed: number; ways: PathWays }[];
}

export interface PathQuery {
  /** An event type; null: from the session's start (then `direction` is `next`). */
  step: string | null;
  direction: 'next' | 'before';
  /** Steps away, 1 to 4. */
  depth: number;
  /** Branches shown at each node, besides exit and other. */
  branches: number;
  /** Sequences shown, besides the rest. */
  sequences: number;
}

/** Sessions below which no lift is told, on either side of the comparison. */
const LIFT_SAMPLE = 50;

const ENDS = { next: 'exit', before: 'entry' } as const;

const TYPES: ReadonlyMap<string, string> = new Map(
  Object.entries(PATH_CODES).map(([type, code]) => [code, type]),
);

/** What came next after, or before, a step: the commonest ways, adding up to the sessions. */
export function pathView(figures: PathFigures, query: PathQuery): PathView {
  const direction = query.step === null ? 'next' : query.direction;
  const { count, ways } = chosen(figures, query.step, direction);
  const depth = Math.min(Math.max(1, query.depth), PATH_DEPTH);
  const routes = Object.entries(ways).map(([sequence, [sessions, completed]]) => ({
    steps: stepsOf(sequence, depth, ENDS[direction]),
    sessions,
    completed,
  }));
  const [sessions, completed] = count;
  const branches =
    sessions === 0
      ? []
      : grow(routes, { depth, limit: query.branches, whole: count, end: ENDS[direction] }, 0, '');
  return {
    step: query.step,
    direction,
    sessions,
    completed,
    lift: lift(count, figures.count),
    branches,
    levels: levelsOf(branches, depth),
    sequences: commonest(routes, query.sequences),
  };
}

/** Tells whether a session is one of those behind a node, a step of a level, or a sequence of a view. */
export function tookWays(
  { step, direction }: Pick<PathQuery, 'step' | 'direction'>,
  ways: PathWays,
): (summary: SessionSummary) => boolean {
  const begins = beginsWithWays(ways);
  return (summary) => {
    const sequences = Object.keys(chosen(pathFigures(summary), step, direction).ways);
    return begins(sequences.map((sequence) => stepsOf(sequence, PATH_DEPTH, ENDS[direction])));
  };
}

interface Route {
  steps: PathStep[];
  sessions: number;
  completed: number;
}

function chosen(
  figures: PathFigures,
  step: string | null,
  direction: 'next' | 'before',
): { count: PathCount; ways: Record<StepSequence, PathCount> } {
  if (step === null) return { count: figures.count, ways: figures.start };
  const codes: Readonly<Record<string, string>> = PATH_CODES;
  const code = Object.hasOwn(codes, step) ? codes[step] : undefined;
  const paths =
    code !== undefined && Object.hasOwn(figures.steps, code) ? figures.steps[code] : undefined;
  return paths ? { count: paths.count, ways: paths[direction] } : { count: [0, 0], ways: {} };
}

/** Event types up to the depth; the end is a step of its own, and the last one. */
function stepsOf(sequence: StepSequence, depth: number, end: 'exit' | 'entry'): PathStep[] {
  const codes = sequence === '' ? [] : sequence.split(' ');
  const steps = codes.map((code) => (code === BEYOND ? 'other' : (TYPES.get(code) ?? 'unknown')));
  if (codes.length < PATH_DEPTH && codes.at(-1) !== BEYOND) steps.push(end);
  return steps.slice(0, depth);
}

interface Shape {
  depth: number;
  limit: number;
  whole: PathCount;
  end: 'exit' | 'entry';
}

/** The nodes at one level of the routes that share all steps above it. */
function grow(routes: readonly Route[], shape: Shape, level: number, above: PathWays): PathNode[] {
  const byStep = new Map<PathStep, Route[]>();
  for (const route of routes) {
    const step = route.steps[level] ?? 'other';
    const same = byStep.get(step);
    if (same === undefined) byStep.set(step, [route]);
    else same.push(route);
  }
  const nodes = [...byStep].map(([step, same]): PathNode & { routes: Route[] } => {
    const count = total(same);
    return { ...nodeOf(step, count, shape.whole, wayOn(above, step)), routes: same };
  });
  nodes.sort((a, b) => b.sessions - a.sessions || compareText(a.step, b.step));
  const ends = nodes.filter(({ step }) => isEnd(step));
  const going = nodes.filter(({ step }) => !isEnd(step));
  const shown = going.slice(0, shape.limit).map(({ routes: same, ...node }) => ({
    ...node,
    children: level + 1 < shape.depth ? grow(same, shape, level + 1, node.ways) : [],
  }));
  const rest = [...going.slice(shape.limit), ...ends.filter(({ step }) => step === 'other')];
  const exits = ends.filter(({ step }) => step !== 'other').map(({ routes: _, ...node }) => node);
  const others = wayOn(above, anyBut([...shown.map(({ step }) => step), shape.end]));
  return [
    ...shown,
    ...(rest.length > 0
      ? [nodeOf('other', total(rest.flatMap(({ routes: same }) => same)), shape.whole, others)]
      : []),
    ...exits,
  ];
}

const isEnd = (step: PathStep): boolean => ['other', 'exit', 'entry'].includes(step);

function nodeOf(step: PathStep, count: PathCount, whole: PathCount, ways: PathWays): PathNode {
  const [sessions, completed] = count;
  const share = sessions / whole[0];
  return { step, sessions, share, completed, lift: lift(count, whole), ways, children: [] };
}

function total(routes: readonly Route[]): PathCount {
  return routes.reduce<PathCount>(
    ([sessions, completed], route) => [sessions + route.sessions, completed + route.completed],
    [0, 0],
  );
}

function lift([sessions, completed]: PathCount, [all, allCompleted]: PathCount): number | null {
  if (sessions < LIFT_SAMPLE || all < LIFT_SAMPLE) return null;
  return ratio(completed / sessions, allCompleted / all);
}

/** Level by level, with whoever ended on the way, so that each adds up to the view's sessions. */
function levelsOf(branches: readonly PathNode[], depth: number): PathLevel[] {
  const levels: PathLevel[] = [];
  let nodes = branches;
  for (let level = 0; level < depth && branches.length > 0; level += 1) {
    const bySteps = new Map<PathStep, PathNode[]>();
    for (const node of nodes) bySteps.set(node.step, [...(bySteps.get(node.step) ?? []), node]);
    levels.push(
      [...bySteps]
        .map(([step, same]) => ({
          step,
          sessions: same.reduce((sum, { sessions }) => sum + sessions, 0),
          ways: eitherOf(same.map(({ ways }) => ways)),
        }))
        .sort((a, b) => b.sessions - a.sessions || compareText(a.step, b.step)),
    );
    nodes = nodes.flatMap((node) => (node.children.length > 0 ? node.children : [node]));
  }
  return levels;
}

function commonest(routes: readonly Route[], limit: number): PathView['sequences'] {
  const sums = new Map<string, Route>();
  for (const { steps, sessions, completed } of routes) {
    const key = steps.join(' ');
    const known = sums.get(key);
    sums.set(key, {
      steps,
      sessions: sessions + (known?.sessions ?? 0),
      completed: completed + (known?.completed ?? 0),
    });
  }
  const sorted = [...sums]
    .sort(([keyA, a], [keyB, b]) => b.sessions - a.sessions || compareText(keyA, keyB))
    .map(([, route]) => ({ ...route, ways: route.steps.join() }));
  const rest = sorted.slice(limit);
  if (rest.length === 0) return sorted;
  const [sessions, completed] = total(rest);
  const shown = sorted.slice(0, limit);
  const ways = noneOf(shown.map((route) => route.ways));
  return [...shown, { steps: ['other'], sessions, completed, ways }];
}
