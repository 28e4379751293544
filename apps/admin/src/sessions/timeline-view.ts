import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import {
  Calendar,
  Check,
  CircleHelp,
  CircleX,
  ClipboardList,
  Dot,
  ExternalLink,
  FileText,
  LogOut,
  MessageSquarePlus,
  MousePointerClick,
  Unplug,
} from 'lucide';
import type { JourneyDto } from '../api/generated/index.ts';
import { Chip } from '../ui/chip.ts';
import { clock, clockSeconds, count, duration, readable } from '../ui/format.ts';
import { Icon } from '../ui/icon.ts';
import { timeline, type ActionKind } from './timeline.ts';

const ICONS: Record<ActionKind, typeof Dot> = {
  opened: MessageSquarePlus,
  closed: LogOut,
  page: FileText,
  click: MousePointerClick,
  link: ExternalLink,
  help: CircleHelp,
  schedule: Calendar,
  other: Dot,
};

/** A journey as a conversation. */
@Component({
  selector: 'uja-timeline',
  imports: [Chip, Icon],
  templateUrl: './timeline-view.html',
  styleUrl: './timeline-view.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TimelineView {
  readonly journey = input.required<JourneyDto>();
  readonly timeZone = input.required<string>();
  readonly hidesText = input(false);

  protected readonly entries = computed(() => timeline(this.journey()));
  protected readonly icons = { Check, CircleX, ClipboardList, Unplug };

  protected icon = (action: ActionKind): typeof Dot => ICONS[action];
  protected readonly duration = duration;
  protected readonly readable = readable;
  protected readonly count = count;
  protected time = (at: number): string => clock(at, this.timeZone());
  protected exactTime = (at: number): string => clockSeconds(at, this.timeZone());
  protected hidden = (length: number | null): string =>
    length === null ? 'Text not shown' : `Text not shown (${count(length)} characters)`;
}
