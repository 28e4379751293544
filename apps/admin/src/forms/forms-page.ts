import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { RouterLink } from '@angular/router';
import { Lightbulb } from 'lucide';
import { call } from '../api/api.ts';
import {
  formsBottlenecks,
  formsFunnel,
  formsRanking,
  formsSummary,
} from '../api/generated/index.ts';
import { ExportMenu } from '../exports/export-menu.ts';
import { Cards } from '../figures/cards.ts';
import { FiguresHeader } from '../figures/figures-header.ts';
import { figures, oldest, pageScope } from '../figures/figures.ts';
import { Session } from '../session/session.ts';
import { BarList } from '../ui/bar-list.ts';
import { Chip } from '../ui/chip.ts';
import { Funnel } from '../ui/funnel.ts';
import { Icon } from '../ui/icon.ts';
import { Panel } from '../ui/panel.ts';
import { rangeToQuery } from '../ui/range.ts';
import { StateView } from '../ui/state.ts';
import { formFiles } from './files.ts';
import { Submissions } from './submissions.ts';
import { advices, bottleneckBars, cardsOf, formSteps, funnelTotals, rankRows } from './view.ts';

const FEW = 6;
const MANY = 100;

/** How forms do, and where they lose people. */
@Component({
  selector: 'uja-forms-page',
  imports: [
    BarList,
    Cards,
    Chip,
    ExportMenu,
    FiguresHeader,
    Funnel,
    Icon,
    Panel,
    RouterLink,
    StateView,
    Submissions,
  ],
  templateUrl: './forms-page.html',
  styleUrl: './forms-page.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class FormsPage {
  protected readonly scope = pageScope();
  private readonly session = inject(Session);
  /** Submissions name people's questions. */
  protected readonly seesText = computed(() => this.session.role() !== 'viewer');

  protected readonly form = computed(() => this.scope.param('form'));
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
  protected readonly hasAllFields = signal(false);
  protected readonly bottlenecks = figures(
    this.scope,
    (ask: Parameters<typeof formsBottlenecks>[0]) => call(formsBottlenecks(ask)),
    {
      more: () => ({ form: this.form(), limit: this.hasAllFields() ? MANY : FEW }),
      isEmpty: ({ items }) => items.length === 0,
    },
  );
  /** All forms, whichever is chosen: it is what one chooses from. */
  protected readonly ranking = figures(
    this.scope,
    (ask: Parameters<typeof formsRanking>[0]) => call(formsRanking(ask)),
    { isEmpty: ({ items }) => items.length === 0 },
  );

  protected readonly readAt = oldest(this.summary, this.funnel, this.bottlenecks, this.ranking);

  protected readonly cards = computed(() => {
    const value = this.summary.value();
    return value && cardsOf(value);
  });
  protected readonly steps = computed(() => formSteps(this.funnel.value()));
  protected readonly lost = computed(() => bottleneckBars(this.bottlenecks.value()));
  protected readonly hasMoreFields = computed(
    () => !this.hasAllFields() && this.bottlenecks.value()?.next_cursor != null,
  );
  protected readonly advices = computed(() => advices(this.bottlenecks.value()));
  protected readonly totals = computed(() => funnelTotals(this.funnel.value()));
  protected readonly ranks = computed(() => rankRows(this.ranking.value()));
  protected readonly files = computed(() =>
    formFiles(
      this.scope.tenant.hash() ?? '',
      { ...rangeToQuery(this.scope.range()), form: this.form() },
      this.funnel.value(),
    ),
  );
  protected readonly icons = { Lightbulb };
}
