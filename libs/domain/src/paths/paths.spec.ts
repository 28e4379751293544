import { describe, expect, it } from '@jest/globals';
import type { PathFigures, SessionSummary } from '@picasso/contracts';
import fc from 'fast-check';
import { aggregateDay } from '../daily-aggregate/aggregate-day.ts';
import { PATH_CODES } from '../session-summary/path.ts';
import { anySummary, DAY, summaryWith } from '../summary.fixture.ts';
import { pathView, tookWays, type PathNode, type PathQuery } from './path-view.ts';

const figuresOf = (summaries: readonly SessionSummary[]): PathFigures =>
  aggregateDay({ tenant_hash: 'tn', day: DAY, time_zone: 'UTC', summaries, include_open: true })
    .figures.paths;

/** Paths as words of codes; `!` at the end: the session completed a form. */
const paths = (...texts: string[]): PathFigures =>
  figuresOf(
    texts.map((text) =>
      summaryWith({
        path: text.replace('!', '').trim().split(' ').filter(Boolean),
        outcome: text.endsWith('!') ? 'form_completed' : 'conversation',
      }),
    ),
  );

const QUERY: PathQuery = { step: null, direction: 'next', depth: 4, branches: 9, sequences: 9 };
const view = (figures: PathFigures, query: Partial<PathQuery> = {}) =>
  pathView(figures, { ...QUERY, ...query });

/** `MESSAGE_SENT 2 (exit 1, LINK_CLICKED 1)` */
const text = (nodes: readonly PathNode[]): string =>
  nodes
    .map(({ step, sessions, children }) =>
      [`${step} ${sessions}`, children.length > 0 ? ` (${text(children)})` : ''].join(''),
    )
    .join(', ');

describe('a path view', () => {
  it('tells how sessions begin', () => {
    const { sessions, branches } = view(paths('WO MS LC', 'WO MS', 'WO', 'PV WO'));
    expect(sessions).toBe(4);
    expect(text(branches)).toBe(
      'WIDGET_OPENED 3 (MESSAGE_SENT 2 (LINK_CLICKED 1 (exit 1), exit 1), exit 1), ' +
        'PAGE_VIEW 1 (WIDGET_OPENED 1 (exit 1))',
    );
  });

  it('tells what followed the first step of a kind', () => {
    const figures = paths('WO MS MR MS LC', 'MS SE', 'WO');
    expect(view(figures, { step: 'MESSAGE_SENT' }).sessions).toBe(2);
    expect(text(view(figures, { step: 'MESSAGE_SENT' }).branches)).toBe(
      'MESSAGE_RECEIVED 1 (MESSAGE_SENT 1 (LINK_CLICKED 1 (exit 1))), SESSION_ENDED 1 (exit 1)',
    );
  });

  it('tells what came before it, nearest first', () => {
    const figures = paths('WO CS MS', 'CS MS', 'MS');
    const before = view(figures, { step: 'MESSAGE_SENT', direction: 'before' });
    expect(text(before.branches)).toBe(
      'CONVERSATION_STARTED 2 (WIDGET_OPENED 1 (entry 1), entry 1), entry 1',
    );
  });

  it('takes a step and its immediate repetitions as one', () => {
    const figures = paths('FS FF FF FF FC');
    expect(text(view(figures, { step: 'FORM_STARTED' }).branches)).toBe(
      'FORM_FIELD_SUBMITTED 1 (FORM_COMPLETED 1 (exit 1))',
    );
  });

  it('shows the commonest branches and the rest as other', () => {
    const figures = paths('WO MS', 'WO MS', 'WO LC', 'WO CC', 'WO AC', 'WO');
    const { branches } = view(figures, { step: 'WIDGET_OPENED', branches: 2 });
    expect(text(branches)).toBe(
      'MESSAGE_SENT 2 (exit 2), ACTION_CHIP_CLICKED 1 (exit 1), other 2, exit 1',
    );
  });

  it('does not know what follows the 200th step', () => {
    const long = summaryWith({
      path: Array.from({ length: 200 }, (_, i) => (i % 2 ? 'MR' : 'MS')),
    });
    const last = summaryWith({ path: [...long.path.slice(0, 199), 'LC'] });
    expect(text(view(figuresOf([last]), { step: 'LINK_CLICKED' }).branches)).toBe('other 1');
    const whole = { ...last, path: last.path.slice(1) };
    expect(text(view(figuresOf([whole]), { step: 'LINK_CLICKED' }).branches)).toBe('exit 1');
  });

  it('of a step that nobody took, or that does not exist, is empty', () => {
    for (const step of ['FORM_COMPLETED', 'constructor', 'QA_COMPLETE']) {
      expect(view(paths('WO MS'), { step })).toMatchObject({
        sessions: 0,
        branches: [],
        levels: [],
        sequences: [],
        lift: null,
      });
    }
  });

  it('lists whole sequences and the rest as one', () => {
    const figures = paths('WO MS!', 'WO MS', 'WO LC', 'WO');
    expect(view(figures, { sequences: 1 }).sequences).toEqual([
      {
        ...{ steps: ['WIDGET_OPENED', 'MESSAGE_SENT', 'exit'], sessions: 2, completed: 1 },
        ways: 'WIDGET_OPENED,MESSAGE_SENT,exit',
      },
      {
        ...{ steps: ['other'], sessions: 2, completed: 0 },
        ways: '~WIDGET_OPENED,MESSAGE_SENT,exit',
      },
    ]);
  });
});

describe('lift', () => {
  const times = (n: number, path: string) => Array.from({ length: n }, () => path);

  it('is the completion rate of a branch over that of the view', () => {
    const figures = paths(...times(30, 'WO LC!'), ...times(20, 'WO LC'), ...times(50, 'WO MS'));
    const { lift, branches } = view(figures, { step: 'WIDGET_OPENED' });
    expect(lift).toBe(1);
    expect(branches.map((branch) => [branch.step, branch.lift])).toEqual([
      ['LINK_CLICKED', 2],
      ['MESSAGE_SENT', 0],
    ]);
    expect(view(figures, { step: 'LINK_CLICKED' }).lift).toBe(2);
  });

  it('is not told of fewer than 50 sessions, or where nobody completed', () => {
    const few = paths(...times(49, 'WO LC!'), ...times(50, 'WO MS'));
    expect(view(few, { step: 'WIDGET_OPENED' }).branches.map(({ lift }) => lift)).toEqual([
      0,
      null,
    ]);
    expect(view(paths(...times(60, 'WO MS'))).branches[0]?.lift).toBeNull();
  });
});

describe('any path view', () => {
  const anyQuery = fc.record({
    step: fc.option(fc.constantFrom(...Object.keys(PATH_CODES))),
    direction: fc.constantFrom('next' as const, 'before' as const),
    depth: fc.integer({ min: 1, max: 4 }),
    branches: fc.nat(3),
    sequences: fc.nat(3),
  });

  it('adds up to its sessions, at every node and every level', () => {
    fc.assert(
      fc.property(fc.array(anySummary, { maxLength: 20 }), anyQuery, (summaries, query) => {
        const figures = figuresOf(summaries);
        const { branches, levels, sequences, sessions, completed } = pathView(figures, query);
        const add = (nodes: readonly { sessions: number }[]) =>
          nodes.reduce((sum, node) => sum + node.sessions, 0);
        const check = (nodes: readonly PathNode[], whole: number, wholeCompleted: number) => {
          expect(add(nodes)).toBe(whole);
          expect(nodes.reduce((sum, node) => sum + node.completed, 0)).toBe(wholeCompleted);
          for (const { children, ...node } of nodes) {
            if (children.length > 0) check(children, node.sessions, node.completed);
          }
        };
        check(branches, sessions, completed);
        expect(levels).toHaveLength(sessions === 0 ? 0 : query.depth);
        for (const level of levels) expect(add(level)).toBe(sessions);
        expect(add(sequences)).toBe(sessions);
      }),
      { numRuns: 150 },
    );
  });

  it('has the sessions behind every node, level and sequence, and no others', () => {
    fc.assert(
      fc.property(fc.array(anySummary, { maxLength: 20 }), anyQuery, (summaries, query) => {
        const { branches, levels, sequences, direction } = pathView(figuresOf(summaries), query);
        const counted = summaries.filter(
          ({ kind, traffic }) => kind === 'session' && traffic === 'visitor',
        );
        const behind = (ways: string): number =>
          counted.filter(tookWays({ step: query.step, direction }, ways)).length;
        const check = (nodes: readonly { ways: string; sessions: number }[]) => {
          for (const { ways, sessions } of nodes)
            expect([ways, behind(ways)]).toEqual([ways, sessions]);
        };
        const all = (nodes: readonly PathNode[]): readonly PathNode[] =>
          nodes.flatMap((node) => [node, ...all(node.children)]);
        check(all(branches));
        check(levels.flat());
        check(sequences);
      }),
      { numRuns: 150 },
    );
  });
});
