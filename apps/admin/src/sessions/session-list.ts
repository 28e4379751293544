import { call } from '../api/api.ts';
import {
  sessionsList,
  type SessionListDto,
  type SessionSummaryDto,
} from '../api/generated/index.ts';
import { filtersToQuery, type SessionFilters } from './session-filters.ts';

export interface SessionPage {
  items: SessionSummaryDto[];
  nextCursor: string | null;
}

/** A rare outcome can leave pages of the API empty before the next session comes. */
const EMPTY_PAGES = 20;

/** A page of sessions, newest first; empty only when there is none at all after its cursor. */
export async function readSessions(
  tenant: string,
  filters: SessionFilters,
  signal?: AbortSignal,
): Promise<SessionPage> {
  let cursor = filters.cursor;
  for (let tries = 0; ; tries += 1) {
    const page: SessionListDto = await call(
      sessionsList({
        path: { tenant },
        query: filtersToQuery({ ...filters, cursor }),
        signal,
      }),
    );
    if (page.items.length > 0 || page.next_cursor === null || tries >= EMPTY_PAGES)
      return { items: page.items, nextCursor: page.next_cursor };
    cursor = page.next_cursor;
  }
}
