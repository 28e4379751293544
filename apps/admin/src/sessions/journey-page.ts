import {
  ChangeDetectionStrategy,
  Component,
  computed,
  inject,
  input,
  resource,
  signal,
} from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { ActivatedRoute, RouterLink } from '@angular/router';
import { ArrowDown, ArrowLeft, ArrowUp, Check, Link } from 'lucide';
import { call } from '../api/api.ts';
import { journeysJourney } from '../api/generated/index.ts';
import { Freshness } from '../live/freshness.ts';
import { follow } from '../live/follow.ts';
import { Session } from '../session/session.ts';
import { CurrentTenant } from '../session/tenant.ts';
import { Icon } from '../ui/icon.ts';
import { loadable } from '../ui/loadable.ts';
import { StateView } from '../ui/state.ts';
import { JourneyFacts } from './journey-facts.ts';
import { neighboursIn } from './neighbours.ts';
import { filtersFromParams } from './session-filters.ts';
import { readSessions } from './session-list.ts';
import { TimelineView } from './timeline-view.ts';

const COPIED_MS = 2_500;

/** One session, step by step. */
@Component({
  selector: 'uja-journey-page',
  imports: [Freshness, Icon, JourneyFacts, RouterLink, StateView, TimelineView],
  templateUrl: './journey-page.html',
  styleUrl: './journey-page.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class JourneyPage {
  /** Session id, from the address. */
  readonly id = input.required<string>();

  protected readonly session = inject(Session);
  protected readonly tenant = inject(CurrentTenant);
  private readonly params = toSignal(inject(ActivatedRoute).queryParams, { initialValue: {} });

  private readonly source = resource({
    params: () => {
      const tenant = this.tenant.hash();
      return tenant === undefined ? undefined : { id: this.id(), tenant };
    },
    loader: ({ params, abortSignal }) =>
      call(
        journeysJourney({
          path: { session_id: params.id },
          query: this.tenant.isNamed() ? { tenant: params.tenant } : {},
          signal: abortSignal,
        }),
      ),
  });
  protected readonly journey = loadable(this.source);
  protected readonly isOpen = computed(() => {
    const state = this.journey();
    return (
      (state.kind === 'ready' || state.kind === 'partial') && state.value.session.closed_by === null
    );
  });
  /** A session that has ended changes only when late events come: no need to ask all the time. */
  protected readonly readAt = follow(this.source, () => this.isOpen());

  private readonly list = resource({
    params: () => {
      const tenant = this.tenant.hash();
      return tenant === undefined
        ? undefined
        : { tenant, filters: filtersFromParams(this.params()) };
    },
    loader: ({ params, abortSignal }) => readSessions(params.tenant, params.filters, abortSignal),
  });
  protected readonly neighbours = computed(() =>
    this.list.hasValue() ? neighboursIn(this.list.value(), this.id()) : undefined,
  );

  protected readonly isCopied = signal(false);
  protected readonly icons = { ArrowDown, ArrowLeft, ArrowUp, Check, Link };

  protected reload(): void {
    this.source.reload();
  }

  protected async copyLink(): Promise<void> {
    const url = new URL(location.pathname, location.origin);
    if (this.tenant.isNamed()) url.searchParams.set('tenant', this.tenant.hash() ?? '');
    await navigator.clipboard.writeText(url.href);
    this.isCopied.set(true);
    setTimeout(() => this.isCopied.set(false), COPIED_MS);
  }
}
