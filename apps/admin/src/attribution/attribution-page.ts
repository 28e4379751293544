import { ChangeDetectionStrategy, Component, computed } from '@angular/core';
import { Lightbulb } from 'lucide';
import { call } from '../api/api.ts';
import { conversationsTopics, trafficAttribution, trafficLinks } from '../api/generated/index.ts';
import { FiguresHeader } from '../figures/figures-header.ts';
import { figures, pageScope } from '../figures/figures.ts';
import { sessionsParams } from '../figures/sessions-link.ts';
import { BarList } from '../ui/bar-list.ts';
import { Chip } from '../ui/chip.ts';
import { count, percent, readable, shortDay } from '../ui/format.ts';
import { Funnel } from '../ui/funnel.ts';
import { Icon } from '../ui/icon.ts';
import { Panel } from '../ui/panel.ts';
import { StatCard } from '../ui/stat-card.ts';
import { StateView } from '../ui/state.ts';
import { cardsOf, funnelSteps, linkName, sourceRows } from './view.ts';

const TOP = 10;

/** Where visitors come from, and what it leads to. */
@Component({
  selector: 'uja-attribution-page',
  imports: [BarList, Chip, FiguresHeader, Funnel, Icon, Panel, StatCard, StateView],
  templateUrl: './attribution-page.html',
  styleUrl: './attribution-page.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class AttributionPage {
  protected readonly scope = pageScope();

  protected readonly attribution = figures(this.scope, (ask) => call(trafficAttribution(ask)));
  protected readonly topics = figures(
    this.scope,
    (ask: Parameters<typeof conversationsTopics>[0]) => call(conversationsTopics(ask)),
    { more: () => ({ limit: TOP }), isEmpty: ({ items }) => items.length === 0 },
  );
  protected readonly links = figures(
    this.scope,
    (ask: Parameters<typeof trafficLinks>[0]) => call(trafficLinks(ask)),
    { more: () => ({ limit: TOP }), isEmpty: ({ items }) => items.length === 0 },
  );

  protected readonly cards = computed(() => {
    const value = this.attribution.value();
    return value && cardsOf(value);
  });
  protected readonly steps = computed(() => funnelSteps(this.attribution.value()));
  protected readonly sources = computed(() => sourceRows(this.attribution.value()));
  protected readonly insight = computed(() => this.attribution.value()?.insight?.sentence);
  protected readonly visitsNote = computed(() => {
    const visits = this.attribution.value()?.visits;
    if (visits?.from === 'page_views') return 'Visits are those whose pages told of them.';
    if (visits?.from === 'none')
      return 'Visits are not counted: Google Analytics is not connected.';
    if (!visits?.complete_until) return '';
    return `Visits from Google Analytics, complete until ${shortDay(visits.complete_until)}.`;
  });
  protected readonly topicBars = computed(() =>
    (this.topics.value()?.items ?? []).map(
      ({ topic, conversations, completions, rate, sessions_url }) => ({
        label: readable(topic),
        note: completions === 0 ? '' : `${count(completions)} completed`,
        value: conversations,
        share: rate,
        sessions: sessionsParams(sessions_url),
      }),
    ),
  );
  protected readonly linkRows = computed(() =>
    (this.links.value()?.items ?? []).map((link) => ({
      ...link,
      name: linkName(link),
      clicksText: count(link.clicks),
      ctrText: link.ctr === null ? '–' : percent(link.ctr),
      width: Math.min(100, (link.ctr ?? 0) * 100),
    })),
  );
  protected readonly icons = { Lightbulb };
}
