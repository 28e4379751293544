/** What the list of dead letters shows; all of it lives in the address. Pure. */
import type { Params } from '@angular/router';
import type { OpsListData } from '../../api/generated/index.ts';
import { toReason } from '../reasons.ts';

export const PAGE_SIZE = 25;

/** How long ago a letter came, at most; milliseconds. */
export const AGES = {
  hour: { label: 'Last hour', ms: 3_600_000 },
  day: { label: 'Last 24 hours', ms: 86_400_000 },
  week: { label: 'Last 7 days', ms: 7 * 86_400_000 },
} as const;

export type Age = keyof typeof AGES;

type ApiQuery = NonNullable<OpsListData['query']>;

export interface LettersQuery extends Pick<ApiQuery, 'reason' | 'tenant' | 'after'> {
  since: Age | undefined;
}

/** `of` and not `tenant`, which is whose dashboards an operator looks at. */
export function lettersQuery(params: Params): LettersQuery {
  const { reason, of, since, after } = params as Record<string, string | undefined>;
  const from = Number(after);
  return {
    reason: toReason(reason),
    tenant: of || undefined,
    since: since && Object.hasOwn(AGES, since) ? (since as Age) : undefined,
    after: Number.isSafeInteger(from) && from > 0 ? from : undefined,
  };
}

export const toApi = ({ since, ...query }: LettersQuery, nowMs: number): ApiQuery => ({
  ...query,
  from: since && new Date(nowMs - AGES[since].ms).toISOString(),
  limit: PAGE_SIZE,
});
