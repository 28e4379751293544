import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import { ArrowLeft } from 'lucide';
import { Icon } from './icon.ts';

/** Above a page's title: to the list that it belongs to. */
@Component({
  selector: 'ui-back-link',
  imports: [Icon, RouterLink],
  template: `
    <a [routerLink]="to()" queryParamsHandling="merge">
      <ui-icon [icon]="icons.ArrowLeft" /> {{ label() }}
    </a>
  `,
  styles: `
    :host {
      display: block;
      margin-bottom: 10px;
      font-size: 0.9rem;
    }

    a {
      display: inline-flex;
      align-items: center;
      gap: 7px;
      color: var(--muted);
      text-decoration: none;
    }

    a:hover {
      color: var(--accent);
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class BackLink {
  readonly to = input.required<string>();
  readonly label = input.required<string>();
  protected readonly icons = { ArrowLeft };
}
