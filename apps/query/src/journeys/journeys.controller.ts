import { createHash } from 'node:crypto';
import { Controller, Get, Headers, Inject, Param, Query, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { LIMITS } from '@picasso/contracts';
import type { ArchiveReader, SessionView } from '@picasso/storage';
import type { FastifyReply } from 'fastify';
import { CurrentPrincipal } from '../auth/auth.guard.ts';
import type { Principal } from '../auth/principal.ts';
import { TenantAccess } from '../auth/tenant-access.ts';
import { ApiProblems } from '../http/api-problems.ts';
import { matchesEtag } from '../http/conditional.ts';
import { notFound, Problem } from '../http/problem.ts';
import type { SessionStore } from '../storage.ts';
import { ARCHIVE, SESSIONS } from '../tokens.ts';
import { JourneyDto, JourneyQuery } from './journey.dto.ts';
import { toJourney } from './journey.ts';

@ApiTags('journeys')
@Controller('analytics/journey')
export class JourneysController {
  constructor(
    @Inject(TenantAccess) private readonly access: TenantAccess,
    @Inject(SESSIONS) private readonly sessions: SessionStore,
    @Inject(ARCHIVE) private readonly archive: ArchiveReader | null,
  ) {}

  @Get(':session_id')
  @ApiOperation({ summary: 'One session, step by step' })
  @ApiHeader({ name: 'if-none-match', required: false, description: 'ETag of an earlier answer' })
  @ApiOkResponse({ type: JourneyDto, description: 'with an ETag once the session has ended' })
  @ApiResponse({ status: 304, description: 'nothing has changed since' })
  @ApiProblems('invalid_request', 'tenant_required', 'not_found', 'steps_not_kept')
  async journey(
    @Param('session_id') sessionId: string,
    @Query() { tenant }: JourneyQuery,
    @Headers('if-none-match') ifNoneMatch: string | undefined,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | undefined> {
    const tenantHash = this.access.resolve(principal, tenant, 'journey');
    const view = await this.read(tenantHash, sessionId);

    const body = JSON.stringify(toJourney(view, principal.role !== 'viewer'));
    reply.type('application/json; charset=utf-8');
    if (view.summary.closed_by === null) return body;
    // Ended, but a late event may still revise it: keep it, and ask whether it is still the same.
    const etag = `"${createHash('sha256').update(body).digest('base64url')}"`;
    reply.header('etag', etag).header('cache-control', 'private, no-cache');
    if (!matchesEtag(ifNoneMatch, etag)) return body;
    reply.code(304);
    return undefined;
  }

  private async read(tenantHash: string, sessionId: string): Promise<SessionView> {
    if (sessionId.length > LIMITS.idLength) throw notFound();
    let view = await this.sessions.session(tenantHash, sessionId);
    // Summary and steps are read side by side: a step may have come in between.
    if (view && !isWhole(view)) view = await this.sessions.session(tenantHash, sessionId);
    if (view && isWhole(view)) return view;
    // Steps live in the tables for 8 days and their summary for 90, both in the archive for a year.
    const archived = await this.archive?.archivedJourney(tenantHash, sessionId);
    if (archived) return { ...archived, version: view?.version ?? 0 };
    if (!view) throw notFound();
    // A part must not pass for the journey.
    throw new Problem('steps_not_kept');
  }
}

const isWhole = ({ steps, summary }: SessionView): boolean => steps.length >= summary.event_count;
