import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import { ArrowRight, ChevronsLeft } from 'lucide';
import { Icon } from './icon.ts';

/**
 * From page to page of a list that is newest first: the address holds the `cursor`. What it contains
 * stands between the two ways.
 */
@Component({
  selector: 'ui-list-pages',
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
        <ng-content />
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
  styleUrl: './list-pages.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ListPages {
  /** Of the page that is shown; none on the first. */
  readonly cursor = input<string | undefined>();
  /** Of the page after it; none on the last. */
  readonly next = input<string | null>();
  protected readonly icons = { ArrowRight, ChevronsLeft };
}
