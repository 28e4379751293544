import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import { LineChartModule, ScaleType } from '@swimlane/ngx-charts';
import { count } from './format.ts';

export interface TrendPoint {
  label: string;
  value: number;
  /** Of the period before, at the same place. */
  before: number | null;
}

/** A line over time, and a paler one for the period before. */
@Component({
  selector: 'ui-trend-chart',
  imports: [LineChartModule],
  templateUrl: './trend-chart.html',
  styleUrl: './trend-chart.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TrendChart {
  readonly label = input.required<string>();
  readonly points = input.required<TrendPoint[]>();

  protected readonly hasBefore = computed(() =>
    this.points().some(({ before }) => before !== null),
  );
  protected readonly series = computed(() => {
    const now = this.points().map(({ label, value }) => ({ name: label, value }));
    const lines = [{ name: 'This period', series: now }];
    if (!this.hasBefore()) return lines;
    const before = this.points().map(({ label, before }) => ({ name: label, value: before ?? 0 }));
    return [{ name: 'Period before', series: before }, ...lines];
  });
  protected readonly colours = computed(() => ({
    name: 'trend',
    selectable: false,
    group: ScaleType.Ordinal,
    domain: this.hasBefore()
      ? ['var(--line-strong)', 'var(--accent-fill)']
      : ['var(--accent-fill)'],
  }));
  protected readonly ticks = computed(() => {
    const labels = this.points().map(({ label }) => label);
    const step = Math.max(1, Math.ceil(labels.length / 8));
    return labels.filter((_, i) => i % step === 0);
  });
  protected readonly count = count;
}
