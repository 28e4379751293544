import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import type { SessionSummaryDto } from '../api/generated/index.ts';
import { Chip } from '../ui/chip.ts';
import { clock, count, day, duration, fullTime, readable } from '../ui/format.ts';
import { attributionFacts, sourceLabel } from '../figures/source-label.ts';
import { completeness } from './completeness.ts';
import { outcomeOf } from '../figures/outcomes.ts';
import { rowTitle } from '../figures/session-title.ts';

const ENDS = {
  client: 'closed by the visitor',
  unload: 'left the page',
  timeout: 'went silent',
} as const;

/** What is known of a session as a whole, around its timeline. */
@Component({
  selector: 'uja-journey-facts',
  imports: [Chip],
  templateUrl: './journey-facts.html',
  styleUrl: './journey-facts.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class JourneyFacts {
  readonly session = input.required<SessionSummaryDto>();
  readonly timeZone = input.required<string>();
  readonly hidesText = input(false);

  protected readonly heading = computed(() => rowTitle(this.session()).text);
  protected readonly outcome = computed(() => outcomeOf(this.session().outcome));
  protected readonly source = computed(() => sourceLabel(this.session().attribution));
  protected readonly origin = computed(() => attributionFacts(this.session().attribution));
  protected readonly complete = computed(() => completeness(this.session()));
  protected readonly topics = computed(() => this.session().topics.map(readable));
  protected readonly when = computed(() => {
    const { started_at } = this.session();
    return {
      day: day(started_at, this.timeZone()),
      time: clock(started_at, this.timeZone()),
      full: fullTime(started_at, this.timeZone()),
    };
  });
  protected readonly figures = computed(() => {
    const session = this.session();
    const { response_count, response_time_ms_sum } = session;
    return [
      { label: 'Duration', value: duration(session.duration_ms) },
      { label: 'Messages', value: count(session.message_count) },
      {
        label: 'Average answer',
        value: response_count > 0 ? duration(response_time_ms_sum / response_count) : '–',
      },
      { label: 'Events', value: count(session.event_count) },
    ];
  });
  protected readonly end = computed(() => {
    const { closed_by } = this.session();
    return closed_by === null ? 'still going on' : ENDS[closed_by];
  });
  protected readonly device = computed(() => {
    const width = this.session().context?.['viewport_width'];
    const height = this.session().context?.['viewport_height'];
    if (typeof width !== 'number') return undefined;
    const kind = width < 600 ? 'Phone' : width < 1_000 ? 'Tablet' : 'Computer';
    return typeof height === 'number' ? `${kind}, ${width} × ${height}` : kind;
  });
}
