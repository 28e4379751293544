/** What the list of dead letters shows; all of it lives in the address. Pure. */
import type { Params } from '@angular/router';
import type { OpsListData } from '../../api/generated/index.ts';
import { toReason } from '../reasons.ts';

export const PAGE_SIZE = 25;

type Query = NonNullable<OpsListData['query']>;

/** `of` and not `tenant`, which is whose dashboards an operator looks at. */
export function lettersQuery(params: Params): Query {
  const { reason, of, after } = params as Record<string, string | undefined>;
  const from = Number(after);
  return {
    reason: toReason(reason),
    tenant: of || undefined,
    after: Number.isSafeInteger(from) && from > 0 ? from : undefined,
    limit: PAGE_SIZE,
  };
}
