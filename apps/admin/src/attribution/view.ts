import type { Params } from '@angular/router';
import type { AttributionDto, FunnelRowDto, LinkDto } from '../api/generated/index.ts';
import { sessionsParams } from '../figures/sessions-link.ts';
import { count, money, percent, readable } from '../ui/format.ts';
import type { FunnelStep } from '../ui/funnel.ts';

const STEPS: Record<FunnelRowDto['step'], string> = {
  visited: 'Site visitors',
  opened: 'Widget opened',
  conversation: 'Conversation',
  clicked: 'Link or form clicked',
  completed: 'Form completed',
};

const orDash = (value: number | null, format: (value: number) => string): string =>
  value === null ? '–' : format(value);

export interface Card {
  label: string;
  value: string;
  change: number | null;
  filled?: boolean;
  note?: string;
}

export function cardsOf({ cards, currency }: AttributionDto): Card[] {
  const { visits, engagement_rate, conversions, estimated_value } = cards;
  return [
    {
      label: 'Site visits',
      value: orDash(visits.value, count),
      change: visits.change,
      note: visits.value === null ? 'Not counted yet' : '',
    },
    {
      label: 'Engagement',
      value: orDash(engagement_rate.value, percent),
      change: engagement_rate.change,
    },
    { label: 'Conversions', value: orDash(conversions.value, count), change: conversions.change },
    ...(estimated_value
      ? [
          {
            label: 'Estimated value',
            value: orDash(estimated_value.value, (value) => money(value, currency)),
            change: estimated_value.change,
            filled: true,
          },
        ]
      : []),
  ];
}

export const funnelSteps = (attribution: AttributionDto | undefined): FunnelStep[] =>
  (attribution?.funnel ?? []).map((row) => ({
    label: STEPS[row.step],
    value: row.sessions,
    passThrough: row.pass_through,
    enteredLater: row.entered_later,
    sessions: sessionsParams(row.sessions_url),
  }));

export interface SourceRow {
  name: string;
  medium: string;
  visits: string;
  bars: { label: string; value: number; text: string; width: number }[];
  rate: string;
  sessions: Params | null;
}

/** Sources with their opened, conversations and completions on one scale. */
export function sourceRows(attribution: AttributionDto | undefined): SourceRow[] {
  const sources = attribution?.sources ?? [];
  const most = Math.max(...sources.map(({ opened }) => opened), 1);
  return sources.map((source) => ({
    name: source.source.includes('.') ? source.source : readable(source.source),
    medium: source.medium === 'none' ? '' : source.medium,
    visits: source.visits === null ? '–' : count(source.visits),
    bars: (
      [
        ['Opened', source.opened],
        ['Conversations', source.conversations],
        ['Completed', source.completions],
      ] as const
    ).map(([label, value]) => ({ label, value, text: count(value), width: (value / most) * 100 })),
    rate: source.rate === null ? '–' : percent(source.rate),
    sessions: sessionsParams(source.sessions_url),
  }));
}

export const linkName = ({ label, url }: Pick<LinkDto, 'label' | 'url'>): string =>
  label ?? url.replace(/^https?:\/\/(www\.)?/, '');
