import {
  afterNextRender,
  ChangeDetectionStrategy,
  Component,
  computed,
  DestroyRef,
  ElementRef,
  inject,
  input,
  signal,
} from '@angular/core';
import { Router, RouterLink, type Params } from '@angular/router';
import { LineChartModule, ScaleType } from '@swimlane/ngx-charts';
import { ChartLine, Table } from 'lucide';
import { count } from './format.ts';
import { Icon } from './icon.ts';

export interface TrendPoint {
  label: string;
  /** null of what is still to come. */
  value: number | null;
  /** Of the period before, at the same place. */
  before: number | null;
  sessions: Params | null;
}

const NOW = 'This period';
const BEFORE = 'Period before';
/** Labels below the chart: no more than this, and none over the next one where it is narrow. */
const TICKS = 8;
const CHARACTER_PX = 7;
const BETWEEN_PX = 22;
/** The scale goes this far up even where there is less: below, its steps would be fractions. */
const LEAST_TOP = 4;

/** A line over time, and a paler one for the period before; the same as a table on demand. */
@Component({
  selector: 'ui-trend-chart',
  imports: [Icon, LineChartModule, RouterLink],
  templateUrl: './trend-chart.html',
  styleUrl: './trend-chart.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TrendChart {
  readonly label = input.required<string>();
  readonly points = input.required<TrendPoint[]>();

  private readonly router = inject(Router);
  private readonly width = signal(Infinity);
  protected readonly isTable = signal(false);

  protected readonly hasBefore = computed(() =>
    this.points().some(({ before }) => before !== null),
  );
  protected readonly series = computed(() => {
    const now = this.points().flatMap(({ label, value }) =>
      value === null ? [] : [{ name: label, value }],
    );
    const lines = [{ name: NOW, series: now }];
    if (!this.hasBefore()) return lines;
    const before = this.points().map(({ label, before }) => ({ name: label, value: before ?? 0 }));
    return [{ name: BEFORE, series: before }, ...lines];
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
    const drawn = this.points().filter(({ value }) => this.hasBefore() || value !== null);
    const labels = drawn.map(({ label }) => label);
    const widest = Math.max(...labels.map(({ length }) => length)) * CHARACTER_PX + BETWEEN_PX;
    const fitting = Math.max(1, Math.min(TICKS, Math.floor(this.width() / widest)));
    const step = Math.max(1, Math.ceil(labels.length / fitting));
    return labels.filter((_, i) => i % step === 0);
  });
  protected readonly top = computed(() =>
    Math.max(LEAST_TOP, ...this.points().flatMap(({ value, before }) => [value ?? 0, before ?? 0])),
  );
  protected readonly count = count;
  protected readonly icons = { ChartLine, Table };

  constructor() {
    const { nativeElement } = inject<ElementRef<HTMLElement>>(ElementRef);
    const observer = new ResizeObserver(([entry]) => this.width.set(entry!.contentRect.width));
    afterNextRender(() => observer.observe(nativeElement));
    inject(DestroyRef).onDestroy(() => observer.disconnect());
  }

  /** To the sessions of a point; those of the period before are another range's. */
  protected open({ name, series }: { name: string; series?: string }): void {
    const point = this.points().find(({ label }) => label === name);
    if (series === BEFORE || !point?.sessions) return;
    void this.router.navigate(['/sessions'], {
      queryParams: point.sessions,
      queryParamsHandling: 'merge',
    });
  }
}
