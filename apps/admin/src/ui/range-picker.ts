import { ChangeDetectionStrategy, Component, computed, inject, input, signal } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import { isoDay, shiftDay } from './format.ts';
import { PRESET_DAYS, rangeToParams, type Range } from './range.ts';

/** Summaries are kept for this many days. */
const KEPT_DAYS = 90;

/** 1, 7, 30, 90 days or two dates; what is chosen goes into the address. */
@Component({
  selector: 'ui-range-picker',
  imports: [RouterLink],
  templateUrl: './range-picker.html',
  styleUrl: './range-picker.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class RangePicker {
  readonly range = input.required<Range>();
  /** Days are days there. */
  readonly timeZone = input.required<string>();

  private readonly router = inject(Router);

  protected readonly presets = PRESET_DAYS.map((days) => ({
    days,
    label: days === 1 ? 'Today' : `${days} days`,
    params: { ...rangeToParams({ kind: 'last', days }), cursor: null },
  }));
  protected readonly chosen = computed(() => {
    const range = this.range();
    return range.kind === 'last' ? range.days : 'custom';
  });
  protected readonly today = computed(() => isoDay(Date.now(), this.timeZone()));
  protected readonly earliest = computed(() => shiftDay(this.today(), 1 - KEPT_DAYS));
  protected readonly isOpen = signal(false);

  protected readonly days = computed(() => {
    const range = this.range();
    if (range.kind === 'custom') return { from: range.from, to: range.to };
    return { from: shiftDay(this.today(), 1 - range.days), to: this.today() };
  });

  protected choose(from: string, to: string): void {
    if (!from || !to) return;
    const range: Range =
      from <= to ? { kind: 'custom', from, to } : { kind: 'custom', from: to, to: from };
    this.isOpen.set(false);
    void this.router.navigate([], {
      queryParams: { ...rangeToParams(range), cursor: null },
      queryParamsHandling: 'merge',
    });
  }
}
