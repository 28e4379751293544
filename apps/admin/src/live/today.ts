import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { count } from '../ui/format.ts';
import { Live } from './live.ts';

/** Today's counters as they change; nothing while nobody tells of them. */
@Component({
  selector: 'live-today',
  template: `
    @if (figures(); as figures) {
      <section class="card" aria-label="Today so far">
        <dl>
          @for (figure of figures; track figure.label) {
            <div>
              <dt>{{ figure.label }}</dt>
              <dd class="numeric">{{ figure.value }}</dd>
            </div>
          }
        </dl>
      </section>
    }
  `,
  styleUrl: './today.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Today {
  private readonly live = inject(Live);

  protected readonly figures = computed(() => {
    const today = this.live.counters();
    return (
      today && [
        { label: 'Open now', value: count(today.open_sessions) },
        { label: 'Sessions today', value: count(today.sessions) },
        { label: 'Conversations', value: count(today.conversations) },
        { label: 'Messages', value: count(today.messages) },
        { label: 'Forms completed', value: count(today.completed) },
      ]
    );
  });
}
