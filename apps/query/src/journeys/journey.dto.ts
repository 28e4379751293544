import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { type JsonObject, TENANT_HASH } from '@picasso/contracts';
import type { SequenceGap } from '@picasso/domain';
import { IsOptional, IsString } from 'class-validator';
import { SessionSummaryDto } from '../sessions/summary.dto.ts';
import type { Journey, JourneyStep } from './journey.ts';

const ANYTHING = { type: 'object', additionalProperties: true } as const;

export class JourneyQuery {
  @ApiPropertyOptional({
    type: String,
    pattern: TENANT_HASH.source,
    description: 'for operators: whose session; everybody else reads their own tenant',
  })
  @IsOptional()
  @IsString()
  tenant?: string;
}

class JourneyStepDto implements JourneyStep {
  @ApiProperty({ type: String }) event_id!: string;
  @ApiProperty({ type: 'integer' }) step_number!: number;
  @ApiProperty({ type: 'integer', nullable: true }) sequence_number!: number | null;
  @ApiProperty({ type: String }) event_type!: string;
  @ApiProperty({ type: String, format: 'date-time', description: "the client's clock as sent" })
  timestamp!: string;
  @ApiProperty({ type: String, format: 'date-time', description: 'when ingest took it' })
  timestamp_server!: string;
  @ApiPropertyOptional({
    enum: ['replaced'],
    description: "the client's time was impossible: `timestamp` is the server's",
  })
  clock?: 'replaced';
  @ApiProperty({ enum: ['browser', 'server'] }) origin!: JourneyStep['origin'];
  @ApiProperty({ type: String }) schema_version!: string;
  @ApiProperty({ ...ANYTHING, description: 'for viewers without text' }) payload!: JsonObject;
  @ApiPropertyOptional(ANYTHING) context?: JsonObject;
  @ApiPropertyOptional(ANYTHING) attribution?: JsonObject;
}

class SequenceGapDto implements SequenceGap {
  @ApiProperty({ type: 'integer', description: '0 when the first events are missing' })
  after_sequence!: number;
  @ApiProperty({ type: 'integer', minimum: 1 }) missing!: number;
}

export class JourneyDto implements Journey {
  @ApiProperty({ type: SessionSummaryDto }) session!: SessionSummaryDto;
  @ApiProperty({ type: [JourneyStepDto], description: "all of them, in the session's order" })
  steps!: JourneyStepDto[];
  @ApiProperty({ type: [SequenceGapDto], description: 'events sent that never arrived' })
  gaps!: SequenceGapDto[];
}
