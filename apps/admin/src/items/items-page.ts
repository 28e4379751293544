import { ChangeDetectionStrategy, Component, computed } from '@angular/core';
import { RouterLink } from '@angular/router';
import { ArrowRight } from 'lucide';
import { call } from '../api/api.ts';
import {
  itemsGaps,
  itemsPopularity,
  type ItemsGapsData,
  type ItemsPopularityData,
} from '../api/generated/index.ts';
import { tableExports } from '../exports/export-choice.ts';
import { ExportMenu } from '../exports/export-menu.ts';
import { FiguresHeader } from '../figures/figures-header.ts';
import { figures, oldest, pageScope } from '../figures/figures.ts';
import { Chip } from '../ui/chip.ts';
import { shortDay } from '../ui/format.ts';
import { Icon } from '../ui/icon.ts';
import { Panel } from '../ui/panel.ts';
import { ALL, Pills } from '../ui/pills.ts';
import { rangeToQuery } from '../ui/range.ts';
import { StateView } from '../ui/state.ts';
import { GAP_STATES, gapRows, itemRows, strangers, TYPES } from './view.ts';

const PAGE = 15;

/** Which buttons, chips and links are used, and which are not. */
@Component({
  selector: 'uja-items-page',
  imports: [Chip, ExportMenu, FiguresHeader, Icon, Panel, Pills, RouterLink, StateView],
  templateUrl: './items-page.html',
  styleUrl: './items-page.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ItemsPage {
  protected readonly scope = pageScope();
  protected readonly type = computed(
    () => TYPES.find(({ id }) => id === this.scope.param('type'))?.id,
  );
  protected readonly gapState = computed(
    () => GAP_STATES.find(({ id }) => id === this.scope.param('state'))?.id,
  );
  protected readonly types = [ALL, ...TYPES];
  protected readonly gapStates = [ALL, ...GAP_STATES];

  protected readonly popularity = figures(
    this.scope,
    (ask: Parameters<typeof itemsPopularity>[0]) => call(itemsPopularity(ask)),
    {
      more: () => ({ type: this.type(), cursor: this.scope.param('cursor'), limit: PAGE }),
      isEmpty: ({ items }) => items.length === 0,
    },
  );
  protected readonly gaps = figures(
    this.scope,
    (ask: Parameters<typeof itemsGaps>[0]) => call(itemsGaps(ask)),
    {
      more: () => ({
        type: this.type(),
        state: this.gapState(),
        cursor: this.scope.param('gaps'),
        limit: PAGE,
      }),
      isEmpty: ({ items, inventory_as_of }) => items.length === 0 || inventory_as_of === null,
    },
  );

  protected readonly readAt = oldest(this.popularity, this.gaps);
  protected readonly rows = computed(() => itemRows(this.popularity.value()));
  protected readonly open = computed(() => gapRows(this.gaps.value()));
  protected readonly strangers = computed(() => strangers(this.gaps.value()));
  protected readonly inventory = computed(() => {
    const asOf = this.gaps.value()?.inventory_as_of;
    return asOf ? `Configured items as of ${shortDay(asOf)}.` : '';
  });
  protected readonly files = computed(() => {
    const tenant = this.scope.tenant.hash() ?? '';
    const query = { ...rangeToQuery(this.scope.range()), type: this.type() };
    return {
      popularity: tableExports<ItemsPopularityData>(
        'items by clicks',
        '/analytics/popularity/{tenant}',
        tenant,
        query,
      ),
      gaps: tableExports<ItemsGapsData>('work list', '/analytics/gaps/{tenant}', tenant, {
        ...query,
        state: this.gapState(),
      }),
    };
  });
  protected readonly icons = { ArrowRight };
}
