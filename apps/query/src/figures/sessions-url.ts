import type { DayRange } from '@picasso/domain';
import type { SessionFilters } from '../sessions/session-filters.ts';

/** Address of the list of the sessions behind a figure. */
export type LinkTo = (filters: SessionFilters, days?: DayRange) => string;

/** Figures count visitors only: so do the lists behind them. */
export const sessionsLinks =
  (tenantHash: string, range: DayRange): LinkTo =>
  (filters, { from, to } = range) => {
    const query = new URLSearchParams({ from, to, traffic: 'visitor' });
    for (const [name, value] of Object.entries(filters))
      if (value !== undefined) query.set(name, String(value));
    return `/analytics/sessions/${tenantHash}?${query.toString()}`;
  };
