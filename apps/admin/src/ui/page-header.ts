import { ChangeDetectionStrategy, Component, input } from '@angular/core';

/** A page's title with what belongs to it on the right: range, freshness, actions. */
@Component({
  selector: 'ui-page-header',
  template: `
    <div class="words">
      <h1>{{ heading() }}</h1>
      @if (text()) {
        <p>{{ text() }}</p>
      }
    </div>
    <div class="tools"><ng-content /></div>
  `,
  styleUrl: './page-header.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class PageHeader {
  readonly heading = input.required<string>();
  readonly text = input('');
}
