import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { OUTCOMES, type Outcome } from '@picasso/contracts';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { SessionSummaryDto } from './summary.dto.ts';

export const PAGE_LIMIT = { fallback: 50, max: 100 } as const;

export class SessionListQuery {
  @ApiPropertyOptional({
    type: String,
    format: 'date',
    description: "first day, inclusive, in the tenant's time zone",
  })
  @IsOptional()
  @IsString()
  from?: string;

  @ApiPropertyOptional({ type: String, format: 'date', description: 'last day, inclusive' })
  @IsOptional()
  @IsString()
  to?: string;

  @ApiPropertyOptional({
    type: String,
    pattern: '^[1-9][0-9]*d$',
    default: '7d',
    description: 'the last n days, today included; not together with from and to',
  })
  @IsOptional()
  @IsString()
  range?: string;

  @ApiPropertyOptional({ enum: OUTCOMES, description: 'only sessions that ended so' })
  @IsOptional()
  @IsIn(OUTCOMES)
  outcome?: Outcome;

  @ApiPropertyOptional({
    type: String,
    description: 'next_cursor of the page before, with the same filters',
  })
  @IsOptional()
  @IsString()
  @MaxLength(4_096)
  cursor?: string;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: PAGE_LIMIT.max,
    default: PAGE_LIMIT.fallback,
  })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(PAGE_LIMIT.max)
  limit?: number;
}

export class SessionListDto {
  @ApiProperty({ type: [SessionSummaryDto], description: 'newest first; a page may be short' })
  items!: SessionSummaryDto[];

  @ApiProperty({ type: String, nullable: true, description: 'null on the last page' })
  next_cursor!: string | null;
}
