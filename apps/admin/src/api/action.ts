import { computed, signal, type Signal } from '@angular/core';

export type ActionState<T> =
  | { kind: 'idle' }
  | { kind: 'running' }
  | { kind: 'done'; value: T }
  | { kind: 'failed'; error: unknown };

/** Something that a page does, and what came of it. */
export interface Action<A extends unknown[], T> {
  state: Signal<ActionState<T>>;
  isRunning: Signal<boolean>;
  /** undefined until it went well. */
  result: Signal<T | undefined>;
  /** undefined unless it failed. */
  error: Signal<unknown>;
  /** Does nothing while it is running. Resolves with undefined when it fails; never rejects. */
  run(...args: A): Promise<T | undefined>;
  reset(): void;
}

export function action<A extends unknown[], T>(work: (...args: A) => Promise<T>): Action<A, T> {
  const state = signal<ActionState<T>>({ kind: 'idle' });
  return {
    state: state.asReadonly(),
    isRunning: computed(() => state().kind === 'running'),
    result: computed(() => {
      const now = state();
      return now.kind === 'done' ? now.value : undefined;
    }),
    error: computed(() => {
      const now = state();
      return now.kind === 'failed' ? now.error : undefined;
    }),
    async run(...args) {
      if (state().kind === 'running') return undefined;
      state.set({ kind: 'running' });
      try {
        const value = await work(...args);
        state.set({ kind: 'done', value });
        return value;
      } catch (error) {
        state.set({ kind: 'failed', error });
        return undefined;
      }
    },
    reset: () => state.set({ kind: 'idle' }),
  };
}
