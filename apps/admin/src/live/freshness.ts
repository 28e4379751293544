import { ChangeDetectionStrategy, Component, computed, inject, input } from '@angular/core';
import { CurrentTenant } from '../session/tenant.ts';
import { age, clockSeconds } from '../ui/format.ts';
import { Live } from './live.ts';

const FRESH_MS = 20_000;
/** Beside a stream, what did not change is not read again: it has no age. */
const OLD_MS = 90_000;

/** How old the figures beside it are. */
@Component({
  selector: 'live-freshness',
  template: `
    @if (mark(); as mark) {
      <span class="mark" [attr.data-kind]="mark.kind" [title]="mark.title">
        <span class="dot"></span> {{ mark.text }}
      </span>
    }
  `,
  styleUrl: './freshness.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Freshness {
  /** When it was read, epoch milliseconds; the oldest where there are several. */
  readonly at = input<number | undefined>();
  /** Whether what is shown can change at all: days that are over do not, but for late events. */
  readonly isPast = input(false);

  private readonly live = inject(Live);
  private readonly tenant = inject(CurrentTenant);

  protected readonly mark = computed(() => {
    const at = this.at();
    if (at === undefined) return undefined;
    const ms = Math.max(0, this.live.now() - at);
    const title = `Read at ${clockSeconds(at, this.tenant.timeZone())}`;
    if (this.isPast()) return { kind: 'past', text: 'Days that are over', title };
    if (ms > OLD_MS) return { kind: 'old', text: `Updated ${age(ms)}`, title };
    if (this.live.connection() === 'streaming') return { kind: 'live', text: 'Live', title };
    return { kind: 'fresh', text: ms < FRESH_MS ? 'Up to date' : `Updated ${age(ms)}`, title };
  });
}
