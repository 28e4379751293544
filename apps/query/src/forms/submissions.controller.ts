import { Controller, Get, Inject, Param, Query, type StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { SessionSummary, Tenant } from '@picasso/contracts';
import { type DayRange, formKey } from '@picasso/domain';
import type { SessionFinder } from '@picasso/storage';
import { WithText } from '../auth/roles.ts';
import { exportRows } from '../exports/export-rows.ts';
import { AskedBy, type Asked } from '../figures/asked.ts';
import { columnsOf } from '../figures/columns.ts';
import { FiguresService } from '../figures/figures.service.ts';
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
        this.read(tenant, range, query),
      );
    }
    const question = { action, sections: ['forms'] as const, columns: COLUMNS };
    return this.figures.list(asked, named, query, question, async ({ tenant, range }) => {
      const rows: SubmissionDto[] = [];
      for await (const row of this.read(tenant, range, query)) rows.push(row);
      return { total: rows.length, rows: sorted(rows, query) };
    });
  }

  /**
   * By the start of their sessions, newest first. A completed form decides the outcome: every
   * session with one has it.
   */
  private async *read(
    { tenant_hash: tenantHash, time_zone: timeZone }: Tenant,
    range: DayRange,
    { form, source, topic, text }: SubmissionsQuery,
  ): AsyncGenerator<SubmissionDto> {
    const [fromMs, toMs] = windowOf(range, timeZone);
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

function sorted(
  rows: SubmissionDto[],
  { sort = 'submitted_at', order = 'desc' }: SubmissionsQuery,
): SubmissionDto[] {
  const value = SORT_VALUES[sort];
  const sign = order === 'asc' ? 1 : -1;
  const compare = (a: string | number, b: string | number) => (a < b ? -1 : a > b ? 1 : 0);
  return rows.sort(
    (a, b) =>
      sign * compare(value(a), value(b)) ||
      compare(b.submitted_at, a.submitted_at) ||
      compare(a.session_id, b.session_id) ||
      compare(a.form_id, b.form_id),
  );
}
