import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { FUNNEL_STEPS, OUTCOMES, type FunnelStep, type Outcome } from '@picasso/contracts';
import { PATH_WAYS_CHARS } from '@picasso/domain';
import { Transform, Type } from 'class-transformer';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { ListQuery } from '../figures/figures.dto.ts';
import type { SessionFilters } from './session-filters.ts';
import { SessionSummaryDto } from './summary.dto.ts';

const Text = (description: string, maxLength = 512): PropertyDecorator =>
  applyDecorators(
    ApiPropertyOptional({ type: String, maxLength, description }),
    IsOptional(),
    IsString(),
    MaxLength(maxLength),
  );

const Choice = (values: readonly string[], description: string): PropertyDecorator =>
  applyDecorators(ApiPropertyOptional({ enum: values, description }), IsOptional(), IsIn(values));

const Pattern = (pattern: RegExp, description: string): PropertyDecorator =>
  applyDecorators(
    ApiPropertyOptional({ type: String, pattern: pattern.source, description }),
    IsOptional(),
    Matches(pattern),
  );

const YesOrNo = (description: string): PropertyDecorator =>
  applyDecorators(
    ApiPropertyOptional({ type: Boolean, description }),
    IsOptional(),
    Transform(({ value }) =>
      value === 'true' ? true : value === 'false' ? false : (value as unknown),
    ),
    IsBoolean(),
  );

/** Filters add up: a session has to pass all that are given. */
export class SessionListQuery extends ListQuery implements SessionFilters {
  @Choice(OUTCOMES, 'what sessions came to; open ones so far')
  outcome?: Outcome;

  @Choice(['session', 'page_view'], 'default: session')
  kind?: 'session' | 'page_view';

  @Choice(['visitor', 'bot', 'own'], 'figures count visitors only')
  traffic?: 'visitor' | 'bot' | 'own';

  @Choice(['open', 'closed'], 'whether the session has ended')
  state?: 'open' | 'closed';

  @Text('sessions with this topic') topic?: string;
  @Text('traffic source') source?: string;
  @Text('traffic medium') medium?: string;
  @Text('in the first question, in any case; not for viewers', 200) text?: string;
  @Pattern(/^[0-9a-f]{16}$/, 'id of a question; not for viewers') question?: string;
  @YesOrNo('with a message of the visitor') conversation?: boolean;

  @ApiPropertyOptional({ type: 'integer', minimum: 0, description: 'exactly so many messages' })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(5_000)
  messages?: number;

  @YesOrNo('conversations that began outside office hours') after_hours?: boolean;

  @Pattern(/^[1-7]-[0-7]$/, 'conversations that began on this ISO weekday, in this 3-hour block')
  heat?: string;

  @Pattern(/^\d{4}-\d\d-\d\dT\d\d[+-]\d\d:\d\d$/, 'began in this local hour')
  hour?: string;

  @Choice(FUNNEL_STEPS, 'took this step of the attribution funnel') step?: FunnelStep;
  @YesOrNo('with `step`: whether all steps before it were taken, too') in_order?: boolean;
  @Text('clicked this item, by key') item?: string;
  @Text('was shown this item, by key') shown?: string;
  @Text('used this form') form?: string;

  @Choice(['viewed', 'started', 'completed', 'abandoned'], 'did so with the form, or with any')
  form_step?: 'viewed' | 'started' | 'completed' | 'abandoned';

  @Text('left a form at this field; empty: before any field') field?: string;
  @Text('has a step of this event type', 64) path_step?: string;

  @Text(
    'what followed the first `path_step`, or the start, as `sessions_url` of a path view has it: steps by commas, ways by semicolons; `!A!B`: any step but these; `~` before all: none of these ways',
    PATH_WAYS_CHARS,
  )
  path_next?: string;

  @Text('what came before the first `path_step`, the nearest first', PATH_WAYS_CHARS)
  path_before?: string;
}

export class SessionListDto {
  @ApiProperty({ type: [SessionSummaryDto], description: 'newest first; a page may be short' })
  items!: SessionSummaryDto[];

  @ApiProperty({ type: String, nullable: true, description: 'null on the last page' })
  next_cursor!: string | null;
}
