import { Controller, Get, Inject, Param, Query, type StreamableFile } from '@nestjs/common';
import { ApiExtraModels, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { SessionSummary, Tenant } from '@picasso/contracts';
import type { FindQuery, SessionFinder } from '@picasso/storage';
import { exportRows, type Column } from '../exports/export-rows.ts';
import { AskedBy, type Asked } from '../figures/asked.ts';
import { columnsOf } from '../figures/columns.ts';
import { PAGE_LIMIT } from '../figures/figures.dto.ts';
import { FiguresService } from '../figures/figures.service.ts';
import { ApiProblems } from '../http/api-problems.ts';
import { Problem } from '../http/problem.ts';
import { Shared } from '../http/shared-answers.interceptor.ts';
import { redactSummary } from '../journeys/viewer-redaction.ts';
import { CURSORS, FINDER, KEPT_DAYS } from '../tokens.ts';
import type { CursorCodec, CursorScope } from './cursor.ts';
import { resolveRange, type Window } from './date-range.ts';
import { sessionPredicate } from './session-filters.ts';
import { SessionListDto, SessionListQuery } from './sessions.dto.ts';
import { FormCountsDto } from './summary.dto.ts';

const COLUMNS: Column<SessionSummary>[] = [
  ...columnsOf<SessionSummary>('session_id', 'started_at', 'ended_at', 'duration_ms', 'outcome'),
  ...columnsOf<SessionSummary>('message_count', 'user_message_count', 'bot_message_count'),
  { header: 'source', value: ({ attribution }) => attribution.source },
  { header: 'medium', value: ({ attribution }) => attribution.medium },
  { header: 'topics', value: ({ topics }) => topics.join(' | ') },
  ...columnsOf<SessionSummary>('first_question', 'opened', 'closed_by', 'traffic', 'kind'),
  ...columnsOf<SessionSummary>('event_count', 'missing', 'revision', 'ga_client_id'),
];

@ApiTags('sessions')
@ApiExtraModels(FormCountsDto)
@Controller('analytics/sessions')
export class SessionsController {
  constructor(
    @Inject(FiguresService) private readonly figures: FiguresService,
    @Inject(FINDER) private readonly finder: SessionFinder,
    @Inject(CURSORS) private readonly cursors: CursorCodec,
    @Inject(KEPT_DAYS) private readonly keptDays: number,
  ) {}

  @Get(':tenant')
  @Shared()
  @ApiOperation({
    summary: "A tenant's sessions, newest first",
    description:
      'Without page-view sessions. Open sessions carry their running summary; bots and the ' +
      "tenant's own traffic are listed and marked in `traffic`. Filters add up.",
  })
  @ApiParam({ name: 'tenant', description: "the token's tenant; operators may name any" })
  @ApiExtraModels(SessionListDto)
  @ApiResponse({
    status: 200,
    description: 'a page, or all of it as a download',
    content: {
      'application/json': { schema: { $ref: '#/components/schemas/SessionListDto' } },
      'text/csv': { schema: { type: 'string' } },
    },
  })
  @ApiProblems('invalid_request', 'invalid_cursor', 'range_not_kept', 'not_found', 'forbidden')
  async list(
    @Param('tenant') named: string,
    @Query() query: SessionListQuery,
    @AskedBy() asked: Asked,
  ): Promise<SessionListDto | StreamableFile> {
    const tenant = await this.figures.tenant(asked, named, 'sessions');
    const { cursor, limit = PAGE_LIMIT.fallback, format, ...filters } = query;
    const viewer = asked.principal.role === 'viewer';
    // Who may not read texts may not find out what is in them either.
    if (viewer && (query.text !== undefined || query.question !== undefined))
      throw new Problem('forbidden', { detail: 'text is not for viewers' });
    const shown = (summary: SessionSummary) => (viewer ? redactSummary(summary) : summary);

    const { tenant_hash: tenantHash } = tenant;
    const scope: CursorScope = { list: 'sessions', tenantHash, filters: textsOf(filters) };
    const position = cursor === undefined ? undefined : this.cursors.open(scope, cursor);
    const window =
      position?.window ?? resolveRange(query, tenant.time_zone, Date.now(), this.keptDays);
    const find = findQuery(tenant, window, query);
    if (format) {
      const name = `sessions_${tenantHash}`;
      const rows = map(this.finder.all(find), shown);
      return exportRows(asked.reply, { format, name, columns: COLUMNS }, rows);
    }
    const page = await this.finder.page(find, limit, position?.after);
    return {
      items: page.items.map(shown),
      next_cursor:
        page.after === undefined ? null : this.cursors.seal(scope, { window, after: page.after }),
    };
  }
}

const findQuery = (tenant: Tenant, [fromMs, toMs]: Window, query: SessionListQuery): FindQuery => ({
  ...{ tenantHash: tenant.tenant_hash, timeZone: tenant.time_zone, fromMs, toMs },
  ...{ kind: query.kind, outcome: query.outcome, matches: sessionPredicate(query, tenant) },
});

async function* map<A, B>(rows: AsyncIterable<A>, change: (row: A) => B): AsyncGenerator<B> {
  for await (const row of rows) yield change(row);
}

const textsOf = (filters: object): Record<string, string | undefined> =>
  Object.fromEntries(
    Object.entries(filters).map(([name, value]) => [
      name,
      value === undefined ? undefined : String(value),
    ]),
  );
