import { Controller, Get, Inject, Param, Query, type StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Figures, LIMITS, type SessionSummary, type Tenant } from '@picasso/contracts';
import { formKey } from '@picasso/domain';
import type { SessionFinder } from '@picasso/storage';
import { WithText } from '../auth/roles.ts';
import { exportRows } from '../exports/export-rows.ts';
import { AskedBy, type Asked } from '../figures/asked.ts';
import { columnsOf } from '../figures/columns.ts';
import { FiguresService, type PageRead, type PageWanted } from '../figures/figures.service.ts';
import { ApiFigures } from '../http/api-answers.ts';
import { windowOf } from '../sessions/date-range.ts';
import { FINDER } from '../tokens.ts';
import {
  SubmissionListDto,
  SubmissionsQuery,
  type SubmissionDto,
  type SubmissionSort,
} from './forms.dto.ts';

const COLUMNS = [
  ...columnsOf<SubmissionDto>('submitted_at', 'form_id', 'form_label', 'completions'),
  ...columnsOf<SubmissionDto>('duration_ms', 'source', 'medium'),
  { header: 'topics', value: ({ topics }: SubmissionDto) => topics.join(' | ') },
  ...columnsOf<SubmissionDto>('first_question', 'session_id'),
];

const SORT_VALUES: Record<SubmissionSort, (row: SubmissionDto) => string | number> = {
  submitted_at: (row) => row.submitted_at,
  form: (row) => row.form_label ?? row.form_id,
  source: (row) => `${row.source}/${row.medium}`,
  duration: (row) => row.duration_ms ?? -1,
};

/** Rows after which it is asked whether they are enough. */
const LOOK_EVERY = 25;

@ApiTags('forms')
@WithText()
@Controller('analytics/forms/submissions')
export class SubmissionsController {
  constructor(
    @Inject(FiguresService) private readonly figures: FiguresService,
    @Inject(FINDER) private readonly finder: SessionFinder,
  ) {}

  @Get(':tenant')
  @ApiFigures({
    summary: 'Completed forms: searched, sorted and filtered over the whole range',
    description:
      'One row per session and form. What was typed into fields is never sent to us. A download ' +
      'is not sorted: it has the newest session first.',
    type: SubmissionListDto,
    exported: true,
    problems: ['invalid_cursor'],
  })
  async submissions(
    @Param('tenant') named: string,
    @Query() query: SubmissionsQuery,
    @AskedBy() asked: Asked,
  ): Promise<SubmissionListDto | StreamableFile | undefined> {
    const action = 'submissions';
    const { format } = query;
    if (format) {
      const tenant = await this.figures.tenant(asked, named, action);
      const range = this.figures.days(query, tenant);
      const name = `${action}_${tenant.tenant_hash}_${range.from}_${range.to}`;
      // Sorting would need all of them in memory.
      return exportRows(
        asked.reply,
        { format, name, columns: COLUMNS },
        this.read(tenant, windowOf(range, tenant.time_zone), query),
      );
    }
    const question = { action, sections: ['forms'] as const };
    return this.figures.pages(
      asked,
      named,
      query,
      question,
      (tenant, wanted) =>
        isNewestFirst(query)
          ? this.newest(tenant, query, wanted)
          : this.sorted(tenant, query, wanted),
      ({ current }, _wanted, { total, ...page }) => ({
        total: total ?? countOf(current.forms, query),
        ...page,
      }),
    );
  }

  /** Reads no further than it takes to be sure of the page. */
  private async newest(
    tenant: Tenant,
    query: SubmissionsQuery,
    { window: [fromMs, toMs], limit, after }: PageWanted,
  ): Promise<SubmissionPage> {
    const last = after === undefined ? undefined : (JSON.parse(after) as LastRow);
    // A session begins before it ends: later ones were on the pages before.
    const untilMs = last ? Math.min(toMs, Date.parse(last.submitted_at) + 1) : toMs;
    const rows: SubmissionDto[] = [];
    for await (const row of this.read(tenant, [fromMs, untilMs], query)) {
      if (last && newestFirst(row, last) <= 0) continue;
      rows.push(row);
      if (rows.length % LOOK_EVERY > 0) continue;
      // Sessions still to come began before this one, and last a day at most.
      const settledMs = Date.parse(row.started_at) + LIMITS.sessionMs;
      const settled = rows.filter(({ submitted_at }) => Date.parse(submitted_at) > settledMs);
      if (settled.length > limit) break;
    }
    rows.sort(newestFirst);
    const items = rows.slice(0, limit);
    const isLast = rows.length <= limit;
    return {
      total: isLast && !last ? rows.length : null,
      items,
      after: isLast ? undefined : positionOf(items.at(-1) as SubmissionDto),
    };
  }

  /** Any other order takes all of them. */
  private async sorted(
    tenant: Tenant,
    query: SubmissionsQuery,
    { window, limit, after = '0' }: PageWanted,
  ): Promise<SubmissionPage> {
    const rows: SubmissionDto[] = [];
    for await (const row of this.read(tenant, window, query)) rows.push(row);
    rows.sort(orderOf(query));
    const end = Number(after) + limit;
    return {
      total: rows.length,
      items: rows.slice(Number(after), end),
      after: end < rows.length ? String(end) : undefined,
    };
  }

  /**
   * By the start of their sessions, newest first. A completed form decides the outcome: every
   * session with one has it.
   */
  private async *read(
    { tenant_hash: tenantHash, time_zone: timeZone }: Tenant,
    [fromMs, toMs]: readonly [number, number],
    { form, source, topic, text }: SubmissionsQuery,
  ): AsyncGenerator<SubmissionDto> {
    const wanted = text === undefined ? '' : fold(text);
    for await (const summary of this.finder.all({
      ...{ tenantHash, timeZone, fromMs, toMs, outcome: 'form_completed' },
      matches: ({ traffic, attribution, topics }) =>
        traffic === 'visitor' &&
        (source === undefined || attribution.source === source) &&
        (topic === undefined || topics.includes(topic)),
    })) {
      for (const row of submissionsOf(summary))
        if ((form === undefined || row.form_id === form) && searched(row).includes(wanted))
          yield row;
    }
  }
}

/** `total` is null where only a part was read. */
type SubmissionPage = PageRead<SubmissionDto> & Pick<SubmissionListDto, 'total'>;
type LastRow = Pick<SubmissionDto, 'submitted_at' | 'session_id' | 'form_id'>;

const isNewestFirst = ({ sort = 'submitted_at', order = 'desc' }: SubmissionsQuery): boolean =>
  sort === 'submitted_at' && order === 'desc';

const positionOf = ({ submitted_at, session_id, form_id }: LastRow): string =>
  JSON.stringify({ submitted_at, session_id, form_id } satisfies LastRow);

/** From the figures of the range; what is searched for is not counted there. */
function countOf(
  forms: Figures['forms'],
  { form, source, topic, text }: SubmissionsQuery,
): number | null {
  if (source !== undefined || topic !== undefined || text) return null;
  return Object.entries(forms)
    .filter(([id]) => form === undefined || id === form)
    .map(([, { funnel }]) => funnel.completed.nested + funnel.completed.later)
    .reduce((sum, sessions) => sum + sessions, 0);
}

const submissionsOf = (summary: SessionSummary): SubmissionDto[] =>
  Object.entries(summary.forms)
    .filter(([, { completions }]) => completions > 0)
    .map(([form_id, { completions, duration_ms_sum }]) => ({
      session_id: summary.session_id,
      form_id,
      form_label: summary.labels?.[formKey(form_id)]?.label ?? null,
      submitted_at: summary.ended_at,
      started_at: summary.started_at,
      completions,
      duration_ms: duration_ms_sum > 0 ? duration_ms_sum / completions : null,
      source: summary.attribution.source,
      medium: summary.attribution.medium,
      topics: summary.topics,
      first_question: summary.first_question,
      journey_url: `/analytics/journey/${encodeURIComponent(summary.session_id)}`,
    }));

const fold = (text: string): string => text.normalize('NFKC').toLowerCase();

const searched = (row: SubmissionDto): string =>
  fold(
    [row.form_id, row.form_label, row.first_question, row.source, row.medium, row.session_id]
      .concat(row.topics)
      .join('\n'),
  );

const compare = (a: string | number, b: string | number): number => (a < b ? -1 : a > b ? 1 : 0);

const newestFirst = (a: LastRow, b: LastRow): number =>
  compare(b.submitted_at, a.submitted_at) ||
  compare(a.session_id, b.session_id) ||
  compare(a.form_id, b.form_id);

function orderOf({
  sort = 'submitted_at',
  order = 'desc',
}: SubmissionsQuery): (a: SubmissionDto, b: SubmissionDto) => number {
  const value = SORT_VALUES[sort];
  const sign = order === 'asc' ? 1 : -1;
  return (a, b) => sign * compare(value(a), value(b)) || newestFirst(a, b);
}
