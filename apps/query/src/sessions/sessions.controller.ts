import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal } from '../auth/auth.guard.ts';
import type { Principal } from '../auth/principal.ts';
import { TenantAccess } from '../auth/tenant-access.ts';
import { ApiProblems } from '../http/api-problems.ts';
import { notFound } from '../http/problem.ts';
import { redactSummary } from '../journeys/viewer-redaction.ts';
import type { SessionStore, TenantDirectory } from '../storage.ts';
import { CURSORS, SESSIONS, TENANTS } from '../tokens.ts';
import type { CursorCodec, CursorScope } from './cursor.ts';
import { resolveRange } from './date-range.ts';
import { PAGE_LIMIT, SessionListDto, SessionListQuery } from './sessions.dto.ts';
import { FormCountsDto } from './summary.dto.ts';

@ApiTags('sessions')
@ApiExtraModels(FormCountsDto)
@Controller('analytics/sessions')
export class SessionsController {
  constructor(
    @Inject(TenantAccess) private readonly access: TenantAccess,
    @Inject(TENANTS) private readonly tenants: TenantDirectory,
    @Inject(SESSIONS) private readonly sessions: SessionStore,
    @Inject(CURSORS) private readonly cursors: CursorCodec,
  ) {}

  @Get(':tenant')
  @ApiOperation({
    summary: "A tenant's sessions, newest first",
    description:
      'Without page-view sessions. Open sessions carry their running summary; bots and the ' +
      "tenant's own traffic are listed and marked in `traffic`.",
  })
  @ApiParam({ name: 'tenant', description: "the token's tenant; operators may name any" })
  @ApiOkResponse({ type: SessionListDto })
  @ApiProblems('invalid_request', 'invalid_cursor', 'range_not_kept', 'not_found')
  async list(
    @Param('tenant') named: string,
    @Query() query: SessionListQuery,
    @CurrentPrincipal() principal: Principal,
  ): Promise<SessionListDto> {
    const tenantHash = this.access.resolve(principal, named, 'sessions');
    const tenant = await this.tenants.get(tenantHash);
    if (!tenant) throw notFound();

    const { from, to, range, outcome, cursor, limit = PAGE_LIMIT.fallback } = query;
    const scope: CursorScope = {
      list: 'sessions',
      tenantHash,
      filters: { from, to, range, outcome },
    };
    const position = cursor === undefined ? undefined : this.cursors.open(scope, cursor);
    const window = position?.window ?? resolveRange(query, tenant.time_zone, Date.now());
    const page = await this.sessions.sessions({
      tenantHash,
      fromMs: window[0],
      toMs: window[1],
      outcome,
      limit,
      after: position?.after,
    });
    return {
      items: principal.role === 'viewer' ? page.items.map(redactSummary) : page.items,
      next_cursor:
        page.after === undefined ? null : this.cursors.seal(scope, { window, after: page.after }),
    };
  }
}
