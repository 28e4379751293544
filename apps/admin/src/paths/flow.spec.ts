import { describe, expect, it } from '@jest/globals';
import type { PathNodeDto, PatternsDto } from '../api/generated/index.ts';
import { flowOf, ROOT } from './flow.ts';

const node = (step: string, sessions: number, children: PathNodeDto[] = []): PathNodeDto => ({
  ...{ step, sessions, children, share: null, completed: 0, lift: null, sessions_url: null },
});

const TREE = [
  node('A', 60, [node('C', 40), node('exit', 20)]),
  node('B', 30, [node('C', 25), node('other', 5)]),
  node('exit', 10),
];
const view = (branches: PathNodeDto[], direction: 'next' | 'before' = 'next'): PatternsDto =>
  ({ sessions: 100, direction, branches }) as PatternsDto;

describe('the flow of a view', () => {
  const { nodes, ribbons, height } = flowOf(view(TREE));
  const at = (level: number) => nodes.filter((each) => each.level === level);

  it('has one node for a step of a level, with all who came there', () => {
    expect(at(2).map(({ step, sessions }) => [step, sessions])).toEqual(
      expect.arrayContaining([
        ['C', 65],
        ['exit', 20],
        ['other', 5],
      ]),
    );
    expect(at(2)).toHaveLength(3);
  });

  it('adds up: with those who ended before, every level has all sessions', () => {
    const ended = (level: number): number =>
      nodes
        .filter((each) => each.level < level && each.level > 0 && each.step === 'exit')
        .reduce((sum, { sessions }) => sum + sessions, 0);
    for (const level of [0, 1, 2]) {
      const there = at(level).reduce((sum, { sessions }) => sum + sessions, 0);
      expect(there + ended(level)).toBe(100);
    }
  });

  it('draws a column for each level, inside of its box, without overlaps', () => {
    const lefts = [0, 1, 2].map((level) => new Set(at(level).map(({ left }) => left)));
    expect(lefts.map(({ size }) => size)).toEqual([1, 1, 1]);
    const [first, second, third] = lefts.flatMap((left) => [...left]);
    expect(first! < second! && second! < third!).toBe(true);
    for (const level of [1, 2]) {
      const boxes = at(level).sort((a, b) => a.top - b.top);
      for (const [i, box] of boxes.slice(1).entries())
        expect(box.top).toBeGreaterThanOrEqual(boxes[i]!.top + boxes[i]!.height);
      expect(boxes.at(-1)!.top + boxes.at(-1)!.height).toBeLessThanOrEqual(height);
    }
    expect(ribbons).toHaveLength(7);
    for (const { path } of ribbons) expect(path).toMatch(/^M[\d.]+,[\d.]+C/);
  });

  it('looks back with the step itself on the right', () => {
    const back = flowOf(view(TREE, 'before')).nodes;
    const left = (step: string): number => back.find((each) => each.step === step)!.left;
    expect(left('C')).toBeLessThan(left('A'));
    expect(left('A')).toBeLessThan(left(ROOT));
  });

  it('is nothing where nobody went', () => {
    expect(flowOf(view([]))).toEqual({ height: 0, nodes: [], ribbons: [] });
  });
});
