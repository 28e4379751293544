import { ChangeDetectionStrategy, Component, input } from '@angular/core';

/** A card with a heading. What belongs beside the heading carries `panel-tool`. */
@Component({
  selector: 'ui-panel',
  template: `
    <header>
      <div>
        <h2>{{ heading() }}</h2>
        @if (text()) {
          <p>{{ text() }}</p>
        }
      </div>
      <div class="tools"><ng-content select="[panel-tool]" /></div>
    </header>
    <ng-content />
  `,
  styleUrl: './panel.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'card', role: 'region', '[attr.aria-label]': 'heading()' },
})
export class Panel {
  readonly heading = input.required<string>();
  readonly text = input('');
}
