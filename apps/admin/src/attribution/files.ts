import type {
  AttributionDto,
  ConversationsTopicsData,
  TrafficLinksData,
  TrafficSourcesData,
} from '../api/generated/index.ts';
import { localExports, tableExports, type ExportChoice } from '../exports/export-choice.ts';
import type { rangeToQuery } from '../ui/range.ts';

/** What each table of the page can be downloaded as. */
export const attributionFiles = (
  tenant: string,
  range: ReturnType<typeof rangeToQuery>,
  attribution: AttributionDto | undefined,
): Record<'funnel' | 'sources' | 'topics' | 'links', ExportChoice[]> => ({
  funnel: localExports('funnel', 'attribution-funnel', () =>
    (attribution?.funnel ?? []).map(
      ({ step, sessions, entered_later, pass_through, dropped, drop_off }) => ({
        step,
        sessions,
        entered_later,
        pass_through,
        dropped,
        drop_off,
      }),
    ),
  ),
  sources: tableExports<TrafficSourcesData>(
    'sources',
    '/analytics/sources/{tenant}',
    tenant,
    range,
  ),
  topics: tableExports<ConversationsTopicsData>(
    'topics',
    '/analytics/topics/{tenant}',
    tenant,
    range,
  ),
  links: tableExports<TrafficLinksData>('links', '/analytics/links/{tenant}', tenant, range),
});
