import type { Params } from '@angular/router';
import type { GapListDto, PopularityListDto, WindowClicksDto } from '../api/generated/index.ts';
import { orDash } from '../figures/card.ts';
import { sessionsParams } from '../figures/sessions-link.ts';
import type { Tone } from '../ui/chip.ts';
import { count, percent, readable, shortDay } from '../ui/format.ts';

/** More of them are a matter for a file. */
const MOST_STRANGERS = 8;

export const TYPES = [
  { id: 'action_chip', label: 'Suggestions' },
  { id: 'cta', label: 'Buttons' },
  { id: 'link', label: 'Links' },
  { id: 'help_prompt', label: 'Help menu' },
  { id: 'showcase', label: 'Showcases' },
] as const;

export const GAP_STATES = [
  {
    id: 'never_shown',
    label: 'Never shown',
    tone: 'danger',
    todo: 'Make a branch lead to it, or take it out of the configuration.',
  },
  {
    id: 'never_clicked',
    label: 'Shown, never clicked',
    tone: 'warning',
    todo: 'Say on it what visitors get, or offer it where it fits the question.',
  },
  {
    id: 'rarely_clicked',
    label: 'Rarely clicked',
    tone: 'info',
    todo: 'Compare its wording with what visitors ask for, or give its place away.',
  },
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
  monthTrend: Trend | undefined;
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
    share: orDash(item.share, percent),
    week: count(item.last_7_days.clicks),
    weekTrend: trendOf(item.last_7_days),
    month: count(item.last_30_days.clicks),
    monthTrend: trendOf(item.last_30_days),
    sessions: sessionsParams(item.sessions_url),
  }));
}

export interface GapRow {
  key: string;
  name: string;
  type: string;
  state: (typeof GAP_STATES)[number] | undefined;
  since: string;
  days: string;
  shown: string;
  clicks: string;
  rate: string;
  sessions: Params | null;
}

export const gapRows = (list: GapListDto | undefined): GapRow[] =>
  (list?.items ?? []).map((item) => ({
    key: item.key,
    name: itemName(item.type, item.id, item.label),
    type: typeName(item.type),
    state: GAP_STATES.find(({ id }) => id === item.state),
    since: shortDay(item.configured_since),
    days: item.days_configured === 1 ? '1 day' : `${count(item.days_configured)} days`,
    shown: orDash(item.shown, count),
    clicks: count(item.clicks),
    rate: item.rate === null ? '' : percent(item.rate),
    sessions: item.clicks > 0 ? sessionsParams(item.sessions_url) : null,
  }));

/** What is clicked, but in no configuration that is known. */
export const strangers = (list: GapListDto | undefined): Stranger[] =>
  (list?.unconfigured ?? []).slice(0, MOST_STRANGERS).map(({ key, clicks, sessions_url }) => {
    const [type = '', ...id] = key.split('#');
    return {
      key,
      name: itemName(type, id.join('#'), null),
      clicks: count(clicks),
      sessions: sessionsParams(sessions_url),
    };
  });

export interface Stranger {
  key: string;
  name: string;
  clicks: string;
  sessions: Params | null;
}
