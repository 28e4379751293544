import { CdkMenu, CdkMenuItem, CdkMenuTrigger } from '@angular/cdk/menu';
import { ChangeDetectionStrategy, Component, inject, input } from '@angular/core';
import { Download } from 'lucide';
import { Icon } from '../ui/icon.ts';
import { Downloads } from './downloads.ts';
import type { ExportChoice } from './export-choice.ts';

/** A button with the files that a table or page can be downloaded as. */
@Component({
  selector: 'uja-export-menu',
  imports: [CdkMenu, CdkMenuItem, CdkMenuTrigger, Icon],
  template: `
    <button type="button" class="button" [class.icon]="isSmall()" [cdkMenuTriggerFor]="menu">
      <ui-icon [icon]="icons.Download" />
      @if (isSmall()) {
        <span class="visually-hidden">Export {{ of() }}</span>
      } @else {
        Export<span class="visually-hidden"> {{ of() }}</span>
      }
    </button>
    <ng-template #menu>
      <div class="floating-menu" cdkMenu [attr.aria-label]="'Export ' + of()">
        @for (choice of choices(); track $index) {
          <button type="button" cdkMenuItem (cdkMenuItemTriggered)="downloads.start(choice)">
            <span>{{ choice.label }}</span>
            <span class="muted">{{ choice.name }}</span>
          </button>
        }
      </div>
    </ng-template>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ExportMenu {
  readonly choices = input.required<readonly ExportChoice[]>();
  /** What is exported, in words. */
  readonly of = input.required<string>();
  readonly isSmall = input(true);

  protected readonly downloads = inject(Downloads);
  protected readonly icons = { Download };
}
