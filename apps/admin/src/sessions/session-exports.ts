import { client } from '../api/generated/client.gen.ts';
import type { EventsEventsData, SessionsListData } from '../api/generated/index.ts';
import { tableExports, type ExportChoice } from '../exports/export-choice.ts';
import { rangeToQuery } from '../ui/range.ts';
import { filtersToQuery, type SessionFilters } from './session-filters.ts';

/** The list as it is filtered, and the raw events of the range for those who may read text. */
export function sessionExports(
  tenant: string,
  filters: SessionFilters,
  seesText: boolean,
): ExportChoice[] {
  const { limit: _, cursor: __, ...query } = filtersToQuery(filters);
  const list = tableExports<SessionsListData>(
    'sessions',
    '/analytics/sessions/{tenant}',
    tenant,
    query,
  );
  if (!seesText) return list;
  const url = '/analytics/events/{tenant}' satisfies EventsEventsData['url'];
  const address = client.buildUrl({ url, path: { tenant }, query: rangeToQuery(filters.range) });
  return [...list, { label: 'JSON lines', name: 'all events', format: 'jsonl', address }];
}
