import type { Figures, SourceCounts } from '@picasso/contracts';
import { compareText } from '../ordering/ordering.ts';
import { compare, ratio, type Comparison } from '../rates/rates.ts';
import { countsOf, stepTotal, visitsOf, type SiteVisits } from './funnel.ts';

/** What one completion of a form is worth, by form id. */
export type GoalValues = Readonly<Record<string, number>>;

export interface TrafficPeriod {
  sources: Figures['sources'];
  forms: Figures['forms'];
  /** GA4's visits; null: page-view sessions are the visits. */
  site_visits: SiteVisits | null;
}

export interface TrafficCards {
  visits: Comparison;
  /** Widget opened ÷ visits. */
  engagement_rate: Comparison;
  /** Sessions with the outcome form_completed. */
  conversions: Comparison;
  /** null where no form has a goal value: then there is no such card. */
  estimated_value: Comparison | null;
}

export function trafficCards(
  current: TrafficPeriod,
  before: TrafficPeriod | null,
  goals: GoalValues,
): TrafficCards {
  const card = (figure: (period: TrafficPeriod) => number | null): Comparison =>
    compare(figure(current), before && figure(before));
  const visits = ({ sources, site_visits }: TrafficPeriod): number | null =>
    site_visits ? visitsOf(site_visits) : countsOf(sources).visits || null;
  return {
    visits: card(visits),
    engagement_rate: card((period) =>
      ratio(stepTotal(countsOf(period.sources), 'opened'), visits(period) ?? 0),
    ),
    conversions: card(({ sources }) => stepTotal(countsOf(sources), 'completed')),
    estimated_value:
      Object.keys(goals).length === 0 ? null : card(({ forms }) => estimatedValue(forms, goals)),
  };
}

/** Completion events × the form's goal value, over all forms that have one. */
export function estimatedValue(forms: Figures['forms'], goals: GoalValues): number {
  return Object.entries(forms).reduce(
    (sum, [form, { completions }]) =>
      sum + (Object.hasOwn(goals, form) ? completions * (goals[form] ?? 0) : 0),
    0,
  );
}

export interface SourceRow {
  source: string;
  medium: string;
  /** GA4's where they are given, else page-view sessions; null where neither tells any. */
  visits: number | null;
  sessions: number;
  opened: number;
  conversations: number;
  /** Sessions with the outcome form_completed. */
  completions: number;
  /** Completions ÷ conversations. */
  rate: number | null;
}

const NOBODY: Pick<SourceRow, 'sessions' | 'opened' | 'conversations' | 'completions' | 'rate'> = {
  sessions: 0,
  opened: 0,
  conversations: 0,
  completions: 0,
  rate: null,
};

/** Every source and medium that sent a visit or a session, by conversations, the most first. */
export function sourceRows(
  sources: Figures['sources'],
  siteVisits: SiteVisits | null = null,
): SourceRow[] {
  const rows = new Map<string, SourceRow>();
  const key = (source: string, medium: string): string => JSON.stringify([source, medium]);
  for (const [source, medium, counts] of flat(sources)) {
    const visits = siteVisits ? null : counts.visits || null;
    rows.set(key(source, medium), { source, medium, visits, ...figuresOf(counts) });
  }
  for (const [source, medium, visits] of flat(siteVisits ?? {})) {
    const row = rows.get(key(source, medium)) ?? { source, medium, ...NOBODY };
    rows.set(key(source, medium), { ...row, visits });
  }
  return [...rows.values()].sort(
    (a, b) =>
      b.conversations - a.conversations ||
      compareText(a.source, b.source) ||
      compareText(a.medium, b.medium),
  );
}

function figuresOf(counts: SourceCounts): typeof NOBODY {
  const conversations = stepTotal(counts, 'conversation');
  const completions = stepTotal(counts, 'completed');
  return {
    sessions: counts.sessions,
    opened: stepTotal(counts, 'opened'),
    conversations,
    completions,
    rate: ratio(completions, conversations),
  };
}

const flat = <T>(bySource: Record<string, Record<string, T>>): [string, string, T][] =>
  Object.entries(bySource).flatMap(([source, byMedium]) =>
    Object.entries(byMedium).map(([medium, value]): [string, string, T] => [source, medium, value]),
  );

export interface TopicRow {
  topic: string;
  sessions: number;
  conversations: number;
  /** Sessions with the outcome form_completed. */
  completions: number;
  /** Completions ÷ conversations. */
  rate: number | null;
}

/** By conversations, the most first. */
export function topicRows(topics: Figures['topics']): TopicRow[] {
  return Object.entries(topics)
    .map(([topic, { sessions, conversations, completed }]) => ({
      topic,
      sessions,
      conversations,
      completions: completed,
      rate: ratio(completed, conversations),
    }))
    .sort((a, b) => b.conversations - a.conversations || compareText(a.topic, b.topic));
}
