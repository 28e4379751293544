import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { TENANT_HASH } from '@picasso/contracts';
import { IsIn, IsOptional, Matches } from 'class-validator';
import { ROLES, type Role } from './principal.ts';

class LocalTenantDto {
  @ApiProperty({ type: String }) tenant_hash!: string;
  @ApiProperty({ type: String }) name!: string;
}

export class LocalTenantsDto {
  @ApiProperty({ type: [LocalTenantDto], description: 'by name' })
  tenants!: LocalTenantDto[];
}

export class LocalSignInBody {
  @ApiProperty({ enum: ROLES })
  @IsIn(ROLES)
  role!: Role;

  @ApiPropertyOptional({ type: String, pattern: TENANT_HASH.source })
  @IsOptional()
  @Matches(TENANT_HASH)
  tenant_hash?: string;
}
