import { ApiPropertyOptional } from '@nestjs/swagger';
import type { GapState, ItemType, Trend } from '@picasso/domain';
import { ITEM_TYPES, PATH_DEPTH } from '@picasso/domain';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { ListQuery, RangedDto, RangeQuery } from '../figures/figures.dto.ts';
import {
  Count,
  CountOrNull,
  Day,
  ListOf,
  Name,
  NameOrNull,
  NextCursor,
  One,
  OneOf,
  OneOfOrNull,
  SessionsUrl,
  Share,
  ValueOrNull,
} from '../http/api-fields.ts';

export class ItemsQuery extends ListQuery {
  @ApiPropertyOptional({ type: String, description: 'items of this type alone' })
  @IsOptional()
  @IsString()
  @MaxLength(64)
  type?: string;
}

class WindowClicksDto {
  @Count() clicks!: number;
  @ValueOrNull('relative to as many days before') change!: number | null;
  @OneOfOrNull(['up', 'down', 'neutral']) trend!: Trend | null;
}

export class PopularityDto {
  @Name('`{type}#{id}`') key!: string;
  @Name() type!: string;
  @Name() id!: string;
  @NameOrNull() label!: string | null;
  @Count() clicks!: number;
  @Count() shown!: number;
  @Count('that clicked it') sessions!: number;
  @Share('of all clicks of the range') share!: number | null;
  @One(() => WindowClicksDto, 'ending with the last day of the range')
  last_7_days!: WindowClicksDto;
  @One(() => WindowClicksDto, 'ending with the last day of the range')
  last_30_days!: WindowClicksDto;
  @SessionsUrl() sessions_url!: string | null;
}

export class PopularityListDto extends RangedDto {
  @ListOf(() => PopularityDto, 'by clicks') items!: PopularityDto[];
  @NextCursor() next_cursor!: string | null;
}

export class CounterDto {
  @Name('`{type}#{id}`') key!: string;
  @Name() type!: string;
  @Name() id!: string;
  @Count('since counting began') click_count!: number;
  @Count('today included') last_7_days!: number;
  @Count('today included') last_30_days!: number;
  @SessionsUrl('of the last 30 days') sessions_url!: string | null;
}

export class CounterListDto extends RangedDto {
  @ListOf(() => CounterDto, 'by clicks of the last 7 days') items!: CounterDto[];
  @NextCursor() next_cursor!: string | null;
}

export const GAP_STATES = ['never_shown', 'never_clicked', 'rarely_clicked'] as const;

export class GapsQuery extends ItemsQuery {
  @ApiPropertyOptional({ enum: GAP_STATES })
  @IsOptional()
  @IsIn(GAP_STATES)
  state?: GapState;
}

export class GapDto {
  @Name('`{type}#{id}`') key!: string;
  @OneOf(ITEM_TYPES) type!: ItemType;
  @Name() id!: string;
  @NameOrNull() label!: string | null;
  @OneOfOrNull(GAP_STATES, 'null: it is no gap') state!: GapState | null;
  @Day() configured_since!: string;
  @Count('of the range') days_configured!: number;
  @Count() clicks!: number;
  @CountOrNull('null where nothing tells of items of this type that they were shown')
  shown!: number | null;
  @Count('on the days on which it was configured') conversations!: number;
  @Share('clicks ÷ times shown, else ÷ conversations') rate!: number | null;
  @SessionsUrl() sessions_url!: string | null;
}

class UnconfiguredDto {
  @Name() key!: string;
  @Count() clicks!: number;
  @SessionsUrl() sessions_url!: string | null;
}

export class GapListDto extends RangedDto {
  @NameOrNull('day of the last snapshot; null: nothing is known of what is configured')
  inventory_as_of!: string | null;
  @ListOf(() => UnconfiguredDto, 'clicked, but not configured (any more)')
  unconfigured!: UnconfiguredDto[];
  @ListOf(() => GapDto, 'gaps first') items!: GapDto[];
  @NextCursor() next_cursor!: string | null;
}

export class PatternsQuery extends RangeQuery {
  @ApiPropertyOptional({
    type: String,
    description: 'event type around which to look; without it: how sessions begin',
  })
  @IsOptional()
  @IsString()
  @MaxLength(64)
  step?: string;

  @ApiPropertyOptional({ enum: ['next', 'before'], default: 'next' })
  @IsOptional()
  @IsIn(['next', 'before'])
  direction?: 'next' | 'before';

  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: PATH_DEPTH, default: 3 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(PATH_DEPTH)
  depth?: number;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: 25,
    default: 5,
    description: 'branches at each node; the rest is `other`',
  })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(25)
  branches?: number;
}

export class PathNodeDto {
  @Name('event type; `exit`, `entry` or `other`') step!: string;
  @Count('the sum of its children, where it has any') sessions!: number;
  @Share('of the sessions of the view') share!: number;
  @Count('with the outcome form_completed') completed!: number;
  @ValueOrNull('completion rate ÷ that of the view; null below 50 sessions') lift!: number | null;
  @ListOf(() => PathNodeDto) children!: PathNodeDto[];
  @SessionsUrl() sessions_url!: string | null;
}

class LevelStepDto {
  @Name() step!: string;
  @Count() sessions!: number;
  @SessionsUrl() sessions_url!: string | null;
}

class PathLevelDto {
  @Count('steps away') distance!: number;
  @ListOf(() => LevelStepDto, 'they add up to the sessions of the view') steps!: LevelStepDto[];
}

class SequenceDto {
  @ListOf(() => String) steps!: string[];
  @Count() sessions!: number;
  @Count() completed!: number;
  @SessionsUrl() sessions_url!: string | null;
}

export class PatternsDto extends RangedDto {
  @NameOrNull() step!: string | null;
  @OneOf(['next', 'before']) direction!: 'next' | 'before';
  @Count() sessions!: number;
  @Count('with the outcome form_completed') completed!: number;
  @ValueOrNull('completion rate ÷ that of all sessions; null below 50') lift!: number | null;
  @ListOf(() => PathNodeDto) branches!: PathNodeDto[];
  @ListOf(() => PathLevelDto) levels!: PathLevelDto[];
  @ListOf(() => SequenceDto, 'the commonest, and the rest as one') sequences!: SequenceDto[];
  @SessionsUrl() sessions_url!: string | null;
}
