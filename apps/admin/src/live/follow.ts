import { computed, effect, inject, linkedSignal, untracked, type Resource } from '@angular/core';
import type { Signal } from '@angular/core';
import { Live } from './live.ts';

type Reloadable = Resource<unknown> & { reload(): boolean };

/**
 * Reads the resource again with every beat, and says when what it shows was read.
 * @param while_ whether it is worth it: the past does not change
 */
export function follow(
  source: Reloadable,
  while_: () => boolean = () => true,
): Signal<number | undefined> {
  const live = inject(Live);
  effect(() => {
    const beat = live.beat();
    untracked(() => {
      if (beat === 0) return;
      // After an error it is always worth another try.
      if (source.status() === 'error' || (source.status() === 'resolved' && while_()))
        source.reload();
    });
  });
  const readAt = linkedSignal<string, number | undefined>({
    source: computed(() => source.status()),
    computation: (status, previous) => {
      if (status === 'resolved') return Date.now();
      return status === 'reloading' ? previous?.value : undefined;
    },
  });
  return readAt.asReadonly();
}
