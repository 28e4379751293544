import { ChangeDetectionStrategy, Component, computed, input, model } from '@angular/core';
import type { LineMark } from './json-text.ts';

/** Lines that are shown before it scrolls. */
const MOST_LINES = 26;

/** A plain text area for JSON, with line numbers, of which those with something to say are marked. */
@Component({
  selector: 'ui-json-editor',
  template: `
    <label [class.visually-hidden]="!isLabelShown()" [for]="id()">{{ label() }}</label>
    <div class="editor" [class.wrong]="marks().length > 0">
      <div #gutter class="gutter" aria-hidden="true">
        @for (line of lines(); track line.number) {
          <span [class.marked]="line.isMarked">{{ line.number }}</span>
        }
      </div>
      <textarea
        #box
        [id]="id()"
        [rows]="rows()"
        [placeholder]="placeholder()"
        wrap="off"
        autocomplete="off"
        autocapitalize="off"
        spellcheck="false"
        [attr.aria-invalid]="marks().length > 0 ? 'true' : null"
        [attr.aria-describedby]="marks().length > 0 ? id() + '-marks' : null"
        [value]="value()"
        (input)="value.set(box.value)"
        (scroll)="gutter.scrollTop = box.scrollTop"
      ></textarea>
    </div>
    @if (marks().length > 0) {
      <ul [id]="id() + '-marks'" aria-live="polite">
        @for (mark of marks(); track $index) {
          <li>
            <button type="button" class="numeric" (click)="goTo(box, mark.line)">
              Line {{ mark.line }}
            </button>
            {{ mark.message }}
          </li>
        }
      </ul>
    }
  `,
  styleUrl: './json-editor.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class JsonEditor {
  /** Unique on the page. */
  readonly name = input.required<string>();
  readonly label = input.required<string>();
  readonly isLabelShown = input(true);
  readonly value = model('');
  readonly marks = input<readonly LineMark[]>([]);
  readonly placeholder = input('');
  readonly minRows = input(12);

  protected readonly id = computed(() => `json-${this.name()}`);
  private readonly count = computed(() => this.value().split('\n').length);
  protected readonly rows = computed(() =>
    Math.min(Math.max(this.count(), this.minRows()), MOST_LINES),
  );
  protected readonly lines = computed(() => {
    const marked = new Set(this.marks().map(({ line }) => line));
    return Array.from({ length: this.count() }, (_, i) => ({
      number: i + 1,
      isMarked: marked.has(i + 1),
    }));
  });

  /** Selects the line, which brings it into view. */
  protected goTo(box: HTMLTextAreaElement, line: number): void {
    const before = this.value()
      .split('\n')
      .slice(0, line - 1)
      .join('\n');
    const start = line === 1 ? 0 : before.length + 1;
    const end = this.value().indexOf('\n', start);
    box.focus();
    box.setSelectionRange(start, end === -1 ? this.value().length : end);
  }
}
