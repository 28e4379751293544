import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import { ArrowRight, Lightbulb } from 'lucide';
import { call } from '../api/api.ts';
import {
  formsBottlenecks,
  formsFunnel,
  formsRanking,
  formsSummary,
  submissionsSubmissions,
} from '../api/generated/index.ts';
import { FiguresHeader } from '../figures/figures-header.ts';
import { figures, pageScope } from '../figures/figures.ts';
import { sourceLabel } from '../figures/source-label.ts';
import { Session } from '../session/session.ts';
import { BarList } from '../ui/bar-list.ts';
import { Chip } from '../ui/chip.ts';
import { clock, count, day, duration, readable } from '../ui/format.ts';
import { Funnel } from '../ui/funnel.ts';
import { Icon } from '../ui/icon.ts';
import { Panel } from '../ui/panel.ts';
import { StatCard } from '../ui/stat-card.ts';
import { StateView } from '../ui/state.ts';
import { bottleneckBars, cardsOf, formSteps, rankRows } from './view.ts';

const TOP = 10;

type Submissions = NonNullable<Parameters<typeof submissionsSubmissions>[0]['query']>;

/** How forms do, and where they lose people. */
@Component({
  selector: 'uja-forms-page',
  imports: [BarList, Chip, FiguresHeader, Funnel, Icon, Panel, RouterLink, StatCard, StateView],
  templateUrl: './forms-page.html',
  styleUrl: './forms-page.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class FormsPage {
  protected readonly scope = pageScope();
  private readonly router = inject(Router);
  private readonly session = inject(Session);
  /** Submissions name people's questions. */
  protected readonly seesText = computed(() => this.session.role() !== 'viewer');

  protected readonly form = computed(() => (this.scope.params() as { form?: string }).form);
  private readonly ofForm = () => ({ form: this.form() });

  protected readonly summary = figures(
    this.scope,
    (ask: Parameters<typeof formsSummary>[0]) => call(formsSummary(ask)),
    { more: this.ofForm },
  );
  protected readonly funnel = figures(
    this.scope,
    (ask: Parameters<typeof formsFunnel>[0]) => call(formsFunnel(ask)),
    { more: this.ofForm },
  );
  protected readonly bottlenecks = figures(
    this.scope,
    (ask: Parameters<typeof formsBottlenecks>[0]) => call(formsBottlenecks(ask)),
    { more: () => ({ form: this.form(), limit: TOP }), isEmpty: ({ items }) => items.length === 0 },
  );
  /** All forms, whichever is chosen: it is what one chooses from. */
  protected readonly ranking = figures(
    this.scope,
    (ask: Parameters<typeof formsRanking>[0]) => call(formsRanking(ask)),
    { isEmpty: ({ items }) => items.length === 0 },
  );

  protected readonly text = signal('');
  protected readonly sort = signal<NonNullable<Submissions['sort']>>('submitted_at');
  protected readonly order = signal<'asc' | 'desc'>('desc');
  protected readonly cursor = computed(
    () => (this.scope.params() as { cursor?: string }).cursor || undefined,
  );
  protected readonly submissions = figures(
    this.scope,
    (ask: Parameters<typeof submissionsSubmissions>[0]) => call(submissionsSubmissions(ask)),
    {
      more: () =>
        this.seesText()
          ? {
              form: this.form(),
              text: this.text() || undefined,
              sort: this.sort(),
              order: this.order(),
              cursor: this.cursor(),
              limit: TOP,
            }
          : undefined,
      isEmpty: ({ items }) => items.length === 0,
    },
  );

  protected readonly cards = computed(() => {
    const value = this.summary.value();
    return value && cardsOf(value);
  });
  protected readonly steps = computed(() => formSteps(this.funnel.value()));
  protected readonly lost = computed(() => bottleneckBars(this.bottlenecks.value()));
  protected readonly advice = computed(() => {
    const worst = this.bottlenecks.value()?.items.find(({ advice }) => advice !== null);
    return (
      worst && {
        field: worst.field_label ?? readable(worst.field_id ?? ''),
        text: worst.advice!.advice,
      }
    );
  });
  protected readonly ranks = computed(() => rankRows(this.ranking.value()));
  protected readonly rows = computed(() => {
    const zone = this.scope.tenant.timeZone();
    return (this.submissions.value()?.items ?? []).map((item) => ({
      ...item,
      form: item.form_label ?? readable(item.form_id),
      when: `${day(item.submitted_at, zone)}, ${clock(item.submitted_at, zone)}`,
      took: item.duration_ms === null ? '–' : duration(item.duration_ms),
      from: sourceLabel({ source: item.source, medium: item.medium }),
    }));
  });
  protected readonly total = computed(() => count(this.submissions.value()?.total ?? 0));
  protected readonly columns = [
    { id: 'submitted_at', label: 'When' },
    { id: 'form', label: 'Form' },
    { id: 'source', label: 'Source' },
    { id: 'duration', label: 'Took' },
  ] as const;
  protected readonly icons = { ArrowRight, Lightbulb };

  protected sortBy(id: NonNullable<Submissions['sort']>): void {
    this.order.set(this.sort() === id && this.order() === 'desc' ? 'asc' : 'desc');
    this.sort.set(id);
    this.toFirstPage();
  }

  protected search(text: string): void {
    this.text.set(text.trim());
    this.toFirstPage();
  }

  /** Cursors belong to one search in one order. */
  private toFirstPage(): void {
    void this.router.navigate([], { queryParams: { cursor: null }, queryParamsHandling: 'merge' });
  }
}
