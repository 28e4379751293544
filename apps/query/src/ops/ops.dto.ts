import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { REJECTIONS, TENANT_HASH, type RejectionCode } from '@picasso/contracts';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { IsMoment } from '../http/is-moment.ts';
import { Count, ListOf, Moment, MomentOrNull, Name, NameOrNull } from '../http/api-fields.ts';
import { NextCursor, One, OneOf, OneOrNull } from '../http/api-fields.ts';

const REASONS = Object.keys(REJECTIONS) as RejectionCode[];
const ANYTHING = { type: 'object', additionalProperties: true } as const;

class StreamStateDto {
  @Name() stream!: string;
  @Count() messages!: number;
  @Count() bytes!: number;
  @Count('0: without limit') max_bytes!: number;
  @Count() first_seq!: number;
  @Count() last_seq!: number;
}

class LagDto {
  @Count('not yet delivered') pending!: number;
  @Count('delivered, not yet settled') in_progress!: number;
  @Count('everything up to this sequence is settled') ack_floor_seq!: number;
  @MomentOrNull('when the oldest unsettled message was stored')
  oldest_unprocessed_at!: string | null;
}

class ReasonCountDto {
  @OneOf(REASONS) reason!: string;
  @Name() tenant_hash!: string;
  @Count() letters!: number;
}

class JobFailureDto {
  @Name() command!: string;
  @Name() tenant_hash!: string;
  @Name() error!: string;
  @Count('in a row') attempts!: number;
  @Moment() first_at!: string;
  @Moment() last_at!: string;
}

export class PipelineDto {
  @Moment() as_of!: string;
  @ListOf(() => StreamStateDto) streams!: StreamStateDto[];
  @OneOrNull(() => LagDto, 'null before the sessionizer first started') sessionizer!: LagDto | null;
  @ListOf(() => ReasonCountDto) dead_letters!: ReasonCountDto[];
  @ListOf(() => JobFailureDto, 'tenants whose last turn of a command failed')
  failures!: JobFailureDto[];
}

export class LettersQuery {
  @ApiPropertyOptional({ enum: REASONS })
  @IsOptional()
  @IsIn(REASONS)
  reason?: RejectionCode;

  @ApiPropertyOptional({ type: String, pattern: TENANT_HASH.source })
  @IsOptional()
  @Matches(TENANT_HASH)
  tenant?: string;

  @ApiPropertyOptional({ type: String, format: 'date-time', description: 'dead since, inclusive' })
  @IsOptional()
  @IsMoment()
  from?: string;

  @ApiPropertyOptional({ type: String, format: 'date-time', description: 'dead before, exclusive' })
  @IsOptional()
  @IsMoment()
  to?: string;

  @ApiPropertyOptional({ type: 'integer', description: 'next_after of the page before' })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  after?: number;

  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 100, default: 50 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(100)
  limit?: number;
}

class LetterHeadDto {
  @Count('names the letter') seq!: number;
  @OneOf(REASONS) reason!: string;
  @Name() tenant_hash!: string;
  @NameOrNull() session_id!: string | null;
  @Name('never message text') error!: string;
  @Name('JSON pointer into the event') path!: string;
  @Count() attempts!: number;
  @Moment() first_at!: string;
  @Moment() last_at!: string;
}

export class LetterListDto {
  @ListOf(() => LetterHeadDto, 'oldest first') items!: LetterHeadDto[];
  @ApiProperty({ type: 'integer', nullable: true, description: 'null on the last page' })
  next_after!: number | null;
}

export class LetterDto extends LetterHeadDto {
  @ApiProperty({ ...ANYTHING, nullable: true, description: 'as it came, or as it travelled' })
  event!: unknown;
  @NameOrNull() origin!: string | null;
}

export class ReplayBody {
  @ApiPropertyOptional({ ...ANYTHING, description: 'goes in place of the letter’s event' })
  @IsOptional()
  @IsObject()
  event?: Record<string, unknown>;

  @ApiPropertyOptional({ type: Boolean, default: false, description: 'say what would happen' })
  @IsOptional()
  @IsBoolean()
  dry_run?: boolean;
}

export class ReplayDto {
  @OneOf(['replayed', 'would_replay', 'rejected']) result!:
    'replayed' | 'would_replay' | 'rejected';
  @NameOrNull('why it is still not taken') code!: string | null;
  @NameOrNull('JSON pointer') path!: string | null;
  @NameOrNull() message!: string | null;
  @NameOrNull('as it goes on') event_id!: string | null;
}

class AuditEntryDto {
  @Name() id!: string;
  @ApiProperty(ANYTHING) record!: Record<string, unknown>;
}

export class AuditListDto {
  @ListOf(() => AuditEntryDto, 'newest first') items!: AuditEntryDto[];
  @NextCursor() next_cursor!: string | null;
}

class OfficeHoursDto {
  @ApiProperty({ type: [Number], description: 'ISO weekdays' })
  @IsArray()
  @ArrayMaxSize(7)
  @IsInt({ each: true })
  @Min(1, { each: true })
  @Max(7, { each: true })
  days!: number[];

  @ApiProperty({ type: String, description: '`hh:mm`, inclusive' })
  @Matches(/^([01]\d|2[0-3]):[0-5]\d$/)
  from!: string;

  @ApiProperty({ type: String, description: '`hh:mm`, exclusive' })
  @Matches(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/)
  to!: string;
}

const texts = { type: String, isArray: true } as const;

/** What of a tenant can be set; what is left out stays. */
export class TenantSettingsBody {
  @ApiPropertyOptional({ type: String })
  @IsOptional()
  @IsString()
  @Length(1, 200)
  name?: string;

  @ApiPropertyOptional(texts)
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(100)
  @Matches(/^https?:\/\/[^/\s]+$/, { each: true })
  allowed_origins?: string[];

  @ApiPropertyOptional(texts)
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(100)
  @IsString({ each: true })
  @MaxLength(253, { each: true })
  own_hosts?: string[];

  @ApiPropertyOptional(texts)
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(1_000)
  @IsString({ each: true })
  @MaxLength(64, { each: true })
  excluded_addresses?: string[];

  @ApiPropertyOptional({ type: 'integer', minimum: 1 })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  events_per_second?: number;

  @ApiPropertyOptional({ type: 'integer', minimum: 0 })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(1_000_000)
  dead_letters_per_hour?: number;

  @ApiPropertyOptional({ type: String, description: 'IANA name; all days are aggregated anew' })
  @IsOptional()
  @IsString()
  @MaxLength(64)
  time_zone?: string;

  @ApiPropertyOptional({ type: OfficeHoursDto })
  @IsOptional()
  @ValidateNested()
  @Type(() => OfficeHoursDto)
  office_hours?: OfficeHoursDto;

  @ApiPropertyOptional({ type: 'object', additionalProperties: { type: 'number' } })
  @IsOptional()
  @IsObject()
  goal_values?: Record<string, number>;

  @ApiPropertyOptional({ type: String, description: 'ISO 4217' })
  @IsOptional()
  @Matches(/^[A-Z]{3}$/)
  currency?: string;

  @ApiPropertyOptional({ type: String, description: '`#rrggbb`; accents take its hue' })
  @IsOptional()
  @Matches(/^#[0-9a-f]{6}$/)
  accent_color?: string;
}

export class NewTenantBody extends TenantSettingsBody {
  @ApiProperty({ type: String, pattern: TENANT_HASH.source })
  @Matches(TENANT_HASH)
  tenant_hash!: string;
}

class KeyDto {
  @Name('names the key; the key itself is not kept') sha256!: string;
  @Name('its first characters') hint!: string;
  @Moment() created_at!: string;
}

export class TenantDetailsDto {
  @Name() tenant_hash!: string;
  @Name() name!: string;
  @ListOf(() => String) allowed_origins!: string[];
  @ListOf(() => String) own_hosts!: string[];
  @ListOf(() => String) excluded_addresses!: string[];
  @Count() events_per_second!: number;
  @Count() dead_letters_per_hour!: number;
  @Name() time_zone!: string;
  @ApiPropertyOptional({ type: OfficeHoursDto }) office_hours?: OfficeHoursDto;
  @ApiPropertyOptional({ type: 'object', additionalProperties: { type: 'number' } })
  goal_values?: Record<string, number>;
  @ApiPropertyOptional({ type: String }) currency?: string;
  @ApiPropertyOptional({ type: String, description: '`#rrggbb`' }) accent_color?: string;
  @ListOf(() => KeyDto, 'at most two') write_keys!: KeyDto[];
  @OneOrNull(() => KeyDto) server_key!: KeyDto | null;
}

export class TenantDetailsListDto {
  @ListOf(() => TenantDetailsDto, 'by hash') items!: TenantDetailsDto[];
  @NextCursor() next_cursor!: string | null;
}

export class IssuedKeysDto {
  @One(() => TenantDetailsDto) tenant!: TenantDetailsDto;
  @NameOrNull('shown here and never again') write_key!: string | null;
  @NameOrNull('shown here and never again') server_key!: string | null;
}
