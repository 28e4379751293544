import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import { RouterLink, type Params } from '@angular/router';

export interface Pill {
  /** What the address says; null: nothing, which is the default. */
  id: string | null;
  label: string;
  /** How many there are of it. */
  count?: string;
}

/** The choice of no choice. */
export const ALL: Pill = { id: null, label: 'All' };

/** A choice that lives in the address, as a row of links. */
@Component({
  selector: 'ui-pills',
  imports: [RouterLink],
  template: `
    <nav [attr.aria-label]="label()">
      @for (link of links(); track link.id) {
        <a
          [routerLink]="[]"
          [queryParams]="link.params"
          queryParamsHandling="merge"
          [attr.aria-current]="link.isCurrent ? 'true' : null"
          >{{ link.label }}
          @if (link.count !== undefined) {
            <span class="numeric">{{ link.count }}</span>
          }
        </a>
      }
    </nav>
  `,
  styleUrl: './pills.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Pills {
  readonly label = input.required<string>();
  readonly pills = input.required<readonly Pill[]>();
  readonly current = input.required<string | null>();
  /** Of the address. */
  readonly param = input.required<string>();
  /** Parameters that the choice takes away: the place in a list that is another one now. */
  readonly resets = input<readonly string[]>([]);

  protected readonly links = computed(() =>
    this.pills().map((pill) => ({
      ...pill,
      isCurrent: pill.id === this.current(),
      params: {
        ...Object.fromEntries(this.resets().map((name) => [name, null])),
        [this.param()]: pill.id,
      } satisfies Params,
    })),
  );
}
