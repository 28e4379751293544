import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { RouterLink } from '@angular/router';
import { call } from '../api/api.ts';
import {
  conversationsDepth,
  conversationsHeatmap,
  conversationsSummary,
  conversationsTrend,
} from '../api/generated/index.ts';
import { ExportMenu } from '../exports/export-menu.ts';
import { Cards } from '../figures/cards.ts';
import { FiguresHeader } from '../figures/figures-header.ts';
import { figures, oldest, pageScope } from '../figures/figures.ts';
import { Session } from '../session/session.ts';
import { BarList } from '../ui/bar-list.ts';
import { HeatMap } from '../ui/heat-map.ts';
import { Panel } from '../ui/panel.ts';
import { rangeToQuery } from '../ui/range.ts';
import { StateView } from '../ui/state.ts';
import { TrendChart } from '../ui/trend-chart.ts';
import { conversationFiles } from './files.ts';
import { RecentConversations } from './recent-conversations.ts';
import { TopQuestions } from './top-questions.ts';
import {
  cardsOf,
  comparisonText,
  countedLines,
  depthBars,
  durationsText,
  heatCells,
  outcomeBars,
  peakText,
  talkOf,
  trendPoints,
} from './view.ts';

/** What visitors talk about, how much, and when. */
@Component({
  selector: 'uja-conversations-page',
  imports: [
    BarList,
    Cards,
    ExportMenu,
    FiguresHeader,
    HeatMap,
    Panel,
    RecentConversations,
    RouterLink,
    StateView,
    TopQuestions,
    TrendChart,
  ],
  templateUrl: './conversations-page.html',
  styleUrl: './conversations-page.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ConversationsPage {
  protected readonly scope = pageScope();
  private readonly session = inject(Session);
  /** Questions are text. */
  protected readonly seesText = computed(() => this.session.role() !== 'viewer');

  protected readonly summary = figures(this.scope, (ask) => call(conversationsSummary(ask)));
  protected readonly trend = figures(this.scope, (ask) => call(conversationsTrend(ask)));
  protected readonly heat = figures(this.scope, (ask) => call(conversationsHeatmap(ask)), {
    isEmpty: ({ peak }) => peak === null,
  });
  protected readonly depth = figures(this.scope, (ask) => call(conversationsDepth(ask)), {
    isEmpty: ({ items }) => items.length === 0,
  });
  protected readonly readAt = oldest(this.summary, this.trend, this.heat, this.depth);

  protected readonly cards = computed(() => {
    const value = this.summary.value();
    return value && cardsOf(value);
  });
  protected readonly comparison = computed(() => comparisonText(this.trend.value()));
  protected readonly points = computed(() => trendPoints(this.trend.value()));
  protected readonly cells = computed(() => heatCells(this.heat.value()));
  protected readonly peak = computed(() => peakText(this.heat.value()));
  protected readonly depths = computed(() => depthBars(this.depth.value()));
  protected readonly outcomes = computed(() => outcomeBars(this.summary.value()));
  protected readonly talk = computed(() => talkOf(this.summary.value()));
  protected readonly durationsText = computed(() => durationsText(this.summary.value()));
  protected readonly counted = computed(() => countedLines(this.summary.value()));
  protected readonly files = computed(() =>
    conversationFiles(this.scope.tenant.hash() ?? '', rangeToQuery(this.scope.range()), {
      summary: this.summary.value(),
      heat: this.heat.value(),
      depth: this.depth.value(),
    }),
  );
}
