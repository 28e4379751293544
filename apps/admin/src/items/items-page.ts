import { ChangeDetectionStrategy, Component, computed } from '@angular/core';
import { RouterLink } from '@angular/router';
import { ArrowRight } from 'lucide';
import { call } from '../api/api.ts';
import { itemsGaps, itemsPopularity } from '../api/generated/index.ts';
import { FiguresHeader } from '../figures/figures-header.ts';
import { figures, pageScope } from '../figures/figures.ts';
import { Chip } from '../ui/chip.ts';
import { shortDay } from '../ui/format.ts';
import { Icon } from '../ui/icon.ts';
import { Panel } from '../ui/panel.ts';
import { StateView } from '../ui/state.ts';
import { GAP_STATES, gapRows, itemRows, TYPES } from './view.ts';

const PAGE = 15;

/** Which buttons, chips and links are used, and which are not. */
@Component({
  selector: 'uja-items-page',
  imports: [Chip, FiguresHeader, Icon, Panel, RouterLink, StateView],
  templateUrl: './items-page.html',
  styleUrl: './items-page.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ItemsPage {
  protected readonly scope = pageScope();
  private readonly params = computed(
    () => this.scope.params() as Record<string, string | undefined>,
  );

  protected readonly type = computed(
    () => TYPES.find(({ id }) => id === this.params()['type'])?.id,
  );
  protected readonly gapState = computed(
    () => GAP_STATES.find(({ id }) => id === this.params()['state'])?.id,
  );
  protected readonly types = TYPES;
  protected readonly gapStates = GAP_STATES;

  protected readonly popularity = figures(
    this.scope,
    (ask: Parameters<typeof itemsPopularity>[0]) => call(itemsPopularity(ask)),
    {
      more: () => ({ type: this.type(), cursor: this.params()['cursor'], limit: PAGE }),
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
        cursor: this.params()['gaps'],
        limit: PAGE,
      }),
      isEmpty: ({ items, inventory_as_of }) => items.length === 0 || inventory_as_of === null,
    },
  );

  protected readonly rows = computed(() => itemRows(this.popularity.value()));
  protected readonly open = computed(() => gapRows(this.gaps.value()));
  protected readonly inventory = computed(() => {
    const asOf = this.gaps.value()?.inventory_as_of;
    return asOf ? `Configured items as of ${shortDay(asOf)}.` : '';
  });
  protected readonly icons = { ArrowRight };
}
