import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { Day, ListOf, Moment, Name, OneOf, OneOrNull, ValueOrNull } from '../http/api-fields.ts';

export const PAGE_LIMIT = { fallback: 50, max: 100 } as const;

/** Field of a query: where the next page begins. */
export const PageCursor = (description = 'next_cursor of the page before, with the same filters') =>
  applyDecorators(
    ApiPropertyOptional({ type: String, maxLength: 4_096, description }),
    IsOptional(),
    IsString(),
    MaxLength(4_096),
  );

/** Field of a query: how many rows a page has. */
export const PageSize = () =>
  applyDecorators(
    ApiPropertyOptional({
      type: 'integer',
      minimum: 1,
      maximum: PAGE_LIMIT.max,
      default: PAGE_LIMIT.fallback,
    }),
    IsOptional(),
    Type(() => Number),
    IsInt(),
    Min(1),
    Max(PAGE_LIMIT.max),
  );

/** Which days a question is about. */
export class RangeQuery {
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
}

export const EXPORT_FORMATS = ['csv', 'json'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** A list: pages, or all of it as a file. */
export class ListQuery extends RangeQuery {
  @PageCursor()
  cursor?: string;

  @PageSize()
  limit?: number;

  @ApiPropertyOptional({
    enum: EXPORT_FORMATS,
    description: 'the whole list as a download, streamed; cursor and limit say nothing then',
  })
  @IsOptional()
  @IsIn(EXPORT_FORMATS)
  format?: ExportFormat;
}

class PartialDayDto {
  @Day() day!: string;
  @OneOf(
    ['today', 'not_aggregated'],
    'today goes on; the other days are computed from their sessions until they are aggregated',
  )
  reason!: 'today' | 'not_aggregated';
}

class DaysDto {
  @Day() from!: string;
  @Day('inclusive') to!: string;
}

/** What an answer's figures are about, and how final they are. */
export class RangeDto {
  @Day() from!: string;
  @Day('inclusive') to!: string;
  @Name('IANA name: days and hours are in it') time_zone!: string;
  @Moment('when the oldest part of the figures was read') as_of!: string;
  @Moment('sessions that began before are counted for good, but for events that come late')
  complete_until!: string;
  @ListOf(() => PartialDayDto, 'days whose figures still change')
  partial!: PartialDayDto[];
  @OneOrNull(() => DaysDto, 'what `before` and `change` compare with; null where it is not kept')
  compared_with!: DaysDto | null;
}

export class ComparisonDto {
  @ValueOrNull() value!: number | null;
  @ValueOrNull('in the period before') before!: number | null;
  @ValueOrNull('relative: 0.1 is a tenth more; null where one side is unknown or 0')
  change!: number | null;
}

/** Every answer about a range has this. */
export class RangedDto {
  @ApiProperty({ type: () => RangeDto }) range!: RangeDto;
}
