import {
  OUTCOMES,
  type Bottleneck,
  type ClosedBy,
  type FormCounts,
  type Outcome,
  type SessionAttribution,
  type SessionSummary,
} from '@picasso/contracts';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

const COUNTS = { type: 'object', additionalProperties: { type: 'integer' } } as const;
const ANYTHING = { type: 'object', additionalProperties: true } as const;
const INTEGER = { type: 'integer' } as const;
const ISO_TIME = { type: 'string', format: 'date-time' } as const;

class FormCountsDto implements FormCounts {
  @ApiProperty(INTEGER) views!: number;
  @ApiProperty(INTEGER) starts!: number;
  @ApiProperty(INTEGER) completions!: number;
  @ApiProperty(INTEGER) abandons!: number;
  @ApiProperty({ ...INTEGER, description: 'milliseconds, completed attempts only' })
  duration_ms_sum!: number;
}

/** The contract's summary as OpenAPI describes it; `implements` keeps the two together. */
export class SessionSummaryDto implements SessionSummary {
  @ApiProperty({ type: String }) session_id!: string;
  @ApiProperty({ type: String }) tenant_hash!: string;
  @ApiProperty({ enum: ['session', 'page_view'] }) kind!: SessionSummary['kind'];
  @ApiProperty({ enum: ['visitor', 'bot', 'own'] }) traffic!: SessionSummary['traffic'];
  @ApiProperty({ ...ISO_TIME, description: "client time plus the session's skew" })
  started_at!: string;
  @ApiProperty(ISO_TIME) ended_at!: string;
  @ApiProperty(INTEGER) duration_ms!: number;
  @ApiProperty(INTEGER) event_count!: number;
  @ApiProperty(INTEGER) message_count!: number;
  @ApiProperty(INTEGER) user_message_count!: number;
  @ApiProperty(INTEGER) bot_message_count!: number;
  @ApiProperty(INTEGER) response_time_ms_sum!: number;
  @ApiProperty(INTEGER) response_count!: number;
  @ApiProperty({ type: [String], description: 'distinct branch ids, by first appearance' })
  topics!: string[];
  @ApiProperty({ type: String, nullable: true, description: 'null for viewers' })
  first_question!: string | null;
  @ApiProperty({ ...COUNTS, description: '`{type}#{id}` → clicks' })
  clicks!: Record<string, number>;
  @ApiProperty({ ...COUNTS, description: '`{type}#{id}` → times shown' })
  shown!: Record<string, number>;
  @ApiProperty({
    type: 'object',
    additionalProperties: { $ref: '#/components/schemas/FormCountsDto' },
    description: 'by form id',
  })
  forms!: Record<string, FormCountsDto>;
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: {
      type: 'object',
      properties: { label: { type: 'string' } },
      additionalProperties: true,
    },
    description: 'names of items, forms (`form#{id}`) and fields where they differ from the id',
  })
  labels?: SessionSummary['labels'];
  @ApiProperty({
    type: 'array',
    items: { type: 'array', items: {}, minItems: 3, maxItems: 3 },
    description: '`[form_id, field_id or null, abandons charged to it]`',
  })
  bottlenecks!: Bottleneck[];
  @ApiProperty({ enum: OUTCOMES }) outcome!: Outcome;
  @ApiProperty({ type: Boolean }) opened!: boolean;
  @ApiProperty({ type: [String], description: 'coded steps, at most 200' }) path!: string[];
  @ApiProperty({ ...ANYTHING, description: 'with normalised `source` and `medium`' })
  attribution!: SessionAttribution;
  @ApiProperty({ ...ANYTHING, nullable: true }) context!: Record<string, unknown> | null;
  @ApiProperty({ type: String, nullable: true }) ga_client_id!: string | null;
  @ApiProperty({
    // OpenAPI 3.0 wants null among the values of a nullable enum.
    enum: ['client', 'unload', 'timeout', null],
    nullable: true,
    description: 'null while the session is open',
  })
  closed_by!: ClosedBy;
  @ApiProperty(INTEGER) revision!: number;
  @ApiProperty({
    ...INTEGER,
    nullable: true,
    description: 'events sent that never arrived; null without sequence numbers',
  })
  missing!: number | null;
  @ApiProperty({ ...INTEGER, description: 'what was added to client times' }) skew_ms!: number;
}

export { FormCountsDto };
