import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { RUN_STATES, type RunState } from '@picasso/storage';
import { IsOptional, Matches } from 'class-validator';
import {
  Count,
  CountOrNull,
  Day,
  ListOf,
  Moment,
  MomentOrNull,
  Name,
  NameOrNull,
  NextCursor,
  One,
  OneOf,
  OneOrNull,
} from '../http/api-fields.ts';
import { OpsListQuery } from './erasures.dto.ts';

const COMMAND = /^[a-z][a-z-]{0,31}$/;

export class RunsQuery extends OpsListQuery {
  @ApiPropertyOptional({ type: String, pattern: COMMAND.source, description: 'e.g. `daily`' })
  @IsOptional()
  @Matches(COMMAND)
  command?: string;
}

class RunDaysDto {
  @Day() from!: string;
  @Day('inclusive') to!: string;
}

class RunProgressDto {
  @Count('tenants that had their turn') done!: number;
  @CountOrNull('null where they come from a queue') total!: number | null;
}

export class RunDto {
  @Name() run_id!: string;
  @Name() command!: string;
  @NameOrNull('null: of several tenants') tenant_hash!: string | null;
  @OneOrNull(() => RunDaysDto, 'null where the command finds its days itself')
  range!: RunDaysDto | null;
  @OneOf(RUN_STATES, 'interrupted: killed, or another run took over') state!: RunState;
  @Moment() started_at!: string;
  @MomentOrNull() finished_at!: string | null;
  @One(() => RunProgressDto) progress!: RunProgressDto;
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'number' },
    description: 'what it did, by figure',
  })
  counts!: Record<string, number>;
  @NameOrNull() error!: string | null;
}

export class RunListDto {
  @ListOf(() => RunDto, 'newest first') items!: RunDto[];
  @NextCursor() next_cursor!: string | null;
}
