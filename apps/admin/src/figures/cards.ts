import { ChangeDetectionStrategy, Component, input, output } from '@angular/core';
import type { Loadable } from '../ui/loadable.ts';
import { StatCard } from '../ui/stat-card.ts';
import { StateView } from '../ui/state.ts';
import type { Card } from './card.ts';

/** The large numbers at the top of a dashboard, or what there is instead of them. */
@Component({
  selector: 'uja-cards',
  imports: [StatCard, StateView],
  template: `
    @if (cards(); as cards) {
      <ui-state [state]="state()" (retry)="retry.emit()" />
      <div class="cards">
        @for (card of cards; track card.label) {
          <ui-stat-card
            [label]="card.label"
            [value]="card.value"
            [change]="card.change"
            [lessIsBetter]="card.lessIsBetter === undefined ? false : card.lessIsBetter"
            [note]="card.note ?? ''"
            [sessions]="card.sessions"
            [filled]="card.filled ?? false"
          />
        }
      </div>
    } @else if (state().kind === 'loading') {
      <div class="cards" role="status" aria-label="Loading">
        @for (place of places; track place) {
          <div class="card place"></div>
        }
      </div>
    } @else {
      <section class="card cards">
        <ui-state [state]="state()" (retry)="retry.emit()" />
      </section>
    }
  `,
  styleUrl: './cards.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Cards {
  readonly state = input.required<Loadable<unknown>>();
  readonly cards = input.required<Card[] | undefined>();
  readonly retry = output();
  /** As many as every dashboard has, so that nothing moves when they come. */
  protected readonly places = [1, 2, 3, 4];
}
