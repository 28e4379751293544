import type { Params } from '@angular/router';
import type {
  BottleneckListDto,
  FormFunnelDto,
  FormFunnelRowDto,
  FormRankDto,
  FormRankListDto,
  FormSummaryDto,
} from '../api/generated/index.ts';
import { sessionsParams } from '../figures/sessions-link.ts';
import type { Bar } from '../ui/bar-list.ts';
import { count, duration, percent, readable } from '../ui/format.ts';
import type { FunnelStep } from '../ui/funnel.ts';

const orDash = (value: number | null, format: (value: number) => string): string =>
  value === null ? '–' : format(value);

export interface Card {
  label: string;
  value: string;
  change: number | null;
  lessIsBetter?: boolean;
  sessions: Params | null;
  note?: string;
}

export function cardsOf({ cards, links }: FormSummaryDto): Card[] {
  const rate = cards.completion_rate.value;
  return [
    {
      label: 'Views',
      value: orDash(cards.views.value, count),
      change: cards.views.change,
      sessions: sessionsParams(links.viewed),
    },
    {
      label: 'Completions',
      value: orDash(cards.completions.value, count),
      change: cards.completions.change,
      sessions: sessionsParams(links.completed),
      note: rate === null ? '' : `${percent(rate)} of views`,
    },
    {
      label: 'Average time',
      value: orDash(cards.average_completion_ms.value, duration),
      change: cards.average_completion_ms.change,
      lessIsBetter: true,
      sessions: null,
    },
    {
      label: 'Abandoned',
      value: orDash(cards.abandon_rate.value, percent),
      change: cards.abandon_rate.change,
      lessIsBetter: true,
      sessions: sessionsParams(links.abandoned),
    },
  ];
}

const STEPS: Record<FormFunnelRowDto['step'], string> = {
  viewed: 'Viewed',
  started: 'Started',
  completed: 'Completed',
};

export const formSteps = (funnel: FormFunnelDto | undefined): FunnelStep[] =>
  (funnel?.funnel ?? []).map((row) => ({
    label: STEPS[row.step],
    value: row.sessions,
    passThrough: row.pass_through,
    enteredLater: row.entered_later,
    sessions: sessionsParams(row.sessions_url),
  }));

export const bottleneckBars = (list: BottleneckListDto | undefined): Bar[] =>
  (list?.items ?? []).map((item) => ({
    label:
      item.field_id === null
        ? 'Before the first field'
        : (item.field_label ?? readable(item.field_id)),
    note: item.form_label ?? readable(item.form_id),
    value: item.abandons,
    share: item.share,
    sessions: sessionsParams(item.sessions_url),
  }));

const TRENDS = {
  up: { text: 'Rising', tone: 'accent' },
  down: { text: 'Falling', tone: 'danger' },
  neutral: { text: 'Steady', tone: 'neutral' },
} as const;

export interface RankRow {
  id: string;
  name: string;
  rate: string;
  width: number;
  figures: string;
  trend: (typeof TRENDS)[keyof typeof TRENDS] | undefined;
  sessions: Params | null;
}

const rankRow = (form: FormRankDto): RankRow => ({
  id: form.form_id,
  name: form.label ?? readable(form.form_id),
  rate: orDash(form.rate.value, percent),
  width: Math.min(100, (form.rate.value ?? 0) * 100),
  figures: `${count(form.completions)} of ${count(form.views)} views`,
  trend: form.trend === null ? undefined : TRENDS[form.trend],
  sessions: sessionsParams(form.sessions_url),
});

export const rankRows = (list: FormRankListDto | undefined): RankRow[] =>
  (list?.items ?? []).map(rankRow);
