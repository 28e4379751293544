import { ChangeDetectionStrategy, Component, computed, inject, input } from '@angular/core';
import { Freshness } from '../live/freshness.ts';
import { CurrentTenant } from '../session/tenant.ts';
import { PageHeader } from '../ui/page-header.ts';
import { RangePicker } from '../ui/range-picker.ts';
import type { Range } from '../ui/range.ts';

/** Title, freshness and range of a dashboard. */
@Component({
  selector: 'uja-figures-header',
  imports: [Freshness, PageHeader, RangePicker],
  template: `
    <ui-page-header [heading]="heading()" [text]="text()">
      <live-freshness [at]="readAt()" />
      <ui-range-picker [range]="range()" [timeZone]="zone()" />
    </ui-page-header>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class FiguresHeader {
  readonly heading = input.required<string>();
  readonly text = input('');
  readonly range = input.required<Range>();
  readonly readAt = input<number | undefined>();

  private readonly tenant = inject(CurrentTenant);
  protected readonly zone = computed(() => this.tenant.timeZone());
}
