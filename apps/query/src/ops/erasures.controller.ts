import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import {
  type Erasure,
  type ErasureScope,
  ErasureStore,
  type Tables,
  TenantStore,
  withoutIds,
} from '@picasso/storage';
import { WorkQueue } from '@picasso/messaging';
import type { Logger } from 'pino';
import { CurrentPrincipal } from '../auth/auth.guard.ts';
import type { Principal } from '../auth/principal.ts';
import { Roles } from '../auth/roles.ts';
import { BrokerLink } from '../broker-link.ts';
import { ApiProblems } from '../http/api-problems.ts';
import { notFound, Problem } from '../http/problem.ts';
import type { CursorCodec } from '../sessions/cursor.ts';
import { CURSORS, LOGGER, TABLES } from '../tokens.ts';
import { AuditLog } from './audit-log.ts';
import {
  ErasureBody,
  ErasureDto,
  ErasureListDto,
  OpsListQuery,
  type ErasureScopeBody,
} from './erasures.dto.ts';
import { pageOf } from './ops-pages.ts';

/** Requests to erase. They are written down here; the aggregator carries them out. */
@ApiTags('ops')
@Roles('ops')
@Controller('analytics/ops/erasures')
export class ErasuresController {
  private readonly erasures: ErasureStore;
  private readonly tenants: TenantStore;

  constructor(
    @Inject(TABLES) tables: Tables,
    @Inject(AuditLog) private readonly audit: AuditLog,
    @Inject(BrokerLink) private readonly link: BrokerLink,
    @Inject(CURSORS) private readonly cursors: CursorCodec,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.erasures = new ErasureStore(tables);
    this.tenants = new TenantStore(tables);
  }

  @Post()
  @HttpCode(202)
  @ApiOperation({
    summary: 'Erase a session, a visitor, days, or everything of a tenant',
    description:
      'From every store; see docs/operations.md. Export a tenant first if its data is still ' +
      'wanted: nothing brings it back.',
  })
  @ApiAcceptedResponse({ type: ErasureDto })
  @ApiProblems('invalid_request', 'anti_forgery', 'forbidden', 'not_found')
  async request(
    @Body() body: ErasureBody,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ErasureDto> {
    const { tenant_hash, reason = null, confirm } = body;
    const scope = scopeOf(body.scope);
    if ('tenant' in scope && confirm !== tenant_hash)
      throw invalid('confirm', 'must repeat the tenant hash to erase everything of a tenant');
    if (!(await this.tenants.get(tenant_hash))) throw notFound();
    const details = { scope: withoutIds(scope), reason };
    await this.audit.write(principal, tenant_hash, 'erasure_requested', details);
    const request = { tenant_hash, scope, reason, requested_by: principal.sub };
    const erasure = await this.erasures.request(request, Date.now());
    await this.ring(erasure);
    return shown(erasure);
  }

  @Get()
  @ApiOperation({ summary: 'Erasures and their receipts, newest first' })
  @ApiOkResponse({ type: ErasureListDto })
  @ApiProblems('invalid_request', 'invalid_cursor', 'forbidden')
  async list(@Query() query: OpsListQuery): Promise<ErasureListDto> {
    const { tenant } = query;
    const page = await pageOf(this.cursors, 'ops/erasures', { ...query }, (limit, after) =>
      this.erasures.list({ tenant, after, limit }),
    );
    return { ...page, items: page.items.map(shown) };
  }

  @Get(':erasure_id')
  @ApiOperation({ summary: 'One erasure' })
  @ApiParam({ name: 'erasure_id', schema: { type: 'string' } })
  @ApiOkResponse({ type: ErasureDto })
  @ApiProblems('forbidden', 'not_found')
  async get(@Param('erasure_id') erasureId: string): Promise<ErasureDto> {
    const erasure = ERASURE_ID.test(erasureId) ? await this.erasures.get(erasureId) : undefined;
    if (!erasure) throw notFound();
    return shown(erasure);
  }

  /** The request is kept already: while the queue is away, the aggregator finds it by itself. */
  private async ring({ erasure_id }: Erasure): Promise<void> {
    try {
      await new WorkQueue(this.link.get(), 'erase').add([erasure_id], Date.now());
    } catch (error) {
      this.logger.warn({ err: error, erasure_id }, 'the queue did not take a request to erase');
    }
  }
}

const ERASURE_ID = /^[0-9a-f]{24}$/;

/** @throws Problem `invalid_request` unless it says exactly one thing */
function scopeOf({
  session_id,
  ga_client_id,
  from,
  to,
  tenant,
}: Partial<ErasureScopeBody>): ErasureScope {
  const days = from !== undefined || to !== undefined;
  const meant = [session_id, ga_client_id, tenant, days || undefined];
  if (meant.filter((one) => one !== undefined).length !== 1)
    throw invalid('scope', 'must be one of session_id, ga_client_id, from with to, tenant');
  if (session_id !== undefined) return { session_id };
  if (ga_client_id !== undefined) return { ga_client_id };
  if (tenant) return { tenant };
  if (from === undefined || to === undefined) throw invalid('scope', 'from needs to');
  if (from > to) throw invalid('scope', 'from must not be after to');
  return { from, to };
}

const invalid = (parameter: string, message: string): Problem =>
  new Problem('invalid_request', { errors: [{ parameter, message }] });

function shown({ requested_ms, finished_ms, ...erasure }: Erasure): ErasureDto {
  return {
    ...erasure,
    requested_at: new Date(requested_ms).toISOString(),
    finished_at: finished_ms === null ? null : new Date(finished_ms).toISOString(),
  };
}
