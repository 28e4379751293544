import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import { RouterLink, type Params } from '@angular/router';
import { ArrowDownRight, ArrowRight, ArrowUpRight } from 'lucide';
import { percent } from './format.ts';
import { Icon } from './icon.ts';

/** Relative changes below this are none. */
const NEUTRAL = 0.01;

/** One large number with what it was before. */
@Component({
  selector: 'ui-stat-card',
  imports: [Icon, RouterLink],
  templateUrl: './stat-card.html',
  styleUrl: './stat-card.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'card', '[class.filled]': 'filled()' },
})
export class StatCard {
  readonly label = input.required<string>();
  /** As people read it. */
  readonly value = input.required<string>();
  /** Relative to the period before: 0.1 is a tenth more; null where it cannot be said. */
  readonly change = input<number | null>(null);
  /** Whether more is worse; null where it is neither. */
  readonly lessIsBetter = input<boolean | null>(false);
  readonly note = input('');
  /** Parameters of the list of sessions behind the number. */
  readonly sessions = input<Params | null>(null);
  readonly filled = input(false);

  protected readonly trend = computed(() => {
    const change = this.change();
    if (change === null) return undefined;
    const isTiny = Math.abs(change) < NEUTRAL;
    const isNeutral = isTiny || this.lessIsBetter() === null;
    const isGood = change > 0 !== this.lessIsBetter();
    return {
      text: `${change > 0 ? '+' : ''}${percent(change, Math.abs(change) < 0.1 ? 1 : 0)}`,
      tone: isNeutral ? 'neutral' : isGood ? 'good' : 'bad',
      icon: isTiny ? ArrowRight : change > 0 ? ArrowUpRight : ArrowDownRight,
    };
  });
}
