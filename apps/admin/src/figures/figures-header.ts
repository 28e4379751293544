import { ChangeDetectionStrategy, Component, computed, inject, input } from '@angular/core';
import { ExportMenu } from '../exports/export-menu.ts';
import { reportExport, type Dashboard, type ExportChoice } from '../exports/export-choice.ts';
import { Freshness } from '../live/freshness.ts';
import { CurrentTenant } from '../session/tenant.ts';
import { PageHeader } from '../ui/page-header.ts';
import { RangePicker } from '../ui/range-picker.ts';
import { isOver, rangeToQuery, type Range } from '../ui/range.ts';

/** Title, freshness, range and downloads of a dashboard. */
@Component({
  selector: 'uja-figures-header',
  imports: [ExportMenu, Freshness, PageHeader, RangePicker],
  template: `
    <ui-page-header [heading]="heading()" [text]="text()">
      <live-freshness [at]="readAt()" [isPast]="isPast()" />
      <ui-range-picker [range]="range()" [timeZone]="tenant.timeZone()" />
      @if (choices().length > 0) {
        <uja-export-menu [of]="heading()" [choices]="choices()" [isSmall]="false" />
      }
    </ui-page-header>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class FiguresHeader {
  readonly heading = input.required<string>();
  readonly text = input('');
  readonly range = input.required<Range>();
  readonly readAt = input<number | undefined>();
  /** Which of the service's reports this page is. */
  readonly report = input<Dashboard | undefined>();
  /** What the page has besides. */
  readonly exports = input<readonly ExportChoice[]>([]);

  protected readonly tenant = inject(CurrentTenant);
  protected readonly isPast = computed(() => isOver(this.range(), this.tenant.timeZone()));
  protected readonly choices = computed(() => {
    const report = this.report();
    const tenant = this.tenant.hash();
    if (report === undefined || tenant === undefined) return this.exports();
    return [reportExport(report, tenant, rangeToQuery(this.range())), ...this.exports()];
  });
}
