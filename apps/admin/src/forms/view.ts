import type { Params } from '@angular/router';
import type {
  BottleneckDto,
  BottleneckListDto,
  FormFunnelDto,
  FormFunnelRowDto,
  FormRankDto,
  FormRankListDto,
  FormSummaryDto,
} from '../api/generated/index.ts';
import { orDash, type Card } from '../figures/card.ts';
import { sessionsParams } from '../figures/sessions-link.ts';
import type { Bar } from '../ui/bar-list.ts';
import { count, duration, percent, readable } from '../ui/format.ts';
import type { FunnelStep } from '../ui/funnel.ts';

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
      sessions: sessionsParams(links.completed),
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

/** More than that nobody follows at once. */
const MOST_ADVICE = 3;

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

/** Events below the boxes, which count sessions: "412 views, 180 completions". */
export function funnelTotals(funnel: FormFunnelDto | undefined): string {
  const events = Object.fromEntries((funnel?.funnel ?? []).map((row) => [row.step, row.events]));
  const [views, starts, completions] = [events['viewed'], events['started'], events['completed']];
  if (views === undefined || starts === undefined || completions === undefined) return '';
  return `In all ${count(views)} views, ${count(starts)} starts and ${count(completions)} completions; a session may have several.`;
}

const fieldName = ({ field_id, field_label }: BottleneckDto): string =>
  field_id === null ? 'Before the first field' : (field_label ?? readable(field_id));

export const bottleneckBars = (list: BottleneckListDto | undefined): Bar[] =>
  (list?.items ?? []).map((item) => ({
    label: fieldName(item),
    note: item.form_label ?? readable(item.form_id),
    value: item.abandons,
    share: item.share,
    sessions: sessionsParams(item.sessions_url),
  }));

/** What to do about the worst fields whose kind is known; said once for each kind. */
export function advices(list: BottleneckListDto | undefined): { field: string; text: string }[] {
  const said = new Set<string>();
  return (list?.items ?? []).flatMap((item) => {
    if (item.advice === null || said.has(item.advice.kind) || said.size === MOST_ADVICE) return [];
    said.add(item.advice.kind);
    return [{ field: fieldName(item), text: item.advice.advice }];
  });
}

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
