import { describe, expect, it } from '@jest/globals';
import { ApiProblem } from '../api/api.ts';
import { nextState, type Loadable } from './loadable.ts';

const RULES = {
  isEmpty: (list: number[]) => list.length === 0,
  missing: (list: number[]) => (list.includes(-1) ? 'a part is missing' : undefined),
};
const READY: Loadable<number[]> = { kind: 'ready', value: [1] };
const problem = (status: number) => new ApiProblem(status, 'x', 'y');

describe('nextState', () => {
  it('is loading until something is there', () => {
    expect(nextState({ status: 'loading' }, undefined, RULES)).toEqual({ kind: 'loading' });
  });

  it('brings the skeleton back for other parameters', () => {
    expect(nextState({ status: 'loading' }, READY, RULES)).toEqual({ kind: 'loading' });
  });

  it.each<[number[], Loadable<number[]>]>([
    [[1], READY],
    [[], { kind: 'empty' }],
    [[-1], { kind: 'partial', value: [-1], why: 'a part is missing' }],
  ])('tells %j apart', (value, state) => {
    expect(nextState({ status: 'resolved', value }, undefined, RULES)).toEqual(state);
  });

  it('keeps what is there while it is read again', () => {
    expect(nextState({ status: 'reloading', value: [1] }, READY, RULES)).toEqual(READY);
    const error: Loadable<number[]> = { kind: 'error', error: problem(503) };
    expect(nextState({ status: 'reloading' }, error, RULES)).toEqual(error);
  });

  it.each([0, 401, 429, 503])('keeps what was read through a %d, and says so', (status) => {
    const state = nextState({ status: 'error', error: problem(status) }, READY, RULES);
    expect(state).toMatchObject({ kind: 'partial', value: [1] });
    expect(nextState({ status: 'error', error: problem(status) }, state, RULES)).toEqual(state);
  });

  it.each([404, 410, 400, 500])('shows a %d, whatever was there before', (status) => {
    const error = problem(status);
    expect(nextState({ status: 'error', error }, READY, RULES)).toEqual({ kind: 'error', error });
  });

  it('shows an outage where nothing was read yet', () => {
    const error = problem(503);
    const before: Loadable<number[]> = { kind: 'loading' };
    expect(nextState({ status: 'error', error }, before, RULES)).toEqual({ kind: 'error', error });
  });
});
