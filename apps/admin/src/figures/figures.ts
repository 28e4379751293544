import { computed, inject, type Signal } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { ActivatedRoute, type Params } from '@angular/router';
import { reading, type Reading } from '../api/reading.ts';
import { CurrentTenant } from '../session/tenant.ts';
import type { LoadableRules } from '../ui/loadable.ts';
import { isOver, rangeFromParams, rangeToQuery } from '../ui/range.ts';

/** What a page asks the API for. */
export interface Ask<P> {
  path: { tenant: string };
  query: { range?: string; from?: string; to?: string } & P;
  signal: AbortSignal;
}

/** Figures of the API as a part of a page shows them. */
export type Figures<T> = Reading<T>;

/** The range and tenant that the address names. For field initialisers of pages. */
export function pageScope() {
  const tenant = inject(CurrentTenant);
  const params = toSignal<Params, Params>(inject(ActivatedRoute).queryParams, { initialValue: {} });
  const range = computed(() => rangeFromParams(params()));
  return {
    tenant,
    /** Of the address. */
    param: (name: string): string | undefined =>
      (params()[name] as string | undefined) || undefined,
    range,
    /** Whether all its days have ended. */
    isOver: computed(() => isOver(range(), tenant.timeZone())),
  };
}

export type PageScope = ReturnType<typeof pageScope>;

/**
 * Reads figures for the page's range, again when its parameters change and with every beat.
 * @param read the call
 * @param more further parameters; undefined while there is nothing to ask for
 */
export function figures<T, P extends object = object>(
  scope: PageScope,
  read: (ask: Ask<P>) => Promise<T>,
  { more, ...rules }: LoadableRules<T> & { more?: () => P | undefined } = {},
): Figures<T> {
  return reading(
    () => {
      const tenant = scope.tenant.hash();
      const extra = more ? more() : ({} as P);
      if (tenant === undefined || extra === undefined) return undefined;
      return { path: { tenant }, query: { ...rangeToQuery(scope.range()), ...extra } };
    },
    (params, signal) => read({ ...params, signal }),
    { ...rules, isLive: () => !scope.isOver() },
  );
}

/** When the oldest of them was read. */
export const oldest = (...all: readonly Figures<unknown>[]): Signal<number | undefined> =>
  computed(() => {
    const times = all.flatMap(({ readAt }) => readAt() ?? []);
    return times.length === 0 ? undefined : Math.min(...times);
  });
