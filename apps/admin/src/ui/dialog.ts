import {
  afterNextRender,
  ChangeDetectionStrategy,
  Component,
  DestroyRef,
  inject,
  input,
  output,
  viewChild,
  type ElementRef,
} from '@angular/core';

let count = 0;

/**
 * A modal as the browser has it: the page behind is inert, Escape dismisses it, focus goes back to
 * where it was. It is there as long as its element is.
 */
@Component({
  selector: 'ui-dialog',
  template: `
    <dialog
      #box
      [attr.aria-labelledby]="id"
      (cancel)="$event.preventDefault(); dismissed.emit()"
      [attr.closedby]="isLight() ? 'any' : 'closerequest'"
    >
      <div class="content">
        <h2 [id]="id">{{ heading() }}</h2>
        <ng-content />
      </div>
    </dialog>
  `,
  styleUrl: './dialog.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Dialog {
  readonly heading = input.required<string>();
  /** Whether a click beside it dismisses it, too: not where something would be lost. */
  readonly isLight = input(true);
  readonly dismissed = output();

  private readonly box = viewChild.required<ElementRef<HTMLDialogElement>>('box');
  protected readonly id = `dialog-${(count += 1)}`;

  constructor() {
    const opener = document.activeElement;
    afterNextRender(() => this.box().nativeElement.showModal());
    // Browsers give focus back when a dialog is closed, but not when its element is taken away.
    inject(DestroyRef).onDestroy(() => {
      this.box().nativeElement.close();
      if (document.activeElement === document.body && opener instanceof HTMLElement) opener.focus();
    });
  }
}
