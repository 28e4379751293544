import { ChangeDetectionStrategy, Component, computed, inject, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import { Clock, MessageSquare } from 'lucide';
import type { SessionSummaryDto } from '../api/generated/index.ts';
import { Live } from '../live/live.ts';
import { Chip } from '../ui/chip.ts';
import { clock, count, dayName, duration, readable } from '../ui/format.ts';
import { Icon } from '../ui/icon.ts';
import { sourceLabel } from '../figures/source-label.ts';
import { outcomeOf } from '../figures/outcomes.ts';
import { isLive, rowTitle } from '../figures/session-title.ts';

const SHOWN_TOPICS = 3;

/** One session as a line of the list, a link to its journey. */
@Component({
  selector: 'uja-session-row',
  imports: [Chip, Icon, RouterLink],
  templateUrl: './session-row.html',
  styleUrl: './session-row.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class SessionRow {
  readonly session = input.required<SessionSummaryDto>();
  readonly timeZone = input.required<string>();

  private readonly live = inject(Live);

  protected readonly title = computed(() => rowTitle(this.session()));
  protected readonly outcome = computed(() => outcomeOf(this.session().outcome));
  protected readonly source = computed(() => sourceLabel(this.session().attribution));
  protected readonly isLive = computed(() => isLive(this.session(), this.live.now()));
  protected readonly topics = computed(() =>
    this.session().topics.slice(0, SHOWN_TOPICS).map(readable).join(', '),
  );
  protected readonly started = computed(() => {
    const { started_at } = this.session();
    return {
      day: dayName(started_at, this.live.now(), this.timeZone()),
      time: clock(started_at, this.timeZone()),
    };
  });
  protected readonly messages = computed(() => count(this.session().message_count));
  protected readonly lasted = computed(() => duration(this.session().duration_ms));
  protected readonly icons = { Clock, MessageSquare };
}
