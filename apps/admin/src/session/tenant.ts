import { computed, inject, resource, Service } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { NavigationEnd, Router } from '@angular/router';
import { filter, map, startWith } from 'rxjs';
import { call } from '../api/api.ts';
import { tenantTenant } from '../api/generated/index.ts';
import { Session } from './session.ts';

/**
 * Whose data the pages show: the session's tenant, or for operators the one that `?tenant=` in the
 * address names, so that their links can be shared, too.
 */
@Service()
export class CurrentTenant {
  private readonly session = inject(Session);
  private readonly router = inject(Router);

  private readonly named = toSignal(
    this.router.events.pipe(
      filter((event) => event instanceof NavigationEnd),
      startWith(null),
      map(() => this.router.parseUrl(this.router.url).queryParamMap.get('tenant') ?? undefined),
    ),
  );

  readonly isNamed = computed(() => this.session.role() === 'ops');
  /** undefined while an operator has not chosen any. */
  readonly hash = computed(() => {
    const own = this.session.user()?.tenant_hash ?? undefined;
    return this.isNamed() ? (this.named() ?? own) : own;
  });

  private readonly profile = resource({
    params: () => this.hash(),
    loader: ({ params, abortSignal }) =>
      call(tenantTenant({ path: { tenant: params }, signal: abortSignal })),
  });

  private readonly known = computed(() =>
    this.profile.hasValue() ? this.profile.value() : undefined,
  );
  readonly name = computed(() => this.known()?.name);
  /** Days, hours and times on every page are in it; UTC until it is known. */
  readonly timeZone = computed(() => this.known()?.time_zone ?? 'UTC');
  /** The tenant's own accent, `#rrggbb`. */
  readonly accent = computed(() => this.known()?.accent_color ?? undefined);
  readonly isKnown = computed(() => this.known() !== undefined);
}
