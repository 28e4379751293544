import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Run, RunLog, type Tables } from '@picasso/storage';
import { Roles } from '../auth/roles.ts';
import { ApiProblems } from '../http/api-problems.ts';
import type { CursorCodec } from '../sessions/cursor.ts';
import { CURSORS, TABLES } from '../tokens.ts';
import { pageOf } from './ops-pages.ts';
import { RunListDto, RunsQuery, type RunDto } from './runs.dto.ts';

/** What the aggregator's commands did. */
@ApiTags('ops')
@Roles('ops')
@Controller('analytics/ops/runs')
export class RunsController {
  private readonly runs: RunLog;

  constructor(
    @Inject(TABLES) tables: Tables,
    @Inject(CURSORS) private readonly cursors: CursorCodec,
  ) {
    this.runs = new RunLog(tables);
  }

  @Get()
  @ApiOperation({
    summary: 'Runs of the aggregator, newest first',
    description: 'Of the last 30 days. With `tenant`, the turns of that tenant in them.',
  })
  @ApiOkResponse({ type: RunListDto })
  @ApiProblems('invalid_request', 'invalid_cursor', 'forbidden')
  async list(@Query() query: RunsQuery): Promise<RunListDto> {
    const { tenant, command } = query;
    const page = await pageOf(this.cursors, 'ops/runs', { ...query }, (limit, after) =>
      this.runs.list({ tenant, command, after, limit }, Date.now()),
    );
    return { ...page, items: page.items.map(shown) };
  }
}

function shown({ started_ms, finished_ms, ...run }: Run): RunDto {
  return {
    ...run,
    started_at: new Date(started_ms).toISOString(),
    finished_at: finished_ms === null ? null : new Date(finished_ms).toISOString(),
  };
}
