import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { RouterLink } from '@angular/router';
import { ArrowRight } from 'lucide';
import { call } from '../api/api.ts';
import { sessionsList } from '../api/generated/index.ts';
import { figures, pageScope } from '../figures/figures.ts';
import { outcomeOf } from '../figures/outcomes.ts';
import { WITHOUT_PAGE_PARAMS } from '../figures/sessions-link.ts';
import { isLive, rowTitle } from '../figures/session-title.ts';
import { sourceLabel } from '../figures/source-label.ts';
import { Live } from '../live/live.ts';
import { Chip } from '../ui/chip.ts';
import { clock, count, dayName } from '../ui/format.ts';
import { Icon } from '../ui/icon.ts';
import { Panel } from '../ui/panel.ts';
import { StateView } from '../ui/state.ts';

const LATEST = 7;
/** As the figures beside it count. */
const COUNTED = { conversation: true, traffic: 'visitor' } as const;

/** The latest conversations; the list of sessions has all of them, with filters. */
@Component({
  selector: 'uja-recent-conversations',
  imports: [Chip, Icon, Panel, RouterLink, StateView],
  templateUrl: './recent-conversations.html',
  styleUrl: './recent-conversations.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class RecentConversations {
  private readonly live = inject(Live);
  protected readonly scope = pageScope();

  protected readonly recent = figures(
    this.scope,
    (ask: Parameters<typeof sessionsList>[0]) => call(sessionsList(ask)),
    {
      more: () => ({ ...COUNTED, limit: LATEST }),
      isEmpty: ({ items }) => items.length === 0,
    },
  );
  protected readonly rows = computed(() => {
    const [zone, now] = [this.scope.tenant.timeZone(), this.live.now()];
    return (this.recent.value()?.items ?? []).map((session) => ({
      id: session.session_id,
      title: rowTitle(session),
      source: sourceLabel(session.attribution),
      outcome: outcomeOf(session.outcome),
      isLive: isLive(session, now),
      messages: count(session.message_count),
      when: `${dayName(session.started_at, now, zone)}, ${clock(session.started_at, zone)}`,
    }));
  });
  protected readonly all = { ...WITHOUT_PAGE_PARAMS, ...COUNTED };
  protected readonly icons = { ArrowRight };
}
