import {
  ChangeDetectionStrategy,
  Component,
  computed,
  DOCUMENT,
  inject,
  linkedSignal,
  resource,
  signal,
} from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { ActivatedRoute, Router, RouterLink } from '@angular/router';
import { ArrowLeft, ArrowUp, Search, X } from 'lucide';
import { ExportMenu } from '../exports/export-menu.ts';
import { Freshness } from '../live/freshness.ts';
import { follow } from '../live/follow.ts';
import { Today } from '../live/today.ts';
import { OUTCOMES } from '../figures/outcomes.ts';
import { Session } from '../session/session.ts';
import { CurrentTenant } from '../session/tenant.ts';
import { count } from '../ui/format.ts';
import { Icon } from '../ui/icon.ts';
import { loadable, type Loadable } from '../ui/loadable.ts';
import { ListPages } from '../ui/list-pages.ts';
import { PageHeader } from '../ui/page-header.ts';
import { ALL, Pills } from '../ui/pills.ts';
import { RangePicker } from '../ui/range-picker.ts';
import { isOver } from '../ui/range.ts';
import { StateView } from '../ui/state.ts';
import { takeIn } from './held-back.ts';
import { activeFilters, choices, filtersFromParams } from './session-filters.ts';
import { FilterOptions } from './filter-options.ts';
import { readSessions, type SessionPage } from './session-list.ts';
import { sessionExports } from './session-exports.ts';
import { SessionRow } from './session-row.ts';

/** Scrolled less than this, the list's beginning is what somebody looks at. */
const TOP_PX = 120;

/** A tenant's sessions, newest first. */
@Component({
  selector: 'uja-sessions-page',
  imports: [
    ExportMenu,
    Freshness,
    Icon,
    ListPages,
    PageHeader,
    Pills,
    RangePicker,
    RouterLink,
    SessionRow,
    StateView,
    Today,
  ],
  templateUrl: './sessions-page.html',
  styleUrl: './sessions-page.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class SessionsPage {
  protected readonly tenant = inject(CurrentTenant);
  private readonly session = inject(Session);
  private readonly router = inject(Router);
  private readonly window = inject(DOCUMENT).defaultView!;
  private readonly params = toSignal(inject(ActivatedRoute).queryParams, { initialValue: {} });

  protected readonly filters = computed(() => filtersFromParams(this.params()));
  protected readonly outcomes = [ALL, ...OUTCOMES];
  private readonly options = inject(FilterOptions);
  protected readonly choices = computed(() => choices(this.filters(), this.options.known()));

  private readonly page = resource({
    params: () => {
      const tenant = this.tenant.hash();
      return tenant === undefined ? undefined : { tenant, filters: this.filters() };
    },
    loader: ({ params, abortSignal }) => readSessions(params.tenant, params.filters, abortSignal),
  });
  private readonly read = loadable(this.page, {
    isEmpty: ({ items, nextCursor }) => items.length === 0 && nextCursor === null,
    missing: ({ items }) =>
      items.length === 0 ? 'Nothing matches on this page. “Older” looks further back.' : undefined,
  });
  protected readonly isOver = computed(() => isOver(this.filters().range, this.tenant.timeZone()));
  /** Later pages are looked at at leisure; a list that moves under the eyes helps nobody. */
  protected readonly readAt = follow(
    this.page,
    () => this.filters().cursor === undefined && !this.isOver(),
  );

  /** Rises when somebody asks for what waits. */
  private readonly asked = signal(0);
  private readonly held = linkedSignal<
    { state: Loadable<SessionPage>; asked: number },
    { state: Loadable<SessionPage>; waiting: number; asked: number }
  >({
    source: () => ({ state: this.read(), asked: this.asked() }),
    computation: ({ state, asked }, previous) => {
      if (state.kind !== 'ready') return { state, waiting: 0, asked };
      const before = previous?.value;
      const isAtTop = this.window.scrollY < TOP_PX || asked !== before?.asked;
      const shown = before?.state.kind === 'ready' ? before.state.value : undefined;
      const { page, waiting } = takeIn(shown, state.value, isAtTop);
      return { state: { kind: 'ready', value: page }, waiting, asked };
    },
  });
  protected readonly list = computed(() => this.held().state);
  protected readonly waiting = computed(() => {
    const { waiting } = this.held();
    if (waiting === 0) return '';
    return waiting === 1 ? '1 new session' : `${count(waiting)} new sessions`;
  });
  /** How many there are, where the page holds all of them. */
  protected readonly whole = computed(() => {
    const state = this.list();
    if (state.kind !== 'ready' || state.value.nextCursor !== null || this.filters().cursor)
      return '';
    const { length } = state.value.items;
    return length === 1 ? '1 session' : `${count(length)} sessions`;
  });

  protected readonly active = computed(() =>
    activeFilters(this.filters(), this.tenant.timeZone()).map((filter) => ({
      ...filter,
      without: { [filter.name]: null, cursor: null },
    })),
  );
  /** Text is not there for viewers, so that they cannot search it. */
  protected readonly seesText = computed(() => this.session.role() !== 'viewer');
  protected readonly exports = computed(() =>
    sessionExports(this.tenant.hash() ?? '', this.filters(), this.seesText()),
  );
  protected readonly icons = { ArrowLeft, ArrowUp, Search, X };

  protected reload(): void {
    this.page.reload();
  }

  protected showNew(): void {
    this.asked.update((asked) => asked + 1);
    this.window.scrollTo({ top: 0, behavior: 'smooth' });
  }

  protected filter(name: string, value: string): void {
    void this.router.navigate([], {
      queryParams: { [name]: value.trim() || null, cursor: null },
      queryParamsHandling: 'merge',
    });
  }

  protected back(): void {
    history.back();
  }
}
