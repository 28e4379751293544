import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import { RouterLink, type Params } from '@angular/router';
import { count, hourOfDay, weekdayName } from './format.ts';

export interface HeatCell {
  /** Monday is 1. */
  weekday: number;
  fromHour: number;
  value: number;
  sessions: Params | null;
}

const SHADES = 5;

/** Numbered tiles, a row per weekday: it is the table that a screen reader reads, too. */
@Component({
  selector: 'ui-heat-map',
  imports: [RouterLink],
  template: `
    <div class="table-scroll" role="group" [attr.aria-label]="label()" tabindex="0">
      <table>
        <caption class="visually-hidden">
          {{
            label()
          }}
        </caption>
        <thead>
          <tr>
            <td></td>
            @for (hour of hours(); track hour.from) {
              <th scope="col" class="numeric">{{ hour.name }}</th>
            }
          </tr>
        </thead>
        <tbody>
          @for (row of rows(); track row.weekday) {
            <tr>
              <th scope="row">{{ row.name }}</th>
              @for (cell of row.cells; track cell.fromHour) {
                <td>
                  @if (cell.sessions && cell.value > 0) {
                    <a
                      class="tile numeric"
                      [attr.data-shade]="cell.shade"
                      [routerLink]="['/sessions']"
                      [queryParams]="cell.sessions"
                      queryParamsHandling="merge"
                      >{{ cell.figure }}</a
                    >
                  } @else {
                    <span class="tile numeric" [attr.data-shade]="cell.shade">{{
                      cell.figure
                    }}</span>
                  }
                </td>
              }
            </tr>
          }
        </tbody>
      </table>
    </div>
  `,
  styleUrl: './heat-map.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class HeatMap {
  readonly label = input.required<string>();
  readonly cells = input.required<HeatCell[]>();

  protected readonly hours = computed(() =>
    [...new Set(this.cells().map(({ fromHour }) => fromHour))]
      .sort((a, b) => a - b)
      .map((from) => ({ from, name: hourOfDay(from) })),
  );
  protected readonly rows = computed(() => {
    const most = Math.max(...this.cells().map(({ value }) => value), 0);
    return [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({
      weekday,
      name: weekdayName(weekday),
      cells: this.cells()
        .filter((cell) => cell.weekday === weekday)
        .sort((a, b) => a.fromHour - b.fromHour)
        .map((cell) => ({
          ...cell,
          figure: count(cell.value),
          shade: most === 0 ? 0 : Math.ceil((cell.value / most) * SHADES),
        })),
    }));
  });
}
