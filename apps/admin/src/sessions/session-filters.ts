import type { Params } from '@angular/router';
import type { SessionsListData } from '../api/generated/index.ts';
import { rangeFromParams, rangeToQuery, type Range } from '../ui/range.ts';
import { toOutcome, type Outcome } from './outcomes.ts';

/** What the list shows; all of it lives in the address. */
export interface SessionFilters {
  range: Range;
  outcome: Outcome | undefined;
  cursor: string | undefined;
}

export const PAGE_SIZE = 25;

export function filtersFromParams(params: Params): SessionFilters {
  const { outcome, cursor } = params as Record<string, string | undefined>;
  return {
    range: rangeFromParams(params),
    outcome: toOutcome(outcome),
    cursor: cursor || undefined,
  };
}

export const filtersToQuery = ({
  range,
  outcome,
  cursor,
}: SessionFilters): SessionsListData['query'] => ({
  ...rangeToQuery(range),
  outcome,
  cursor,
  limit: PAGE_SIZE,
});
