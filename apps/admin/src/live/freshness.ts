import { ChangeDetectionStrategy, Component, computed, inject, input } from '@angular/core';
import { age } from '../ui/format.ts';
import { Live } from './live.ts';

const FRESH_MS = 45_000;

/** How old the figures beside it are. */
@Component({
  selector: 'live-freshness',
  template: `
    @if (text(); as words) {
      <span class="dot" [class.old]="isOld()"></span> {{ words }}
    }
  `,
  styleUrl: './freshness.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Freshness {
  /** When it was read, epoch milliseconds. */
  readonly at = input<number | undefined>();

  private readonly live = inject(Live);
  private readonly ageMs = computed(() => {
    const at = this.at();
    return at === undefined ? undefined : Math.max(0, this.live.now() - at);
  });
  protected readonly isOld = computed(() => (this.ageMs() ?? 0) > FRESH_MS);
  protected readonly text = computed(() => {
    const ms = this.ageMs();
    if (ms === undefined) return undefined;
    return ms < 20_000 ? 'Up to date' : `Updated ${age(ms)}`;
  });
}
