import {
  afterRenderEffect,
  ChangeDetectionStrategy,
  Component,
  computed,
  DOCUMENT,
  ElementRef,
  inject,
  input,
  model,
  signal,
} from '@angular/core';
import { Chip } from '../../ui/chip.ts';
import { contrast, ENOUGH, toRgb } from '../../ui/contrast.ts';

const COLOUR = /^#[0-9a-f]{6}$/i;

/** A tenant's accent, and how it comes out in light and dark. */
@Component({
  selector: 'uja-accent-picker',
  imports: [Chip],
  template: `
    <div class="choose">
      <label class="swatch">
        <span class="visually-hidden">Choose the accent colour</span>
        <input #swatch type="color" [value]="valid()" (input)="color.set(swatch.value)" />
      </label>
      <label class="code">
        <span class="visually-hidden">Accent colour as #rrggbb</span>
        <input
          #code
          class="field"
          spellcheck="false"
          autocomplete="off"
          [value]="color()"
          [attr.aria-invalid]="error() ? 'true' : null"
          aria-describedby="accent-note"
          (input)="color.set(code.value)"
        />
      </label>
    </div>
    <p id="accent-note" [class.error]="error()">
      {{
        error() ||
          'The console takes the hue and sets the lightness itself, so that it stays readable.'
      }}
    </p>
    <div class="previews">
      @for (scheme of schemes; track scheme) {
        <div
          class="preview brand-scope"
          [style.color-scheme]="scheme"
          [style.--brand]="valid()"
          [attr.data-scheme]="scheme"
        >
          <p class="overline">{{ scheme === 'light' ? 'Light' : 'Dark' }}</p>
          <p class="fill" data-measure="fill">Filled button</p>
          <p class="words" data-measure="words">Link or number</p>
          @if (measured()[scheme]; as ratio) {
            <ui-chip [tone]="ratio.isEnough ? 'accent' : 'danger'"
              >{{ ratio.isEnough ? 'Readable' : 'Hard to read' }}, {{ ratio.text }}</ui-chip
            >
          }
        </div>
      }
    </div>
  `,
  styleUrl: './accent-picker.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class AccentPicker {
  readonly color = model.required<string>();
  readonly error = input('');

  private readonly document = inject(DOCUMENT);
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;

  protected readonly schemes = ['light', 'dark'] as const;
  private lastValid = '#059669';
  /** The colour, or the last one that was one. */
  protected readonly valid = computed(() => {
    if (COLOUR.test(this.color())) this.lastValid = this.color().toLowerCase();
    return this.lastValid;
  });
  protected readonly measured = signal<
    Partial<Record<'light' | 'dark', { text: string; isEnough: boolean }>>
  >({});

  constructor() {
    afterRenderEffect(() => {
      this.valid();
      this.measured.set(
        Object.fromEntries(this.schemes.map((scheme) => [scheme, this.measure(scheme)])),
      );
    });
  }

  /** The smaller of both contrasts, of the colours as they are on the screen. */
  private measure(scheme: string): { text: string; isEnough: boolean } | undefined {
    const preview = this.host.querySelector(`[data-scheme='${scheme}']`);
    const style = (element: Element | null | undefined): CSSStyleDeclaration | undefined =>
      element ? this.document.defaultView?.getComputedStyle(element) : undefined;
    const ground = style(preview)?.backgroundColor;
    const fill = style(preview?.querySelector('[data-measure=fill]'));
    const words = style(preview?.querySelector('[data-measure=words]'));
    if (!ground || !fill || !words) return undefined;
    const ratios = [
      [fill.color, fill.backgroundColor],
      [words.color, ground],
    ].map(([one = '', other = '']) => {
      const [a, b] = [toRgb(one, this.document), toRgb(other, this.document)];
      return a && b ? contrast(a, b) : 0;
    });
    const least = Math.min(...ratios);
    return { text: `${least.toFixed(1)} : 1`, isEnough: least >= ENOUGH };
  }
}
