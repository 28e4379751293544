import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { call } from '../api/api.ts';
import {
  conversationsDepth,
  conversationsHeatmap,
  conversationsSummary,
  conversationsTrend,
  questionsQuestions,
} from '../api/generated/index.ts';
import { FiguresHeader } from '../figures/figures-header.ts';
import { figures, pageScope } from '../figures/figures.ts';
import { sessionsParams } from '../figures/sessions-link.ts';
import { Session } from '../session/session.ts';
import { BarList } from '../ui/bar-list.ts';
import { HeatMap } from '../ui/heat-map.ts';
import { Panel } from '../ui/panel.ts';
import { StatCard } from '../ui/stat-card.ts';
import { StateView } from '../ui/state.ts';
import { TrendChart } from '../ui/trend-chart.ts';
import { cardsOf, depthBars, heatCells, outcomeBars, peakText, trendPoints } from './view.ts';

const TOP = 8;

/** What visitors talk about, how much, and when. */
@Component({
  selector: 'uja-conversations-page',
  imports: [BarList, FiguresHeader, HeatMap, Panel, StatCard, StateView, TrendChart],
  templateUrl: './conversations-page.html',
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
  protected readonly questions = figures(
    this.scope,
    (ask: Parameters<typeof questionsQuestions>[0]) => call(questionsQuestions(ask)),
    {
      more: () => (this.seesText() ? { limit: TOP } : undefined),
      isEmpty: ({ items }) => items.length === 0,
    },
  );

  protected readonly cards = computed(() => {
    const value = this.summary.value();
    return value && cardsOf(value);
  });
  protected readonly points = computed(() => trendPoints(this.trend.value()));
  protected readonly cells = computed(() => heatCells(this.heat.value()));
  protected readonly peak = computed(() => peakText(this.heat.value()));
  protected readonly depths = computed(() => depthBars(this.depth.value()));
  protected readonly outcomes = computed(() => outcomeBars(this.summary.value()));
  protected readonly asked = computed(() =>
    (this.questions.value()?.items ?? []).map(({ question, count, share, sessions_url }) => ({
      label: question,
      value: count,
      share,
      sessions: sessionsParams(sessions_url),
    })),
  );
}
