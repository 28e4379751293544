import { call } from '../api/api.ts';
import {
  sessionsList,
  type SessionListDto,
  type SessionSummaryDto,
} from '../api/generated/index.ts';
import { filtersToQuery, PAGE_SIZE, type SessionFilters } from './session-filters.ts';

export interface SessionPage {
  items: SessionSummaryDto[];
  nextCursor: string | null;
}

/** Where so many answers do not fill a page, it is shown as it is; "Older" goes on. */
const MOST_CALLS = 8;

/** Reads one page; the API may answer with fewer sessions than there are left. */
export type ReadPage = (query: ReturnType<typeof filtersToQuery>) => Promise<SessionListDto>;

/** A page of sessions, newest first, filled up to its size. */
export async function fillPage(read: ReadPage, filters: SessionFilters): Promise<SessionPage> {
  const items: SessionSummaryDto[] = [];
  let cursor = filters.cursor;
  for (let calls = 1; ; calls += 1) {
    const limit = PAGE_SIZE - items.length;
    const page = await read({ ...filtersToQuery({ ...filters, cursor }), limit });
    items.push(...page.items);
    if (page.next_cursor === null || items.length >= PAGE_SIZE || calls === MOST_CALLS)
      return { items, nextCursor: page.next_cursor };
    cursor = page.next_cursor;
  }
}

export const readSessions = (
  tenant: string,
  filters: SessionFilters,
  signal?: AbortSignal,
): Promise<SessionPage> =>
  fillPage((query) => call(sessionsList({ path: { tenant }, query, signal })), filters);
