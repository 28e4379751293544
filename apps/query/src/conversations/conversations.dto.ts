import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { OUTCOMES, type Outcome } from '@picasso/contracts';
import { IsIn, IsOptional, Matches } from 'class-validator';
import { ComparisonDto, EXPORT_FORMATS, RangedDto, RangeQuery } from '../figures/figures.dto.ts';
import type { ExportFormat } from '../figures/figures.dto.ts';
import {
  Count,
  Day,
  ListOf,
  Name,
  NextCursor,
  One,
  OneOf,
  OneOrNull,
  SessionsUrl,
  Share,
  Value,
  ValueOrNull,
} from '../http/api-fields.ts';

export const QUESTION_ID = /^[0-9a-f]{16}$/;

export class ConversationCardsDto {
  @One(() => ComparisonDto, 'sessions with a MESSAGE_SENT') conversations!: ComparisonDto;
  @One(() => ComparisonDto) messages!: ComparisonDto;
  @One(() => ComparisonDto, 'sum of all response times ÷ their number')
  average_response_ms!: ComparisonDto;
  @One(() => ComparisonDto, 'conversations that began outside office hours')
  after_hours_share!: ComparisonDto;
}

class CardLinksDto {
  @SessionsUrl() conversations!: string | null;
  @SessionsUrl() after_hours!: string | null;
  @SessionsUrl() sessions!: string | null;
}

class MessagesDto {
  @Count() user!: number;
  @Count() bot!: number;
}

class OutcomeShareDto {
  @OneOf(OUTCOMES) outcome!: Outcome;
  @Count() sessions!: number;
  @Share() share!: number | null;
  @SessionsUrl() sessions_url!: string | null;
}

class PercentileDto {
  @Value('0 to 1') quantile!: number;
  @ValueOrNull() ms!: number | null;
}

class DurationsDto {
  @Count() sessions!: number;
  @ValueOrNull() average_ms!: number | null;
  @Value('how far a percentile may be off, as a fraction of the true one') relative_error!: number;
  @ListOf(() => PercentileDto) percentiles!: PercentileDto[];
}

class OtherTrafficDto {
  @Count() visits!: number;
  @Count() sessions!: number;
  @Count() conversations!: number;
  @Count() messages!: number;
  @Count() events!: number;
  @SessionsUrl() sessions_url!: string | null;
}

class LeftOutDto {
  @One(() => OtherTrafficDto) bot!: OtherTrafficDto;
  @One(() => OtherTrafficDto) own!: OtherTrafficDto;
}

class CollectionDto {
  @Count('events stored') events!: number;
  @Count('events sent that never arrived, of sessions that number theirs') missing!: number;
  @Count('sessions that number their events') numbered_sessions!: number;
}

export class ConversationSummaryDto extends RangedDto {
  @One(() => ConversationCardsDto) cards!: ConversationCardsDto;
  @One(() => CardLinksDto) links!: CardLinksDto;
  @Count() sessions!: number;
  @Count('of them, not ended yet') open_sessions!: number;
  @Count('page-view sessions') visits!: number;
  @One(() => MessagesDto) messages!: MessagesDto;
  @ListOf(() => OutcomeShareDto) outcomes!: OutcomeShareDto[];
  @One(() => DurationsDto) durations!: DurationsDto;
  @Count('of all sessions, milliseconds') duration_ms_sum!: number;
  @Count('milliseconds') response_time_ms_sum!: number;
  @Count() response_count!: number;
  @One(() => CollectionDto) collection!: CollectionDto;
  @One(() => LeftOutDto, 'traffic that no figure counts') left_out!: LeftOutDto;
}

class HeatCellDto {
  @Count('ISO weekday, Monday is 1') weekday!: number;
  @Count('first hour of the three-hour block') from_hour!: number;
  @Count() conversations!: number;
  @SessionsUrl() sessions_url!: string | null;
}

class HeatPeakDto {
  @Name() name!: string;
  @Count() weekday!: number;
  @Count() from_hour!: number;
  @Count() conversations!: number;
}

export class HeatMapDto extends RangedDto {
  @ListOf(() => HeatCellDto, 'Monday to Sunday, eight blocks each') cells!: HeatCellDto[];
  @OneOrNull(() => HeatPeakDto) peak!: HeatPeakDto | null;
}

class DepthDto {
  @Count() messages!: number;
  @Count() sessions!: number;
  @Share() share!: number | null;
  @SessionsUrl() sessions_url!: string | null;
}

export class DepthListDto extends RangedDto {
  @ListOf(() => DepthDto, 'by number of messages') items!: DepthDto[];
}

export class TrendQuery extends RangeQuery {
  @ApiPropertyOptional({
    enum: ['hour', 'day'],
    description: 'default: hours for up to two days, else days',
  })
  @IsOptional()
  @IsIn(['hour', 'day'])
  unit?: 'hour' | 'day';

  @ApiPropertyOptional({ enum: EXPORT_FORMATS, description: 'the series as a download' })
  @IsOptional()
  @IsIn(EXPORT_FORMATS)
  format?: ExportFormat;
}

export class TrendPointDto {
  @Name('local day, or local hour with its offset') at!: string;
  @Count() visits!: number;
  @Count() sessions!: number;
  @Count() opened!: number;
  @Count() conversations!: number;
  @Count() messages!: number;
  @Count('sessions with the outcome form_completed') completed!: number;
  @SessionsUrl() sessions_url!: string | null;
}

export class TrendDto extends RangedDto {
  @OneOf(['hour', 'day']) unit!: 'hour' | 'day';
  @ListOf(() => TrendPointDto, 'every bucket of the range, empty ones as well')
  points!: TrendPointDto[];
  @ApiProperty({
    type: () => TrendPointDto,
    isArray: true,
    nullable: true,
    description: 'the period before, day by day at the same places',
  })
  before!: TrendPointDto[] | null;
}

class VariantDto {
  @Name() text!: string;
  @Count() count!: number;
}

export class QuestionDto {
  @Name('of the questions that are the same but for case, white space and punctuation')
  id!: string;
  @Name('as it was written most often on the last day on which it was asked') question!: string;
  @Count() count!: number;
  @Share('of all conversations with a question') share!: number | null;
  @Day() last_asked!: string;
  @SessionsUrl() sessions_url!: string | null;
}

export class QuestionQuery extends RangeQuery {
  @ApiProperty({ type: String, pattern: QUESTION_ID.source })
  @Matches(QUESTION_ID)
  id!: string;
}

export class QuestionVariantsDto extends RangedDto {
  @Name() id!: string;
  @Name('as it was written most often') question!: string;
  @Count() count!: number;
  @ListOf(() => VariantDto, 'the most frequent first') variants!: VariantDto[];
  @SessionsUrl() sessions_url!: string | null;
}

export class QuestionListDto extends RangedDto {
  @Count('conversations with a question') asked!: number;
  @ListOf(() => QuestionDto) items!: QuestionDto[];
  @NextCursor() next_cursor!: string | null;
}

export class TopicDto {
  @Name() topic!: string;
  @Count() sessions!: number;
  @Count() conversations!: number;
  @Count('sessions with the outcome form_completed') completions!: number;
  @Share('completions ÷ conversations') rate!: number | null;
  @SessionsUrl() sessions_url!: string | null;
}

export class TopicListDto extends RangedDto {
  @ListOf(() => TopicDto) items!: TopicDto[];
  @NextCursor() next_cursor!: string | null;
}
