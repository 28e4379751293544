import { ApiPropertyOptional } from '@nestjs/swagger';
import { FUNNEL_STEPS, type FunnelStep } from '@picasso/contracts';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import { ComparisonDto, RangedDto, RangeQuery } from '../figures/figures.dto.ts';
import {
  Count,
  CountOrNull,
  Day,
  Flag,
  ListOf,
  Name,
  NameOrNull,
  NextCursor,
  One,
  OneOf,
  OneOrNull,
  SessionsUrl,
  Share,
  Value,
} from '../http/api-fields.ts';

export class AttributionQuery extends RangeQuery {
  @ApiPropertyOptional({ type: String, description: 'the funnel of this source alone' })
  @IsOptional()
  @IsString()
  @MaxLength(256)
  source?: string;

  @ApiPropertyOptional({ type: String, description: 'the funnel of this medium alone' })
  @IsOptional()
  @IsString()
  @MaxLength(256)
  medium?: string;
}

class TrafficCardsDto {
  @One(() => ComparisonDto) visits!: ComparisonDto;
  @One(() => ComparisonDto, 'widget opened ÷ visits') engagement_rate!: ComparisonDto;
  @One(() => ComparisonDto, 'sessions with the outcome form_completed') conversions!: ComparisonDto;
  @OneOrNull(() => ComparisonDto, 'completions × goal values; null where none is set')
  estimated_value!: ComparisonDto | null;
}

class FunnelRowDto {
  @OneOf(['visited', ...FUNNEL_STEPS]) step!: 'visited' | FunnelStep;
  @CountOrNull('took this step and all before it; null where visits are not counted')
  sessions!: number | null;
  @Count('took this step, but not all before it') entered_later!: number;
  @Share('of the step before') pass_through!: number | null;
  @CountOrNull() dropped!: number | null;
  @Share() drop_off!: number | null;
  @SessionsUrl() sessions_url!: string | null;
}

class SourceRateDto {
  @Count() conversations!: number;
  @Count() completed!: number;
  @Value() rate!: number;
}

class SourceInsightDto {
  @Name() source!: string;
  @Name() medium!: string;
  @One(() => SourceRateDto) best!: SourceRateDto;
  @One(() => SourceRateDto) organic!: SourceRateDto;
  @Value('best rate minus organic rate') difference!: number;
  @ListOf(() => Number, '95 % confidence interval of the difference') interval!: number[];
  @Flag('the interval leaves out 0') significant!: boolean;
  @Name() sentence!: string;
}

class VisitsOriginDto {
  @OneOf(['site_traffic', 'page_views', 'none']) from!: 'site_traffic' | 'page_views' | 'none';
  @NameOrNull('last day whose visits are final; null without site traffic')
  complete_until!: string | null;
  @Share('of our sessions on days with site traffic, those whose source and medium it knows')
  matched_share!: number | null;
}

export class SourceDto {
  @Name() source!: string;
  @Name() medium!: string;
  @CountOrNull() visits!: number | null;
  @Count() sessions!: number;
  @Count() opened!: number;
  @Count() conversations!: number;
  @Count('sessions with the outcome form_completed') completions!: number;
  @Share('completions ÷ conversations') rate!: number | null;
  @SessionsUrl() sessions_url!: string | null;
}

export class AttributionDto extends RangedDto {
  @One(() => TrafficCardsDto) cards!: TrafficCardsDto;
  @NameOrNull('ISO 4217, of the estimated value') currency!: string | null;
  @ListOf(() => FunnelRowDto, 'steps never grow') funnel!: FunnelRowDto[];
  @ListOf(() => SourceDto, 'by conversations') sources!: SourceDto[];
  @OneOrNull(() => SourceInsightDto, 'null below 50 conversations on either side')
  insight!: SourceInsightDto | null;
  @One(() => VisitsOriginDto) visits!: VisitsOriginDto;
}

export class SourceListDto extends RangedDto {
  @ListOf(() => SourceDto) items!: SourceDto[];
  @NextCursor() next_cursor!: string | null;
}

export class LinkDto {
  @Name() key!: string;
  @Name() url!: string;
  @NameOrNull() label!: string | null;
  @NameOrNull() category!: string | null;
  @Count() clicks!: number;
  @Count() shown!: number;
  @Count('that clicked it') sessions!: number;
  @Share('clicks ÷ what `ctr_basis` says') ctr!: number | null;
  @OneOf(['shown', 'conversations']) ctr_basis!: 'shown' | 'conversations';
  @SessionsUrl() sessions_url!: string | null;
}

export class LinkListDto extends RangedDto {
  @ListOf(() => LinkDto) items!: LinkDto[];
  @NextCursor() next_cursor!: string | null;
}

export class SiteTrafficDayDto {
  @Day() day!: string;
  @Name() source!: string;
  @Name() medium!: string;
  @Count() visits!: number;
  @Flag('the figure is final') complete!: boolean;
}

export class SiteTrafficListDto extends RangedDto {
  @NameOrNull('last day whose visits are final') complete_until!: string | null;
  @ListOf(() => SiteTrafficDayDto) items!: SiteTrafficDayDto[];
  @NextCursor() next_cursor!: string | null;
}
