import { linkedSignal, type Resource, type Signal } from '@angular/core';
import { ApiProblem } from '../api/api.ts';

/** What a part of a page can be; every one of them is drawn (`ui-state`). */
export type Loadable<T> =
  | { kind: 'loading' }
  | { kind: 'error'; error: unknown }
  | { kind: 'empty' }
  /** Some of it is missing or old: `why` says what, for people. */
  | { kind: 'partial'; value: T; why: string }
  | { kind: 'ready'; value: T };

export interface LoadableRules<T> {
  isEmpty?(value: T): boolean;
  /** What is missing, or undefined when nothing is. */
  missing?(value: T): string | undefined;
}

/** What a resource is at a moment. */
export interface Snapshot<T> {
  status: 'idle' | 'loading' | 'reloading' | 'resolved' | 'error' | 'local';
  value?: T;
  error?: unknown;
}

/** An outage passes; a refusal or a missing thing is an answer. */
const isOutage = (error: unknown): boolean =>
  error instanceof ApiProblem && (error.status === 0 || [401, 429, 503].includes(error.status));

/**
 * The next state. Other parameters bring the skeleton back; a reload keeps what is there, and one
 * that fails because of an outage does not take it away.
 */
export function nextState<T>(
  { status, value, error }: Snapshot<T>,
  before: Loadable<T> | undefined,
  rules: LoadableRules<T> = {},
): Loadable<T> {
  const shown = before?.kind === 'ready' || before?.kind === 'partial' ? before.value : undefined;
  if (status === 'error') {
    return shown !== undefined && isOutage(error)
      ? {
          kind: 'partial',
          value: shown,
          why: 'This could not be refreshed and may be out of date.',
        }
      : { kind: 'error', error };
  }
  if (value === undefined) return status === 'reloading' && before ? before : { kind: 'loading' };
  if (rules.isEmpty?.(value)) return { kind: 'empty' };
  const why = rules.missing?.(value);
  return why === undefined ? { kind: 'ready', value } : { kind: 'partial', value, why };
}

export const loadable = <T>(
  source: Resource<T | undefined>,
  rules: LoadableRules<T> = {},
): Signal<Loadable<T>> =>
  linkedSignal<Snapshot<T>, Loadable<T>>({
    source: () => ({
      status: source.status(),
      value: source.hasValue() ? source.value() : undefined,
      error: source.error(),
    }),
    computation: (snapshot, previous) => nextState(snapshot, previous?.value, rules),
  }).asReadonly();
