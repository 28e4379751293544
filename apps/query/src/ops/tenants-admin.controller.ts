import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Inject,
  Param,
  Patch,
  Post,
} from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse } from '@nestjs/swagger';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { TENANT_HASH, type Tenant } from '@picasso/contracts';
import { knownZone } from '@picasso/domain';
import { TenantChangedError, TenantExistsError, TenantStore, type Tables } from '@picasso/storage';
import { CurrentPrincipal } from '../auth/auth.guard.ts';
import type { Principal } from '../auth/principal.ts';
import { Roles } from '../auth/roles.ts';
import { ApiProblems } from '../http/api-problems.ts';
import { notFound, Problem } from '../http/problem.ts';
import { TABLES } from '../tokens.ts';
import { AuditLog } from './audit-log.ts';
import {
  IssuedKeysDto,
  NewTenantBody,
  TenantDetailsDto,
  TenantDetailsListDto,
  TenantSettingsBody,
} from './ops.dto.ts';
import { issueServerKey, issueWriteKey, withoutWriteKey } from './tenant-keys.ts';

/** Operators who change one tenant at once. */
const ATTEMPTS = 5;

@ApiTags('ops')
@Roles('ops')
@Controller('analytics/ops/tenants')
export class TenantsAdminController {
  private readonly tenants: TenantStore;

  constructor(
    @Inject(TABLES) tables: Tables,
    @Inject(AuditLog) private readonly audit: AuditLog,
  ) {
    this.tenants = new TenantStore(tables);
  }

  @Get()
  @ApiOperation({ summary: 'All tenants with their settings and the names of their keys' })
  @ApiOkResponse({ type: TenantDetailsListDto })
  @ApiProblems('forbidden')
  async list(): Promise<TenantDetailsListDto> {
    const items = await this.tenants.list();
    items.sort((a, b) => (a.tenant_hash < b.tenant_hash ? -1 : 1));
    return { items, next_cursor: null };
  }

  @Post()
  @ApiOperation({ summary: 'Add a tenant and issue its first keys: they are shown here only' })
  @ApiCreatedResponse({ type: IssuedKeysDto })
  @ApiProblems('invalid_request', 'anti_forgery', 'forbidden', 'exists')
  async create(
    @Body() body: NewTenantBody,
    @CurrentPrincipal() principal: Principal,
  ): Promise<IssuedKeysDto> {
    check(body);
    const { tenant_hash } = body;
    await this.audit.write(principal, tenant_hash, 'tenant_created', {
      settings: { ...body },
    });
    try {
      return await this.tenants.create({ ...given(body), tenant_hash });
    } catch (error) {
      if (error instanceof TenantExistsError) throw new Problem('exists', { cause: error });
      throw error;
    }
  }

  @Patch(':tenant')
  @ApiOperation({
    summary: 'Change settings; what is left out stays',
    description:
      'After another time zone days are computed from their sessions until the aggregator’s ' +
      '`recount` has moved them; other office hours count from the next aggregation on.',
  })
  @ApiOkResponse({ type: TenantDetailsDto })
  @ApiProblems('invalid_request', 'anti_forgery', 'forbidden', 'not_found')
  async change(
    @Param('tenant') tenantHash: string,
    @Body() settings: TenantSettingsBody,
    @CurrentPrincipal() principal: Principal,
  ): Promise<TenantDetailsDto> {
    check(settings);
    const changes = given(settings);
    return this.save(principal, tenantHash, 'tenant_changed', changes, (before) => ({
      ...before,
      ...changes,
    }));
  }

  @Post(':tenant/write-keys')
  @ApiOperation({
    summary: 'Issue another write key: shown here only',
    description: 'Two can be active, so that pages move over before the old one is revoked.',
  })
  @ApiCreatedResponse({ type: IssuedKeysDto })
  @ApiProblems('anti_forgery', 'forbidden', 'not_found', 'exists')
  async addWriteKey(
    @Param('tenant') tenantHash: string,
    @CurrentPrincipal() principal: Principal,
  ): Promise<IssuedKeysDto> {
    const issued = issueWriteKey();
    const { hint } = issued.record;
    const tenant = await this.save(
      principal,
      tenantHash,
      'write_key_issued',
      { hint },
      (before) => {
        if (before.write_keys.length >= 2)
          throw new Problem('exists', { detail: 'two write keys are active: revoke one first' });
        return { ...before, write_keys: [...before.write_keys, issued.record] };
      },
    );
    return { tenant, write_key: issued.key, server_key: null };
  }

  @Delete(':tenant/write-keys/:sha256')
  @HttpCode(204)
  @ApiOperation({ summary: 'Revoke a write key: it stops within 30 seconds' })
  @ApiNoContentResponse()
  @ApiProblems('anti_forgery', 'forbidden', 'not_found')
  async revokeWriteKey(
    @Param('tenant') tenantHash: string,
    @Param('sha256') sha256: string,
    @CurrentPrincipal() principal: Principal,
  ): Promise<void> {
    await this.save(principal, tenantHash, 'write_key_revoked', { sha256 }, (before) =>
      withoutWriteKey(before, sha256),
    );
  }

  @Post(':tenant/server-key')
  @ApiOperation({
    summary: 'Replace the server key: shown here only; the former stops within 30 s',
  })
  @ApiCreatedResponse({ type: IssuedKeysDto })
  @ApiProblems('anti_forgery', 'forbidden', 'not_found')
  async rotateServerKey(
    @Param('tenant') tenantHash: string,
    @CurrentPrincipal() principal: Principal,
  ): Promise<IssuedKeysDto> {
    const { key, record } = issueServerKey();
    const details = { hint: record.hint };
    const tenant = await this.save(
      principal,
      tenantHash,
      'server_key_rotated',
      details,
      (before) => ({
        ...before,
        server_key: record,
      }),
    );
    return { tenant, write_key: null, server_key: key };
  }

  private async save(
    principal: Principal,
    tenantHash: string,
    action: string,
    details: object,
    change: (tenant: Tenant) => Tenant,
  ): Promise<Tenant> {
    for (let attempt = 1; ; attempt += 1) {
      const before = TENANT_HASH.test(tenantHash)
        ? await this.tenants.get(tenantHash, { consistent: true })
        : undefined;
      if (!before) throw notFound();
      const after = change(before);
      if (attempt === 1) await this.audit.write(principal, tenantHash, action, { ...details });
      try {
        await this.tenants.put(after, before);
        return after;
      } catch (error) {
        // Another operator was faster: this change goes on top of theirs.
        if (!(error instanceof TenantChangedError) || attempt === ATTEMPTS) throw error;
      }
    }
  }
}

/** A body's fields are all there, undefined where nothing was sent: that must hide no default. */
const given = (body: TenantSettingsBody): Partial<Tenant> =>
  Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));

/** What the decorators of the body cannot say. @throws Problem `invalid_request` */
function check({ time_zone, goal_values }: TenantSettingsBody): void {
  const refuse = (parameter: string, message: string): never => {
    throw new Problem('invalid_request', { errors: [{ parameter, message }] });
  };
  if (time_zone !== undefined && knownZone(time_zone) !== time_zone)
    refuse('time_zone', 'must be an IANA time zone');
  const values: unknown[] = Object.values(goal_values ?? {});
  if (values.some((value) => typeof value !== 'number' || !(value >= 0 && value <= 1e9)))
    refuse('goal_values', 'must be numbers from 0 to 1e9, by form id');
}
