import { Controller, Get, Inject, Param, Query, type StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { LIMITS, type SessionSummary } from '@picasso/contracts';
import type { ArchiveReader, FindQuery, SessionFinder } from '@picasso/storage';
import { WithText } from '../auth/roles.ts';
import { exportLines } from '../exports/export-rows.ts';
import { AskedBy, type Asked } from '../figures/asked.ts';
import { RangeQuery } from '../figures/figures.dto.ts';
import { FiguresService } from '../figures/figures.service.ts';
import { ApiProblems } from '../http/api-problems.ts';
import { windowOf } from '../sessions/date-range.ts';
import type { SessionStore } from '../storage.ts';
import { ARCHIVE, FINDER, SESSIONS } from '../tokens.ts';
import { toJourney } from './journey.ts';

@ApiTags('journeys')
@WithText()
@Controller('analytics/events')
export class EventsController {
  constructor(
    @Inject(FiguresService) private readonly figures: FiguresService,
    @Inject(FINDER) private readonly finder: SessionFinder,
    @Inject(SESSIONS) private readonly sessions: SessionStore,
    @Inject(ARCHIVE) private readonly archive: ArchiveReader | null,
  ) {}

  @Get(':tenant')
  @ApiOperation({
    summary: 'Raw events of the sessions that began in the range, as JSON lines',
    description:
      'Newest session first, its events in order, streamed; visits and left-out traffic included. ' +
      'A session whose events are not kept any more has one line: `{session_id, steps_not_kept: true}`.',
  })
  @ApiParam({ name: 'tenant', description: "the token's tenant; operators may name any" })
  @ApiResponse({
    status: 200,
    description: 'an event a line',
    content: { 'application/x-ndjson': { schema: { type: 'string' } } },
  })
  @ApiProblems('invalid_request', 'range_not_kept', 'not_found', 'forbidden')
  async events(
    @Param('tenant') named: string,
    @Query() query: RangeQuery,
    @AskedBy() asked: Asked,
  ): Promise<StreamableFile> {
    const tenant = await this.figures.tenant(asked, named, 'events');
    const range = this.figures.days(query, tenant);
    const [fromMs, toMs] = windowOf(range, tenant.time_zone);
    const { tenant_hash: tenantHash, time_zone: timeZone } = tenant;
    const find = { tenantHash, timeZone, fromMs, toMs };
    const name = `events_${tenantHash}_${range.from}_${range.to}`;
    return exportLines(asked.reply, name, this.lines(find));
  }

  private async *lines(find: FindQuery): AsyncGenerator<object> {
    for (const kind of ['session', 'page_view'] as const)
      for await (const summary of this.finder.all({ ...find, kind })) yield* this.steps(summary);
  }

  private async *steps(summary: SessionSummary): AsyncGenerator<object> {
    const { tenant_hash, session_id, event_count, started_at } = summary;
    const recent = Date.parse(started_at) > Date.now() - LIMITS.sessionRowsMs;
    const stored = recent ? await this.sessions.session(tenant_hash, session_id) : undefined;
    const isWhole = (view: { steps: unknown[] } | undefined): boolean =>
      view !== undefined && view.steps.length >= event_count;
    const view = isWhole(stored)
      ? stored
      : await this.archive?.archivedJourney(tenant_hash, session_id);
    if (!view || !isWhole(view)) {
      yield { session_id, steps_not_kept: true };
      return;
    }
    for (const step of toJourney({ ...view, version: 0 }, true).steps)
      yield { tenant_hash, session_id, ...step };
  }
}
