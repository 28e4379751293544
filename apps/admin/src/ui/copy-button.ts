import { ChangeDetectionStrategy, Component, inject, input, signal, DOCUMENT } from '@angular/core';
import { Check, Copy } from 'lucide';
import { Icon } from './icon.ts';

const SHOWN_MS = 2_000;

/** Copies a text, and says that it did. */
@Component({
  selector: 'ui-copy-button',
  imports: [Icon],
  template: `
    <button type="button" class="button" (click)="copy()">
      <ui-icon [icon]="isCopied() ? icons.Check : icons.Copy" />
      <span aria-live="polite">{{ isCopied() ? 'Copied' : 'Copy' }}</span>
      <span class="visually-hidden">{{ what() }}</span>
    </button>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class CopyButton {
  readonly text = input.required<string>();
  /** "the write key" */
  readonly what = input('');

  private readonly clipboard = inject(DOCUMENT).defaultView?.navigator.clipboard;
  protected readonly isCopied = signal(false);
  protected readonly icons = { Check, Copy };

  protected async copy(): Promise<void> {
    await this.clipboard?.writeText(this.text());
    this.isCopied.set(true);
    setTimeout(() => this.isCopied.set(false), SHOWN_MS);
  }
}
