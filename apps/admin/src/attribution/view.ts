import type { Params } from '@angular/router';
import type {
  AttributionDto,
  FunnelRowDto,
  LinkListDto,
  LinkDto,
  SourceDto,
  SourceInsightDto,
  TopicListDto,
} from '../api/generated/index.ts';
import { orDash, type Card } from '../figures/card.ts';
import { sessionsParams } from '../figures/sessions-link.ts';
import { sourceLabel } from '../figures/source-label.ts';
import { count, money, percent, readable, shortDay } from '../ui/format.ts';
import type { FunnelStep } from '../ui/funnel.ts';

const STEPS: Record<FunnelRowDto['step'], string> = {
  visited: 'Site visitors',
  opened: 'Widget opened',
  conversation: 'Conversation',
  clicked: 'Link or form clicked',
  completed: 'Form completed',
};

/** The sessions behind a card are those of a step, whatever they did before it. */
export function cardsOf({ cards, currency, sources, visits: origin }: AttributionDto): Card[] {
  const { visits, engagement_rate, conversions, estimated_value } = cards;
  // Cards count every source, also while the funnel shows a single one.
  const ofRange = sessionsParams(sources[0]?.sessions_url);
  const behind = (filters: Params): Params | null =>
    ofRange && { ...ofRange, source: null, medium: null, ...filters };
  const completed = behind({ outcome: 'form_completed' });
  return [
    {
      label: 'Site visits',
      value: orDash(visits.value, count),
      change: visits.change,
      note: visits.value === null ? 'Not counted yet' : '',
      // Visits that analytics counts are no sessions of ours.
      sessions: origin.from === 'page_views' ? behind({ kind: 'page_view' }) : null,
    },
    {
      label: 'Engagement',
      value: orDash(engagement_rate.value, percent),
      change: engagement_rate.change,
      sessions: behind({ step: 'opened' }),
    },
    {
      label: 'Conversions',
      value: orDash(conversions.value, count),
      change: conversions.change,
      sessions: completed,
    },
    ...(estimated_value
      ? [
          {
            label: 'Estimated value',
            value: orDash(estimated_value.value, (value) => money(value, currency)),
            change: estimated_value.change,
            filled: true,
            sessions: completed,
          },
        ]
      : []),
  ];
}

/** Where visits come from, until when they are final, and how many sessions they match. */
export function visitsNote(attribution: AttributionDto | undefined): string {
  if (!attribution) return '';
  const { from, complete_until, matched_share } = attribution.visits;
  if (from === 'page_views') return 'Visits are those whose pages told of them.';
  if (from === 'none')
    return 'Visits are not counted: Google Analytics is not connected. The rest is our own data.';
  const until = complete_until
    ? `complete until ${shortDay(complete_until)}; later days show our own data alone`
    : 'not complete for any day yet';
  const matched =
    matched_share === null ? '' : ` ${percent(matched_share)} of sessions match a source of it.`;
  return `Visits from Google Analytics, ${until}.${matched}`;
}

/** Sources are called as in the table below it. */
export const insightText = ({ sentence, source, medium }: SourceInsightDto): string =>
  sentence.replace(`${source} / ${medium}`, () => sourceLabel({ source, medium }));

export const NO_INSIGHT =
  'Too few conversations to compare sources: it takes 50 of the best one and 50 from search.';

export const funnelSteps = (attribution: AttributionDto | undefined): FunnelStep[] =>
  (attribution?.funnel ?? []).map((row) => ({
    label: STEPS[row.step],
    value: row.sessions,
    passThrough: row.pass_through,
    enteredLater: row.entered_later,
    sessions: sessionsParams(row.sessions_url),
  }));

export interface SourceRow {
  source: string;
  medium: string;
  name: string;
  visits: string;
  bars: { label: string; text: string; width: number }[];
  rate: string;
  sessions: Params | null;
}

const BARS = [
  ['Opened', 'opened'],
  ['Conversations', 'conversations'],
  ['Completed', 'completions'],
] as const;

/** Sources with their opened, conversations and completions on one scale. */
export function sourceRows(sources: readonly SourceDto[]): SourceRow[] {
  const most = Math.max(...sources.map(({ opened }) => opened), 1);
  return sources.map((source) => ({
    source: source.source,
    medium: source.medium,
    name: sourceLabel({ source: source.source, medium: source.medium }),
    visits: orDash(source.visits, count),
    bars: BARS.map(([label, key]) => ({
      label,
      text: count(source[key]),
      width: (source[key] / most) * 100,
    })),
    rate: orDash(source.rate, percent),
    sessions: sessionsParams(source.sessions_url),
  }));
}

export interface TopicRow {
  place: number;
  name: string;
  conversations: string;
  completions: string;
  rate: string;
  width: number;
  sessions: Params | null;
}

export function topicRows(list: TopicListDto | undefined): TopicRow[] {
  const topics = list?.items ?? [];
  const most = Math.max(...topics.map(({ conversations }) => conversations), 1);
  return topics.map((topic, i) => ({
    place: i + 1,
    name: readable(topic.topic),
    conversations: count(topic.conversations),
    completions: count(topic.completions),
    rate: orDash(topic.rate, percent),
    width: (topic.conversations / most) * 100,
    sessions: conversationsOf(topic.sessions_url),
  }));
}

/** Of all sessions behind a row those that the number counts. */
const conversationsOf = (url: string | null): Params | null => {
  const sessions = sessionsParams(url);
  return sessions && { ...sessions, conversation: true };
};

export interface LinkRow {
  key: string;
  name: string;
  url: string;
  category: string;
  clicks: string;
  ctr: string;
  /** ÷ what, in words. */
  basis: string;
  width: number;
  sessions: Params | null;
}

export const linkName = ({ label, url }: Pick<LinkDto, 'label' | 'url'>): string =>
  label ?? url.replace(/^https?:\/\/(www\.)?/, '');

export function linkRows(list: LinkListDto | undefined): LinkRow[] {
  const links = list?.items ?? [];
  const most = Math.max(...links.map(({ ctr }) => ctr ?? 0), 0.001);
  return links.map((link) => ({
    key: link.key,
    name: linkName(link),
    url: link.url,
    category: link.category === null ? '' : readable(link.category),
    clicks: count(link.clicks),
    ctr: orDash(link.ctr, percent),
    basis: link.ctr_basis === 'shown' ? `of ${count(link.shown)} shown` : 'of conversations',
    width: ((link.ctr ?? 0) / most) * 100,
    sessions: sessionsParams(link.sessions_url),
  }));
}
