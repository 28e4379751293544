import type { Figures } from '@picasso/contracts';
import type { SiteVisits } from '@picasso/domain';
import type { DayFigures, SiteTraffic } from '@picasso/storage';

export interface Visits {
  /** null: page-view sessions are the visits. */
  site: SiteVisits | null;
  from: 'site_traffic' | 'page_views' | 'none';
  complete_until: string | null;
  /** Of our sessions on days with site traffic, those whose source and medium it knows. */
  matched_share: number | null;
}

/**
 * Whose visits an answer counts. Web analytics come one or two days late: where they know no day of
 * the range, as today, our own page views are the visits.
 */
export function visitsOf(
  { rows, complete_until }: SiteTraffic,
  days: readonly Pick<DayFigures<'sources'>, 'day' | 'figures'>[],
  sources: Figures['sources'],
): Visits {
  const ownVisits = leaves(sources).some(({ counts }) => counts.visits > 0);
  if (rows.length === 0)
    return {
      site: null,
      from: ownVisits ? 'page_views' : 'none',
      complete_until,
      matched_share: null,
    };
  const site: SiteVisits = {};
  const known = new Set<string>();
  for (const { day, source, medium, visits } of rows) {
    const media = (site[source] ??= {});
    media[medium] = (media[medium] ?? 0) + visits;
    known.add(day).add(keyOf(day, source, medium));
  }
  let all = 0;
  let matched = 0;
  for (const { day, figures } of days) {
    if (!known.has(day)) continue;
    for (const { source, medium, counts } of leaves(figures.sources)) {
      all += counts.sessions;
      if (known.has(keyOf(day, source, medium))) matched += counts.sessions;
    }
  }
  return {
    ...{ site, from: 'site_traffic', complete_until },
    matched_share: all === 0 ? null : matched / all,
  };
}

const keyOf = (...parts: string[]): string => JSON.stringify(parts);

const leaves = (sources: Figures['sources']) =>
  Object.entries(sources).flatMap(([source, media]) =>
    Object.entries(media).map(([medium, counts]) => ({ source, medium, counts })),
  );
