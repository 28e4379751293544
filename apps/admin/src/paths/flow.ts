import { sankey, sankeyLinkHorizontal, sankeyLeft } from 'd3-sankey';
import type { PathNodeDto, PatternsDto } from '../api/generated/index.ts';

/** Place of a step in the drawing; x in parts of 1, y in pixels. */
export interface FlowNode {
  key: string;
  step: string;
  /** Steps away from the one that the view is about; 0 is itself. */
  level: number;
  sessions: number;
  left: number;
  top: number;
  height: number;
}

export interface FlowRibbon {
  key: string;
  /** SVG path in a box of 1000 × the drawing's height. */
  path: string;
  width: number;
  isEnd: boolean;
}

export interface Flow {
  height: number;
  nodes: FlowNode[];
  ribbons: FlowRibbon[];
}

/** Of 1000: a node, and what is left free for the last column's words. */
const NODE = 9;
const WORDS = 205;
const WIDTH = 1000;
/** Pixels: a line of words, and what a node takes at least. */
const LINE = 26;
const SHORTEST = 330;
const PER_NODE = 48;

/** The view's own step. */
export const ROOT = '';
const ENDS = ['exit', 'entry', 'other'];

interface Place {
  key: string;
  step: string;
  level: number;
  sessions: number;
}

/**
 * The tree of ways as a flow: at each level, nodes of the same step are one, so that as much goes
 * into a step as the level's sum says. Who exits stays where that happened.
 */
export function flowOf({ sessions, branches, direction }: PatternsDto): Flow {
  const places = new Map<string, Place>();
  const passes = new Map<string, { source: string; target: string; value: number }>();
  const place = (step: string, level: number, add: number): string => {
    const key = `${level} ${step}`;
    const known = places.get(key) ?? { key, step, level, sessions: 0 };
    places.set(key, { ...known, sessions: known.sessions + add });
    return key;
  };
  const walk = (from: string, children: readonly PathNodeDto[], level: number): void => {
    for (const child of children) {
      if (child.sessions === 0) continue;
      const target = place(child.step, level, child.sessions);
      const key = `${from}>${target}`;
      const value = (passes.get(key)?.value ?? 0) + child.sessions;
      passes.set(key, { source: from, target, value });
      walk(target, child.children, level + 1);
    }
  };
  walk(place(ROOT, 0, sessions), branches, 1);
  if (passes.size === 0) return { height: 0, nodes: [], ribbons: [] };
  return draw([...places.values()], [...passes.values()], direction === 'before');
}

function draw(
  places: Place[],
  passes: { source: string; target: string; value: number }[],
  isMirrored: boolean,
): Flow {
  const columns = new Map<number, number>();
  for (const { level } of places) columns.set(level, (columns.get(level) ?? 0) + 1);
  const height = Math.max(SHORTEST, Math.max(...columns.values()) * PER_NODE);
  const layout = sankey<Place, { value: number }>()
    .nodeId(({ key }) => key)
    .nodeAlign((node) => (node as unknown as Place).level || sankeyLeft(node, 0))
    .nodeSort(order)
    .nodeWidth(NODE)
    .nodePadding(LINE)
    .extent([
      [0, LINE / 2],
      [WIDTH - WORDS, height - LINE / 2],
    ]);
  const graph = layout({
    nodes: places.map((each) => ({ ...each })),
    links: passes.map((each) => ({ ...each })),
  });
  // Looking back, time still runs from left to right.
  const mirror = (x: number): number => (isMirrored ? WIDTH - WORDS - x : x);
  const line = sankeyLinkHorizontal<Place, { value: number }>()
    .source(({ source, y0 }) => [mirror((source as { x1: number }).x1), y0!])
    .target(({ target, y1 }) => [mirror((target as { x0: number }).x0), y1!]);
  return {
    height,
    nodes: graph.nodes.map(({ key, step, level, sessions, x0, x1, y0, y1 }) => ({
      ...{ key, step, level, sessions },
      left: (isMirrored ? mirror(x1!) : x0!) / WIDTH,
      top: y0!,
      height: Math.max(2, y1! - y0!),
    })),
    ribbons: graph.links.map((link) => {
      const { source, target } = link as unknown as { source: Place; target: Place };
      return {
        key: `${source.key}>${target.key}`,
        path: line(link) ?? '',
        width: Math.max(1, link.width ?? 1),
        isEnd: ENDS.includes(target.step),
      };
    }),
  };
}

/** Steps by their size; what is no step at the bottom. */
const order = (a: Place, b: Place): number =>
  ENDS.indexOf(a.step) - ENDS.indexOf(b.step) || b.sessions - a.sessions;
