import { ChangeDetectionStrategy, Component, computed, input, model } from '@angular/core';

/** One labelled input, with a hint or what is wrong below it. */
@Component({
  selector: 'ui-text-field',
  template: `
    <label [for]="id()">{{ label() }}</label>
    @if (rows() > 1) {
      <textarea
        #area
        class="field"
        [class.mono]="isMono()"
        [id]="id()"
        [rows]="rows()"
        [placeholder]="placeholder()"
        spellcheck="false"
        [attr.aria-invalid]="error() ? 'true' : null"
        [attr.aria-describedby]="described()"
        [value]="value()"
        (input)="value.set(area.value)"
      ></textarea>
    } @else {
      <span class="line">
        <input
          #line
          class="field"
          [class.mono]="isMono()"
          [id]="id()"
          [type]="type()"
          [placeholder]="placeholder()"
          [attr.list]="options().length > 0 ? id() + '-options' : null"
          [attr.inputmode]="inputMode() || null"
          [attr.min]="min() || null"
          [attr.max]="max() || null"
          [attr.aria-invalid]="error() ? 'true' : null"
          [attr.aria-describedby]="described()"
          autocomplete="off"
          spellcheck="false"
          [value]="value()"
          (input)="value.set(line.value)"
        />
        @if (suffix()) {
          <span class="suffix">{{ suffix() }}</span>
        }
      </span>
      @if (options().length > 0) {
        <datalist [id]="id() + '-options'">
          @for (option of options(); track option) {
            <option [value]="option"></option>
          }
        </datalist>
      }
    }
    @if (error()) {
      <p class="error" [id]="id() + '-note'">{{ error() }}</p>
    } @else if (hint()) {
      <p [id]="id() + '-note'">{{ hint() }}</p>
    }
  `,
  styleUrl: './text-field.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TextField {
  /** Unique on the page. */
  readonly name = input.required<string>();
  readonly label = input.required<string>();
  readonly value = model('');
  readonly hint = input('');
  readonly error = input('');
  readonly placeholder = input('');
  readonly suffix = input('');
  readonly type = input<'text' | 'date' | 'time' | 'password' | 'search'>('text');
  readonly inputMode = input<'' | 'numeric' | 'decimal'>('');
  readonly min = input('');
  readonly max = input('');
  /** More than one makes it a field of several lines. */
  readonly rows = input(1);
  readonly isMono = input(false);
  /** Offered while one types. */
  readonly options = input<readonly string[]>([]);

  protected readonly id = computed(() => `field-${this.name()}`);
  protected readonly described = computed(() =>
    this.error() || this.hint() ? `${this.id()}-note` : null,
  );
}
