import type {
  FormFunnelDto,
  FormsBottlenecksData,
  FormsRankingData,
} from '../api/generated/index.ts';
import { localExports, tableExports, type ExportChoice } from '../exports/export-choice.ts';
import type { rangeToQuery } from '../ui/range.ts';

/** What each table of the page can be downloaded as. */
export const formFiles = (
  tenant: string,
  query: ReturnType<typeof rangeToQuery> & { form: string | undefined },
  funnel: FormFunnelDto | undefined,
): Record<'ranking' | 'bottlenecks' | 'funnel', ExportChoice[]> => ({
  ranking: tableExports<FormsRankingData>(
    'forms',
    '/analytics/forms/ranking/{tenant}',
    tenant,
    query,
  ),
  bottlenecks: tableExports<FormsBottlenecksData>(
    'abandoned fields',
    '/analytics/forms/bottlenecks/{tenant}',
    tenant,
    query,
  ),
  funnel: localExports('funnel', 'form-funnel', () =>
    (funnel?.funnel ?? []).map(({ step, events, sessions, entered_later, pass_through }) => ({
      step,
      events,
      sessions,
      entered_later,
      pass_through,
    })),
  ),
});
