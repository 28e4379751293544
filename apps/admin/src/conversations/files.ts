import type {
  ConversationsTrendData,
  ConversationSummaryDto,
  DepthListDto,
  HeatMapDto,
} from '../api/generated/index.ts';
import { localExports, tableExports, type ExportChoice } from '../exports/export-choice.ts';
import type { rangeToQuery } from '../ui/range.ts';

interface Shown {
  summary: ConversationSummaryDto | undefined;
  heat: HeatMapDto | undefined;
  depth: DepthListDto | undefined;
}

/** What each table of the page can be downloaded as. */
export const conversationFiles = (
  tenant: string,
  range: ReturnType<typeof rangeToQuery>,
  { summary, heat, depth }: Shown,
): Record<'trend' | 'outcomes' | 'heat' | 'depth', ExportChoice[]> => ({
  trend: tableExports<ConversationsTrendData>(
    'conversations over time',
    '/analytics/conversations/trend/{tenant}',
    tenant,
    range,
  ),
  outcomes: localExports('outcomes', 'outcomes', () =>
    (summary?.outcomes ?? []).map(({ outcome, sessions, share }) => ({ outcome, sessions, share })),
  ),
  heat: localExports('heat map', 'heat-map', () =>
    (heat?.cells ?? []).map(({ weekday, from_hour, conversations }) => ({
      weekday,
      from_hour,
      conversations,
    })),
  ),
  depth: localExports('sessions by messages', 'messages', () =>
    (depth?.items ?? []).map(({ messages, sessions, share }) => ({ messages, sessions, share })),
  ),
});
