import { computed, inject, type Signal } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { NavigationEnd, Router, type ActivatedRouteSnapshot } from '@angular/router';
import { filter, startWith } from 'rxjs';
import type { Role } from '../session/session.ts';

/** What a route says of its page, as its `data`. */
export interface PageRules {
  /** Who has it; everybody without it. For others there is no such page. */
  roles?: Role[];
  /** It belongs to no tenant: operators need not have chosen one. */
  isTenantless?: boolean;
}

/**
 * The rules of the page that the address names; undefined until the router has read it for the
 * first time. For field initialisers.
 */
export function pageRules(): Signal<PageRules | undefined> {
  const router = inject(Router);
  const moved = toSignal(
    router.events.pipe(
      filter((event) => event instanceof NavigationEnd),
      startWith(null),
    ),
  );
  return computed(() => {
    moved();
    if (!router.navigated) return undefined;
    let rules: PageRules = {};
    for (
      let route: ActivatedRouteSnapshot | null = router.routerState.snapshot.root;
      route;
      route = route.firstChild
    )
      rules = { ...rules, ...route.data };
    return rules;
  });
}
