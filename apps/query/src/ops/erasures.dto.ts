import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { TENANT_HASH } from '@picasso/contracts';
import { ERASURE_STATES, type ErasureScope, type ErasureState } from '@picasso/storage';
import { Type } from 'class-transformer';
import {
  Equals,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { PageCursor, PageSize } from '../figures/figures.dto.ts';
import { IsDay } from '../http/is-day.ts';
import {
  ListOf,
  Moment,
  MomentOrNull,
  Name,
  NameOrNull,
  NextCursor,
  OneOf,
} from '../http/api-fields.ts';

const only = (properties: Record<string, object>) => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});
const id = { type: 'string', minLength: 1, maxLength: 128 };
const day = { type: 'string', format: 'date' };
const SCOPES = [
  only({ session_id: id }),
  only({ ga_client_id: id }),
  only({ from: day, to: { ...day, description: 'inclusive' } }),
  only({ tenant: { type: 'boolean', enum: [true] } }),
];

/** One of: a session, a visitor, days of the tenant's calendar, everything of the tenant. */
export class ErasureScopeBody {
  @IsOptional() @IsString() @Length(1, 128) session_id?: string;
  @IsOptional() @IsString() @Length(1, 128) ga_client_id?: string;
  @IsOptional() @IsDay() from?: string;
  @IsOptional() @IsDay() to?: string;
  @IsOptional() @Equals(true) tenant?: true;
}

export class ErasureBody {
  @ApiProperty({ type: String, pattern: TENANT_HASH.source })
  @Matches(TENANT_HASH)
  tenant_hash!: string;

  @ApiProperty({ oneOf: SCOPES, description: 'exactly one of them' })
  @IsObject()
  @ValidateNested()
  @Type(() => ErasureScopeBody)
  // Not the class itself: its name would be described besides.
  scope!: Partial<ErasureScopeBody>;

  @ApiPropertyOptional({
    type: String,
    minLength: 1,
    maxLength: 500,
    description: 'kept for ever: name a case, not a person',
  })
  @IsOptional()
  @IsString()
  @Length(1, 500)
  reason?: string;

  @ApiPropertyOptional({
    type: String,
    maxLength: 64,
    description: 'the tenant hash again, where everything of the tenant is to go',
  })
  @IsOptional()
  @IsString()
  @MaxLength(64)
  confirm?: string;
}

export class ErasureDto {
  @Name() erasure_id!: string;
  @Name() tenant_hash!: string;
  @ApiProperty({
    oneOf: SCOPES,
    description: 'once done, `sha256:` and its hash is in the place of an id',
  })
  scope!: ErasureScope;
  @NameOrNull() reason!: string | null;
  @OneOf(ERASURE_STATES, 'failed ones are tried again') state!: ErasureState;
  @Name('subject of the token') requested_by!: string;
  @Moment() requested_at!: string;
  @MomentOrNull() finished_at!: string | null;
  @ApiProperty({
    type: 'object',
    nullable: true,
    additionalProperties: { type: 'integer', minimum: 0 },
    description: 'what went, by store; null until it is done',
  })
  receipt!: Record<string, number> | null;
  @NameOrNull('of the last try') error!: string | null;
}

export class ErasureListDto {
  @ListOf(() => ErasureDto, 'newest first') items!: ErasureDto[];
  @NextCursor() next_cursor!: string | null;
}

/** Pages of what operators look through. */
export class OpsPageQuery {
  @PageCursor()
  cursor?: string;

  @PageSize()
  limit?: number;
}

export class OpsListQuery extends OpsPageQuery {
  @ApiPropertyOptional({ type: String, pattern: TENANT_HASH.source, description: 'all without it' })
  @IsOptional()
  @Matches(TENANT_HASH)
  tenant?: string;
}
