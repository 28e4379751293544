import { ChangeDetectionStrategy, Component, computed, inject, resource } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { ActivatedRoute, Router, RouterLink } from '@angular/router';
import { ArrowLeft, ArrowRight, ChevronsLeft, Search, X } from 'lucide';
import { Freshness } from '../live/freshness.ts';
import { follow } from '../live/follow.ts';
import { Session } from '../session/session.ts';
import { CurrentTenant } from '../session/tenant.ts';
import { Icon } from '../ui/icon.ts';
import { loadable } from '../ui/loadable.ts';
import { PageHeader } from '../ui/page-header.ts';
import { RangePicker } from '../ui/range-picker.ts';
import { StateView } from '../ui/state.ts';
import { OUTCOMES } from '../figures/outcomes.ts';
import { activeFilters, filtersFromParams } from './session-filters.ts';
import { readSessions } from './session-list.ts';
import { SessionRow } from './session-row.ts';

/** A tenant's sessions, newest first. */
@Component({
  selector: 'uja-sessions-page',
  imports: [Freshness, Icon, PageHeader, RangePicker, RouterLink, SessionRow, StateView],
  templateUrl: './sessions-page.html',
  styleUrl: './sessions-page.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class SessionsPage {
  protected readonly tenant = inject(CurrentTenant);
  private readonly session = inject(Session);
  private readonly router = inject(Router);
  private readonly params = toSignal(inject(ActivatedRoute).queryParams, { initialValue: {} });

  protected readonly filters = computed(() => filtersFromParams(this.params()));
  protected readonly outcomes = [{ id: undefined, label: 'All' }, ...OUTCOMES];

  private readonly page = resource({
    params: () => {
      const tenant = this.tenant.hash();
      return tenant === undefined ? undefined : { tenant, filters: this.filters() };
    },
    loader: ({ params, abortSignal }) => readSessions(params.tenant, params.filters, abortSignal),
  });
  protected readonly list = loadable(this.page, {
    isEmpty: ({ items, nextCursor }) => items.length === 0 && nextCursor === null,
    missing: ({ items }) =>
      items.length === 0 ? 'Nothing matches on this page. “Older” looks further back.' : undefined,
  });
  /** Later pages are looked at at leisure; a list that moves under the eyes helps nobody. */
  protected readonly readAt = follow(this.page, () => this.filters().cursor === undefined);
  protected readonly active = computed(() =>
    activeFilters(this.filters(), this.tenant.timeZone()).map((filter) => ({
      ...filter,
      without: { [filter.name]: null, cursor: null },
    })),
  );
  /** Text is not there for viewers, so that they cannot search it. */
  protected readonly seesText = computed(() => this.session.role() !== 'viewer');
  protected readonly icons = { ArrowLeft, ArrowRight, ChevronsLeft, Search, X };

  protected reload(): void {
    this.page.reload();
  }

  protected search(text: string): void {
    void this.router.navigate([], {
      queryParams: { text: text.trim() || null, cursor: null },
      queryParamsHandling: 'merge',
    });
  }

  protected back(): void {
    history.back();
  }
}
