import type { Params } from '@angular/router';
import type { GapListDto, PopularityListDto, WindowClicksDto } from '../api/generated/index.ts';
import { sessionsParams } from '../figures/sessions-link.ts';
import type { Tone } from '../ui/chip.ts';
import { count, percent, readable } from '../ui/format.ts';

export const TYPES = [
  { id: 'action_chip', label: 'Suggestions' },
  { id: 'cta', label: 'Buttons' },
  { id: 'link', label: 'Links' },
  { id: 'help_prompt', label: 'Help menu' },
  { id: 'showcase', label: 'Showcases' },
] as const;

export const GAP_STATES = [
  { id: 'never_shown', label: 'Never shown', tone: 'danger' },
  { id: 'never_clicked', label: 'Shown, never clicked', tone: 'warning' },
  { id: 'rarely_clicked', label: 'Rarely clicked', tone: 'info' },
] as const;

const typeName = (type: string): string =>
  TYPES.find(({ id }) => id === type)?.label ?? readable(type);

const itemName = (type: string, id: string, label: string | null): string => {
  if (label) return label;
  if (type === 'link') return id.replace(/^https?:\/\/(www\.)?/, '');
  return type === 'help_prompt' ? `Prompt ${Number(id) + 1}` : readable(id);
};

export interface Trend {
  text: string;
  tone: Tone;
}

function trendOf({ change, trend }: WindowClicksDto): Trend | undefined {
  if (change === null || trend === null) return undefined;
  const text = `${change > 0 ? '+' : ''}${percent(change, 0)}`;
  return { text, tone: trend === 'up' ? 'accent' : trend === 'down' ? 'danger' : 'neutral' };
}

export interface ItemRow {
  key: string;
  name: string;
  type: string;
  clicks: string;
  width: number;
  share: string;
  week: string;
  weekTrend: Trend | undefined;
  month: string;
  sessions: Params | null;
}

export function itemRows(list: PopularityListDto | undefined): ItemRow[] {
  const items = list?.items ?? [];
  const most = Math.max(...items.map(({ clicks }) => clicks), 1);
  return items.map((item) => ({
    key: item.key,
    name: itemName(item.type, item.id, item.label),
    type: typeName(item.type),
    clicks: count(item.clicks),
    width: (item.clicks / most) * 100,
    share: item.share === null ? '–' : percent(item.share),
    week: count(item.last_7_days.clicks),
    weekTrend: trendOf(item.last_7_days),
    month: count(item.last_30_days.clicks),
    sessions: sessionsParams(item.sessions_url),
  }));
}

export interface GapRow {
  key: string;
  name: string;
  type: string;
  state: { label: string; tone: Tone } | undefined;
  days: string;
  shown: string;
  clicks: string;
}

export const gapRows = (list: GapListDto | undefined): GapRow[] =>
  (list?.items ?? []).map((item) => ({
    key: item.key,
    name: itemName(item.type, item.id, item.label),
    type: typeName(item.type),
    state: GAP_STATES.find(({ id }) => id === item.state),
    days: count(item.days_configured),
    shown: item.shown === null ? '–' : count(item.shown),
    clicks: count(item.clicks),
  }));
