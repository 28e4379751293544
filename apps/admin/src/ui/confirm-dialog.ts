import { ChangeDetectionStrategy, Component, computed, input, output, signal } from '@angular/core';
import { Dialog } from './dialog.ts';
import { Notice } from './notice.ts';
import { actionProblem } from './problem-text.ts';
import { TextField } from './text-field.ts';

/** Asks before something is done, and says when it did not work. */
@Component({
  selector: 'ui-confirm-dialog',
  imports: [Dialog, Notice, TextField],
  template: `
    <ui-dialog [heading]="heading()" (dismissed)="dismissed.emit()">
      <form (submit)="$event.preventDefault(); confirm()">
        <div class="words"><ng-content /></div>
        @if (phrase(); as wanted) {
          <ui-text-field
            name="confirmation"
            [label]="'To confirm, type ' + wanted"
            [isMono]="true"
            [(value)]="typed"
          />
        }
        @if (problem(); as text) {
          <ui-notice tone="bad">{{ text }}</ui-notice>
        }
        <div class="actions">
          <button type="button" class="button" (click)="dismissed.emit()">Cancel</button>
          <button
            type="submit"
            class="button"
            [class.danger]="isDangerous()"
            [class.primary]="!isDangerous()"
            [disabled]="isBusy() || !isConfirmed()"
          >
            {{ isBusy() ? 'Working…' : label() }}
          </button>
        </div>
      </form>
    </ui-dialog>
  `,
  styles: `
    form,
    .words {
      display: grid;
      gap: 12px;
    }

    form {
      gap: 18px;
    }

    .words {
      color: var(--muted);
      overflow-wrap: anywhere;
    }

    .actions {
      display: flex;
      flex-wrap: wrap;
      justify-content: end;
      gap: 10px;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ConfirmDialog {
  readonly heading = input.required<string>();
  /** What the button says: the deed, not "OK". */
  readonly label = input.required<string>();
  readonly isDangerous = input(false);
  readonly isBusy = input(false);
  /** Has to be typed before it can be confirmed. */
  readonly phrase = input('');
  /** Why it did not work. */
  readonly error = input<unknown>(undefined);
  readonly confirmed = output();
  readonly dismissed = output();

  protected readonly typed = signal('');
  protected readonly isConfirmed = computed(
    () => this.phrase() === '' || this.typed().trim() === this.phrase(),
  );
  protected readonly problem = computed(() =>
    this.error() === undefined ? '' : actionProblem(this.error()),
  );

  protected confirm(): void {
    if (!this.isBusy() && this.isConfirmed()) this.confirmed.emit();
  }
}
