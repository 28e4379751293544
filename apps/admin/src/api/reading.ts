import { computed, resource, type Signal } from '@angular/core';
import { follow } from '../live/follow.ts';
import { loadable, type Loadable, type LoadableRules } from '../ui/loadable.ts';

/** An answer of the API as a part of a page shows it. */
export interface Reading<T> {
  state: Signal<Loadable<T>>;
  /** What there is to show, whole or in part. */
  value: Signal<T | undefined>;
  /** When it was read, epoch milliseconds. */
  readAt: Signal<number | undefined>;
  reload(): void;
}

export interface ReadingRules<T> extends LoadableRules<T> {
  /** Whether it changes by itself, and is read again with every beat. Default: it does not. */
  isLive?: () => boolean;
}

/**
 * Reads for a page. For field initialisers.
 * @param params undefined while there is nothing to ask for; equal ones are no reason to ask again
 */
export function reading<P, T>(
  params: () => P | undefined,
  read: (params: P, signal: AbortSignal) => Promise<T>,
  { isLive = () => false, ...rules }: ReadingRules<T> = {},
): Reading<T> {
  const asked = computed(params, { equal: (a, b) => JSON.stringify(a) === JSON.stringify(b) });
  const source = resource({
    params: () => asked(),
    loader: ({ params: given, abortSignal }) => read(given as P, abortSignal),
  });
  const state = loadable<T>(source, rules);
  return {
    state,
    value: computed(() => {
      const current = state();
      return current.kind === 'ready' || current.kind === 'partial' ? current.value : undefined;
    }),
    readAt: follow(source, isLive),
    reload: () => void source.reload(),
  };
}
