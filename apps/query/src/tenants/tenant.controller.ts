import { Controller, Get, Inject, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiProperty, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal } from '../auth/auth.guard.ts';
import type { Principal } from '../auth/principal.ts';
import { TenantAccess } from '../auth/tenant-access.ts';
import { ApiProblems } from '../http/api-problems.ts';
import { notFound } from '../http/problem.ts';
import type { TenantDirectory } from '../storage.ts';
import { TENANTS } from '../tokens.ts';

class TenantDto {
  @ApiProperty({ type: String }) tenant_hash!: string;
  @ApiProperty({ type: String }) name!: string;
  @ApiProperty({ type: String, description: 'IANA name: days and hours are in it' })
  time_zone!: string;
  @ApiProperty({ type: String, nullable: true, description: "the console's accent, `#rrggbb`" })
  accent_color!: string | null;
}

/** What a reader needs to know of the tenant to show its figures. */
@ApiTags('tenants')
@Controller('analytics/tenant')
export class TenantController {
  constructor(
    @Inject(TenantAccess) private readonly access: TenantAccess,
    @Inject(TENANTS) private readonly tenants: TenantDirectory,
  ) {}

  @Get(':tenant')
  @ApiOperation({ summary: "A tenant's name, time zone and accent" })
  @ApiParam({ name: 'tenant', description: "the token's tenant; operators may name any" })
  @ApiOkResponse({ type: TenantDto })
  @ApiProblems('not_found')
  async tenant(
    @Param('tenant') named: string,
    @CurrentPrincipal() principal: Principal,
  ): Promise<TenantDto> {
    const tenant = await this.tenants.get(this.access.resolve(principal, named, 'tenant'));
    if (!tenant) throw notFound();
    const { tenant_hash, name, time_zone, accent_color = null } = tenant;
    return { tenant_hash, name, time_zone, accent_color };
  }
}
