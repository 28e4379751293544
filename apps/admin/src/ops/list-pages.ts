import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import { ArrowRight, ChevronsLeft } from 'lucide';
import { Icon } from '../ui/icon.ts';

/** From page to page of a list that is newest first: the address holds the `cursor`. */
@Component({
  selector: 'uja-list-pages',
  imports: [Icon, RouterLink],
  template: `
    @if (cursor() || next()) {
      <nav class="pages" aria-label="Pages of the list">
        @if (cursor()) {
          <a
            class="button"
            [routerLink]="[]"
            [queryParams]="{ cursor: null }"
            queryParamsHandling="merge"
          >
            <ui-icon [icon]="icons.ChevronsLeft" /> Newest
          </a>
        }
        @if (next(); as next) {
          <a
            class="button onward"
            [routerLink]="[]"
            [queryParams]="{ cursor: next }"
            queryParamsHandling="merge"
          >
            Older <ui-icon [icon]="icons.ArrowRight" />
          </a>
        }
      </nav>
    }
  `,
  styleUrl: './pages.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ListPages {
  /** Of the page that is shown; none on the first. */
  readonly cursor = input<string | undefined>();
  /** Of the page after it; none on the last. */
  readonly next = input<string | null>();
  protected readonly icons = { ArrowRight, ChevronsLeft };
}
