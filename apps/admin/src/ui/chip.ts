import { ChangeDetectionStrategy, Component, input } from '@angular/core';

export type Tone = 'neutral' | 'accent' | 'danger' | 'warning' | 'info';

/** A few words on a tinted ground. */
@Component({
  selector: 'ui-chip',
  template: '<ng-content />',
  styleUrl: './chip.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { '[attr.data-tone]': 'tone()' },
})
export class Chip {
  readonly tone = input<Tone>('neutral');
}
