import {
  ChangeDetectionStrategy,
  Component,
  DOCUMENT,
  effect,
  ElementRef,
  inject,
  input,
} from '@angular/core';
import type { IconNode } from 'lucide';

const SVG = 'http://www.w3.org/2000/svg';

/** A Lucide icon, 1.15 em large, in the colour of the text. Decorative: words stand beside it. */
@Component({
  selector: 'ui-icon',
  template: '',
  styleUrl: './icon.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { 'aria-hidden': 'true' },
})
export class Icon {
  readonly icon = input.required<IconNode>();

  constructor() {
    const document = inject(DOCUMENT);
    const host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
    effect(() => {
      const svg = document.createElementNS(SVG, 'svg');
      svg.setAttribute('viewBox', '0 0 24 24');
      for (const [tag, attributes] of this.icon()) {
        const part = document.createElementNS(SVG, tag);
        for (const [name, value] of Object.entries(attributes)) part.setAttribute(name, `${value}`);
        svg.append(part);
      }
      host.replaceChildren(svg);
    });
  }
}
