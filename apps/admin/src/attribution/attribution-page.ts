import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import { Lightbulb } from 'lucide';
import { call } from '../api/api.ts';
import {
  conversationsTopics,
  trafficAttribution,
  trafficLinks,
  trafficSources,
} from '../api/generated/index.ts';
import { ExportMenu } from '../exports/export-menu.ts';
import { Cards } from '../figures/cards.ts';
import { FiguresHeader } from '../figures/figures-header.ts';
import { figures, oldest, pageScope } from '../figures/figures.ts';
import { Chip } from '../ui/chip.ts';
import { Funnel } from '../ui/funnel.ts';
import { Icon } from '../ui/icon.ts';
import { Panel } from '../ui/panel.ts';
import { rangeToQuery } from '../ui/range.ts';
import { StateView } from '../ui/state.ts';
import { attributionFiles } from './files.ts';
import {
  cardsOf,
  funnelSteps,
  insightText,
  linkRows,
  NO_INSIGHT,
  sourceRows,
  topicRows,
  visitsNote,
} from './view.ts';

const FEW = 8;
const MANY = 100;

/** Where visitors come from, and what it leads to. */
@Component({
  selector: 'uja-attribution-page',
  imports: [Cards, Chip, ExportMenu, FiguresHeader, Funnel, Icon, Panel, RouterLink, StateView],
  templateUrl: './attribution-page.html',
  styleUrl: './attribution-page.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class AttributionPage {
  protected readonly scope = pageScope();
  private readonly router = inject(Router);

  /** The funnel's, from the address. */
  protected readonly source = computed(() => this.scope.param('source'));
  protected readonly medium = computed(() => this.scope.param('medium'));

  protected readonly attribution = figures(
    this.scope,
    (ask: Parameters<typeof trafficAttribution>[0]) => call(trafficAttribution(ask)),
    { more: () => ({ source: this.source(), medium: this.medium() }) },
  );
  protected readonly hasAllSources = signal(false);
  protected readonly sourceList = figures(
    this.scope,
    (ask: Parameters<typeof trafficSources>[0]) => call(trafficSources(ask)),
    {
      more: () => ({ limit: this.hasAllSources() ? MANY : FEW }),
      isEmpty: ({ items }) => items.length === 0,
    },
  );
  protected readonly hasAllTopics = signal(false);
  protected readonly topics = figures(
    this.scope,
    (ask: Parameters<typeof conversationsTopics>[0]) => call(conversationsTopics(ask)),
    {
      more: () => ({ limit: this.hasAllTopics() ? MANY : FEW }),
      isEmpty: ({ items }) => items.length === 0,
    },
  );
  protected readonly hasAllLinks = signal(false);
  protected readonly links = figures(
    this.scope,
    (ask: Parameters<typeof trafficLinks>[0]) => call(trafficLinks(ask)),
    {
      more: () => ({ limit: this.hasAllLinks() ? MANY : FEW }),
      isEmpty: ({ items }) => items.length === 0,
    },
  );
  protected readonly readAt = oldest(this.attribution, this.sourceList, this.topics, this.links);

  protected readonly cards = computed(() => {
    const value = this.attribution.value();
    return value && cardsOf(value);
  });
  protected readonly steps = computed(() => funnelSteps(this.attribution.value()));
  protected readonly sources = computed(() => sourceRows(this.sourceList.value()?.items ?? []));
  protected readonly chosen = computed(() =>
    this.sources().find(
      ({ source, medium }) => source === this.source() && medium === this.medium(),
    ),
  );
  protected readonly insight = computed(() => {
    const value = this.attribution.value();
    return value && (value.insight ? insightText(value.insight) : NO_INSIGHT);
  });
  protected readonly visitsNote = computed(() => visitsNote(this.attribution.value()));
  protected readonly topicRows = computed(() => topicRows(this.topics.value()));
  protected readonly linkRows = computed(() => linkRows(this.links.value()));
  protected readonly files = computed(() =>
    attributionFiles(
      this.scope.tenant.hash() ?? '',
      rangeToQuery(this.scope.range()),
      this.attribution.value(),
    ),
  );
  protected readonly icons = { Lightbulb };

  /** @param place of the source in the list; none: all of them */
  protected filter(place: string): void {
    const row = place === '' ? undefined : this.sources()[Number(place)];
    void this.router.navigate([], {
      queryParams: { source: row?.source ?? null, medium: row?.medium ?? null },
      queryParamsHandling: 'merge',
    });
  }
}
