import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import { RouterLink, type Params } from '@angular/router';
import { count, percent } from './format.ts';

export interface Bar {
  label: string;
  value: number;
  /** Of the whole; shown where it is known. */
  share?: number | null;
  /** Instead of the value's digits. */
  text?: string;
  note?: string;
  sessions?: Params | null;
}

/** Horizontal bars, each with its words and figure: a chart that is its own table. */
@Component({
  selector: 'ui-bar-list',
  imports: [RouterLink],
  template: `
    <ul>
      @for (bar of drawn(); track $index) {
        <li>
          <span class="line">
            <span class="label">
              @if (bar.sessions) {
                <a
                  [routerLink]="['/sessions']"
                  [queryParams]="bar.sessions"
                  queryParamsHandling="merge"
                  >{{ bar.label }}</a
                >
              } @else {
                {{ bar.label }}
              }
              @if (bar.note) {
                <span class="note">{{ bar.note }}</span>
              }
            </span>
            <span class="figure numeric">
              <span class="count">{{ bar.figure }}</span>
              @if (bar.part) {
                <span class="part">{{ bar.part }}</span>
              }
            </span>
          </span>
          <span class="track" [attr.data-tone]="tone()"
            ><span [style.inline-size.%]="bar.width"></span
          ></span>
        </li>
      }
    </ul>
  `,
  styleUrl: './bar-list.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class BarList {
  readonly bars = input.required<Bar[]>();
  readonly tone = input<'accent' | 'danger'>('accent');

  protected readonly drawn = computed(() => {
    const most = Math.max(...this.bars().map(({ value }) => value), 0);
    return this.bars().map((bar) => ({
      ...bar,
      width: most === 0 ? 0 : (bar.value / most) * 100,
      figure: bar.text ?? count(bar.value),
      part: bar.share === undefined || bar.share === null ? '' : percent(bar.share),
    }));
  });
}
