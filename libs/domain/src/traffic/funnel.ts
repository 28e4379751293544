import { FUNNEL_STEPS, type Figures, type FunnelStep, type SourceCounts } from '@picasso/contracts';
import { sumTrees, type CountTree } from '../daily-aggregate/count-tree.ts';
import { NO_SOURCE } from '../daily-aggregate/figures.ts';
import { ratio } from '../rates/rates.ts';

/** Site visits by source and medium where another system counts them (GA4). */
export type SiteVisits = Record<string, Record<string, number>>;

export interface SourceFilter {
  source?: string | undefined;
  medium?: string | undefined;
}

export interface FunnelRow {
  step: 'visited' | FunnelStep;
  /** Sessions that took this step and all before it; null where visits are not counted. */
  sessions: number | null;
  /** Sessions that took this step, but not all before it. */
  entered_later: number;
  /** Share of the step before. */
  pass_through: number | null;
  /** Sessions of the step before that did not get here, and their share. */
  dropped: number | null;
  drop_off: number | null;
}

/**
 * Site visitors → widget opened → conversation → link or form clicked → form completed. Steps never
 * grow, and each step's `sessions` and `entered_later` are all the sessions that took it.
 *
 * Visits and sessions are counted apart (page-view sessions here, or GA4): where fewer visits are
 * known than sessions, those beyond count as entered later. Without any visit the first step is
 * unknown and the next one starts the funnel.
 *
 * @param siteVisits takes the place of page-view sessions as visits
 */
export function attributionFunnel(
  sources: Figures['sources'],
  siteVisits: SiteVisits | null = null,
  filter: SourceFilter = {},
): FunnelRow[] {
  const { visits, funnel } = countsOf(sources, filter);
  const visited = siteVisits ? visitsOf(siteVisits, filter) : visits || null;
  const rows: FunnelRow[] = [
    {
      step: 'visited',
      sessions: visited,
      entered_later: 0,
      pass_through: null,
      dropped: null,
      drop_off: null,
    },
  ];
  let before = visited;
  for (const step of FUNNEL_STEPS) {
    const { nested, later } = funnel[step];
    const sessions = Math.min(nested, before ?? nested);
    const dropped = before === null ? null : before - sessions;
    rows.push({
      step,
      sessions,
      entered_later: nested + later - sessions,
      pass_through: before === null ? null : ratio(sessions, before),
      dropped,
      drop_off: before === null || dropped === null ? null : ratio(dropped, before),
    });
    before = sessions;
  }
  return rows;
}

/** The sums over all sources that the filter lets through. */
export function countsOf(sources: Figures['sources'], filter: SourceFilter = {}): SourceCounts {
  const chosen = chosenMedia(sources, filter);
  return sumTrees([NO_SOURCE, ...chosen] as unknown as CountTree[]) as unknown as SourceCounts;
}

export function visitsOf(visits: SiteVisits, filter: SourceFilter = {}): number {
  return chosenMedia(visits, filter).reduce((sum, count) => sum + count, 0);
}

/** All sessions that took the step, whatever they did before. */
export function stepTotal({ funnel }: SourceCounts, step: FunnelStep): number {
  return funnel[step].nested + funnel[step].later;
}

function chosenMedia<T>(
  bySource: Record<string, Record<string, T>>,
  { source, medium }: SourceFilter,
): T[] {
  return Object.entries(bySource)
    .filter(([name]) => source === undefined || name === source)
    .flatMap(([, byMedium]) => Object.entries(byMedium))
    .filter(([name]) => medium === undefined || name === medium)
    .map(([, value]) => value);
}
