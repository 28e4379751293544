import type { Params } from '@angular/router';
import type {
  ConversationSummaryDto,
  DepthListDto,
  HeatMapDto,
  TrendDto,
} from '../api/generated/index.ts';
import { outcomeOf } from '../figures/outcomes.ts';
import { sessionsParams } from '../figures/sessions-link.ts';
import type { Bar } from '../ui/bar-list.ts';
import { count, duration, hourOfDay, percent, shortDay, weekdayName } from '../ui/format.ts';
import type { HeatCell } from '../ui/heat-map.ts';
import type { TrendPoint } from '../ui/trend-chart.ts';

export interface Card {
  label: string;
  value: string;
  change: number | null;
  lessIsBetter?: boolean;
  sessions: Params | null;
  note?: string;
}

const orDash = (value: number | null, format: (value: number) => string): string =>
  value === null ? '–' : format(value);

export function cardsOf({ cards, links }: ConversationSummaryDto): Card[] {
  const { conversations, messages, average_response_ms, after_hours_share } = cards;
  return [
    {
      label: 'Conversations',
      value: orDash(conversations.value, count),
      change: conversations.change,
      sessions: sessionsParams(links.conversations),
    },
    {
      label: 'Messages',
      value: orDash(messages.value, count),
      change: messages.change,
      sessions: null,
    },
    {
      label: 'Average answer',
      value: orDash(average_response_ms.value, duration),
      change: average_response_ms.change,
      lessIsBetter: true,
      sessions: null,
    },
    {
      label: 'After hours',
      value: orDash(after_hours_share.value, percent),
      change: after_hours_share.change,
      sessions: sessionsParams(links.after_hours),
    },
  ];
}

const pointName = (at: string, unit: TrendDto['unit']): string =>
  unit === 'day' ? shortDay(at.slice(0, 10)) : `${shortDay(at.slice(0, 10))}, ${at.slice(11, 16)}`;

export const trendPoints = (trend: TrendDto | undefined): TrendPoint[] =>
  (trend?.points ?? []).map(({ at, conversations }, i) => ({
    label: pointName(at, trend!.unit),
    value: conversations,
    before: trend!.before?.[i]?.conversations ?? null,
  }));

export const heatCells = (map: HeatMapDto | undefined): HeatCell[] =>
  (map?.cells ?? []).map(({ weekday, from_hour, conversations, sessions_url }) => ({
    weekday,
    fromHour: from_hour,
    value: conversations,
    sessions: sessionsParams(sessions_url),
  }));

/** "Busiest: Tue, 12:00–15:00" */
export function peakText(map: HeatMapDto | undefined): string {
  const peak = map?.peak;
  if (!peak) return '';
  const hours = `${hourOfDay(peak.from_hour)}–${hourOfDay((peak.from_hour + 3) % 24)}`;
  return `Busiest: ${weekdayName(peak.weekday)}, ${hours} (${count(peak.conversations)})`;
}

export const depthBars = (depth: DepthListDto | undefined): Bar[] =>
  (depth?.items ?? []).map(({ messages, sessions, share, sessions_url }) => ({
    label: messages === 1 ? '1 message' : `${count(messages)} messages`,
    value: sessions,
    share,
    sessions: sessionsParams(sessions_url),
  }));

export const outcomeBars = (summary: ConversationSummaryDto | undefined): Bar[] =>
  (summary?.outcomes ?? []).map(({ outcome, sessions, share, sessions_url }) => ({
    label: outcomeOf(outcome).label,
    value: sessions,
    share,
    sessions: sessionsParams(sessions_url),
  }));
