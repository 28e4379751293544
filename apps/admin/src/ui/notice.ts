import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide';
import { Icon } from './icon.ts';

export type NoticeTone = 'good' | 'bad' | 'warning' | 'info';

const ICONS = { good: CircleCheck, bad: CircleAlert, warning: TriangleAlert, info: Info };

/** A sentence or two that a page has to say, with what can be done about it. */
@Component({
  selector: 'ui-notice',
  imports: [Icon],
  template: `
    <ui-icon [icon]="icon()" />
    <div><ng-content /></div>
  `,
  styleUrl: './notice.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { '[attr.data-tone]': 'tone()', '[attr.role]': "tone() === 'bad' ? 'alert' : 'status'" },
})
export class Notice {
  readonly tone = input<NoticeTone>('info');
  protected readonly icon = computed(() => ICONS[this.tone()]);
}
