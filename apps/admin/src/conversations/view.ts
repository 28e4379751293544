import type { Params } from '@angular/router';
import type {
  ConversationSummaryDto,
  DepthListDto,
  HeatMapDto,
  TrendDto,
} from '../api/generated/index.ts';
import { orDash, type Card } from '../figures/card.ts';
import { outcomeOf } from '../figures/outcomes.ts';
import { sessionsParams } from '../figures/sessions-link.ts';
import type { Bar } from '../ui/bar-list.ts';
import { clock, count, duration, hourOfDay, isoDay, percent } from '../ui/format.ts';
import { shortDay, weekdayName } from '../ui/format.ts';
import type { HeatCell } from '../ui/heat-map.ts';
import type { TrendPoint } from '../ui/trend-chart.ts';

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
      sessions: sessionsParams(links.sessions),
    },
    {
      label: 'Average answer',
      value: orDash(average_response_ms.value, duration),
      change: average_response_ms.change,
      lessIsBetter: true,
      sessions: sessionsParams(links.conversations),
    },
    {
      label: 'After hours',
      value: orDash(after_hours_share.value, percent),
      change: after_hours_share.change,
      lessIsBetter: null,
      sessions: sessionsParams(links.after_hours),
    },
  ];
}

/** "Compared with 9 Nov – 15 Nov" */
export function comparisonText(trend: TrendDto | undefined): string {
  const before = trend?.range.compared_with;
  if (!before) return '';
  const days = before.from === before.to ? [before.from] : [before.from, before.to];
  return `Compared with ${days.map(shortDay).join(' – ')}.`;
}

/** Of `2026-11-22` or `2026-11-22T15-06:00`: "22 Nov", "15:00", or both over several days. */
function pointName(at: string, { from, to }: TrendDto['range']): string {
  const day = shortDay(at.slice(0, 10));
  if (!at.includes('T')) return day;
  const hour = clock(Date.UTC(2024, 0, 1, Number(at.slice(11, 13))), 'UTC');
  return from === to ? hour : `${day}, ${hour}`;
}

/** Of a day or an hour of the tenant's, whether it begins after the figures were read. */
const isToCome = (at: string, { as_of, time_zone }: TrendDto['range']): boolean => {
  const [day, hour] = at.split('T');
  // `15-06:00` is three o'clock, six hours behind UTC.
  return hour === undefined
    ? at > isoDay(Date.parse(as_of), time_zone)
    : Date.parse(`${day}T${hour.slice(0, 2)}:00${hour.slice(2)}`) > Date.parse(as_of);
};

export function trendPoints(trend: TrendDto | undefined): TrendPoint[] {
  if (!trend) return [];
  const names = trend.points.map(({ at }) => pointName(at, trend.range));
  return trend.points.map(({ at, conversations, sessions_url }, i) => {
    const name = names[i]!;
    // The hour that comes twice when clocks go back: a chart takes points of one name for one.
    const isTwice = name === names[i - 1] || name === names[i + 1];
    return {
      label: isTwice ? `${name} (${at.slice(13)})` : name,
      value: isToCome(at, trend.range) ? null : conversations,
      before: trend.before?.[i]?.conversations ?? null,
      sessions: sessionsParams(sessions_url),
    };
  });
}

export const heatCells = (map: HeatMapDto | undefined): HeatCell[] =>
  (map?.cells ?? []).map(({ weekday, from_hour, conversations, sessions_url }) => ({
    weekday,
    fromHour: from_hour,
    value: conversations,
    sessions: sessionsParams(sessions_url),
  }));

/** "Busiest: Tue, 12:00–15:00 (31), in America/Chicago" */
export function peakText(map: HeatMapDto | undefined): string {
  if (!map?.peak) return '';
  const { from_hour, weekday, conversations } = map.peak;
  const hours = `${hourOfDay(from_hour)}–${hourOfDay((from_hour + 3) % 24)}`;
  const zone = map.range.time_zone.replaceAll('_', ' ');
  return `Busiest: ${weekdayName(weekday)}, ${hours} (${count(conversations)}). Times in ${zone}.`;
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

export interface Talk {
  user: number;
  bot: number;
  label: string;
  pairs: { kind: 'user' | 'bot' | 'time'; label: string; value: string }[];
}

/** "0.5" is the median: half of the sessions are shorter. */
const quantileName = (quantile: number): string =>
  quantile === 0.5 ? 'Half of them within' : `${percent(quantile, 0)} within`;

/** Visitors' and the assistant's messages, and how long sessions last. */
export function talkOf(summary: ConversationSummaryDto | undefined): Talk | undefined {
  if (!summary) return undefined;
  const { messages, durations } = summary;
  const times = [
    { label: 'Average session', ms: durations.average_ms },
    ...durations.percentiles.map(({ quantile, ms }) => ({ label: quantileName(quantile), ms })),
  ];
  return {
    ...messages,
    label: `${count(messages.user)} messages of visitors, ${count(messages.bot)} of the assistant`,
    pairs: [
      { kind: 'user', label: 'Visitors’ messages', value: count(messages.user) },
      { kind: 'bot', label: 'Assistant’s messages', value: count(messages.bot) },
      ...times.map(({ label, ms }) => ({
        ...{ kind: 'time' as const, label },
        value: orDash(ms, duration),
      })),
    ],
  };
}

export const durationsText = (summary: ConversationSummaryDto | undefined): string =>
  summary === undefined
    ? ''
    : `Times of percentiles are right to ±${percent(summary.durations.relative_error)}.`;

export interface CountedLine {
  figure: string;
  text: string;
  sessions: Params | null;
}

/** What the figures rest on, and what they leave out. */
export function countedLines(summary: ConversationSummaryDto | undefined): CountedLine[] {
  if (!summary) return [];
  const { collection, left_out, open_sessions, links, sessions } = summary;
  const { events, missing } = collection;
  const lost = events + missing === 0 ? 0 : missing / (events + missing);
  return [
    { figure: count(sessions), text: 'sessions', sessions: sessionsParams(links.sessions) },
    { figure: count(open_sessions), text: 'of them still open', sessions: null },
    { figure: count(events), text: 'events have arrived', sessions: null },
    { figure: `${count(missing)} (${percent(lost, 2)})`, text: 'never did', sessions: null },
    {
      figure: count(left_out.bot.sessions),
      text: 'sessions of bots are left out',
      sessions: sessionsParams(left_out.bot.sessions_url),
    },
    {
      figure: count(left_out.own.sessions),
      text: 'of your own people, too',
      sessions: sessionsParams(left_out.own.sessions_url),
    },
  ];
}
