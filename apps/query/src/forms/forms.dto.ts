import { ApiPropertyOptional } from '@nestjs/swagger';
import { FORM_STEPS, type FormStep } from '@picasso/contracts';
import type { FieldKind, Trend } from '@picasso/domain';
import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { ComparisonDto, ListQuery, RangedDto, RangeQuery } from '../figures/figures.dto.ts';
import {
  Count,
  CountOrNull,
  ListOf,
  Moment,
  MomentOrNull,
  Name,
  NameOrNull,
  NextCursor,
  One,
  OneOf,
  OneOfOrNull,
  OneOrNull,
  SessionsUrl,
  Share,
  ValueOrNull,
} from '../http/api-fields.ts';

export class FormsQuery extends RangeQuery {
  @ApiPropertyOptional({ type: String, description: 'one form alone' })
  @IsOptional()
  @IsString()
  @MaxLength(256)
  form?: string;
}

export class FormsListQuery extends ListQuery {
  @ApiPropertyOptional({ type: String, description: 'one form alone' })
  @IsOptional()
  @IsString()
  @MaxLength(256)
  form?: string;
}

class FormCardsDto {
  @One(() => ComparisonDto) views!: ComparisonDto;
  @One(() => ComparisonDto, 'completion events') completions!: ComparisonDto;
  @One(() => ComparisonDto, 'completions ÷ views') completion_rate!: ComparisonDto;
  @One(() => ComparisonDto) average_completion_ms!: ComparisonDto;
  @One(() => ComparisonDto, 'abandons ÷ starts, of sessions that ended')
  abandon_rate!: ComparisonDto;
}

class FormCardLinksDto {
  @SessionsUrl() viewed!: string | null;
  @SessionsUrl() started!: string | null;
  @SessionsUrl() completed!: string | null;
  @SessionsUrl() abandoned!: string | null;
}

export class FormSummaryDto extends RangedDto {
  @One(() => FormCardsDto) cards!: FormCardsDto;
  @One(() => FormCardLinksDto) links!: FormCardLinksDto;
}

class FormFunnelRowDto {
  @OneOf(FORM_STEPS) step!: FormStep;
  @Count('how often it happened') events!: number;
  @Count('took this step and those before it, of one form; who uses two forms counts for each')
  sessions!: number;
  @Count('took this step without all before it') entered_later!: number;
  @Share('of the step before') pass_through!: number | null;
  @SessionsUrl() sessions_url!: string | null;
}

export class FormFunnelDto extends RangedDto {
  @ListOf(() => FormFunnelRowDto, 'steps never grow') funnel!: FormFunnelRowDto[];
}

class FieldAdviceDto {
  @Name() kind!: FieldKind;
  @Name() advice!: string;
}

export class BottleneckDto {
  @Name() form_id!: string;
  @NameOrNull() form_label!: string | null;
  @NameOrNull('null: no field had been submitted') field_id!: string | null;
  @NameOrNull() field_label!: string | null;
  @Count() abandons!: number;
  @Share('of all abandons looked at') share!: number | null;
  @OneOrNull(() => FieldAdviceDto) advice!: FieldAdviceDto | null;
  @SessionsUrl() sessions_url!: string | null;
}

export class BottleneckListDto extends RangedDto {
  @ListOf(() => BottleneckDto) items!: BottleneckDto[];
  @NextCursor() next_cursor!: string | null;
}

export class FormRankDto {
  @Name() form_id!: string;
  @NameOrNull() label!: string | null;
  @Count() views!: number;
  @Count() starts!: number;
  @Count() completions!: number;
  @Count() abandons!: number;
  @One(() => ComparisonDto, 'completions ÷ views') rate!: ComparisonDto;
  @OneOfOrNull(['up', 'down', 'neutral'], 'neutral below 1 %') trend!: Trend | null;
  @SessionsUrl() sessions_url!: string | null;
}

export class FormRankListDto extends RangedDto {
  @ListOf(() => FormRankDto, 'by conversion') items!: FormRankDto[];
  @NextCursor() next_cursor!: string | null;
}

export const SUBMISSION_SORTS = ['submitted_at', 'form', 'source', 'duration'] as const;
export type SubmissionSort = (typeof SUBMISSION_SORTS)[number];

export class SubmissionsQuery extends FormsListQuery {
  @ApiPropertyOptional({
    type: String,
    maxLength: 200,
    description: 'in form, question, source, medium, topics or session id, in any case',
  })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  text?: string;

  @ApiPropertyOptional({ type: String })
  @IsOptional()
  @IsString()
  @MaxLength(256)
  source?: string;

  @ApiPropertyOptional({ type: String })
  @IsOptional()
  @IsString()
  @MaxLength(256)
  topic?: string;

  @ApiPropertyOptional({ enum: SUBMISSION_SORTS, default: 'submitted_at' })
  @IsOptional()
  @IsIn(SUBMISSION_SORTS)
  sort?: SubmissionSort;

  @ApiPropertyOptional({ enum: ['asc', 'desc'], default: 'desc' })
  @IsOptional()
  @IsIn(['asc', 'desc'])
  order?: 'asc' | 'desc';
}

/** What the events of one session say of its completions of one form. */
export class SubmissionDto {
  @Name() session_id!: string;
  @Name() form_id!: string;
  @NameOrNull() form_label!: string | null;
  @Moment("the session's end") submitted_at!: string;
  @MomentOrNull() started_at!: string;
  @Count('of this form in this session') completions!: number;
  @ValueOrNull('average over the completions') duration_ms!: number | null;
  @Name() source!: string;
  @Name() medium!: string;
  @ListOf(() => String) topics!: string[];
  @NameOrNull() first_question!: string | null;
  @Name('the whole journey') journey_url!: string;
}

export class SubmissionListDto extends RangedDto {
  @CountOrNull('on all pages; null where a search is on more than one: nobody has counted then')
  total!: number | null;
  @ListOf(() => SubmissionDto) items!: SubmissionDto[];
  @NextCursor() next_cursor!: string | null;
}
