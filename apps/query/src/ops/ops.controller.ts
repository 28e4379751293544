import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Inject,
  Param,
  ParseIntPipe,
} from '@nestjs/common';
import { Post, Query } from '@nestjs/common';
import {
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { SESSIONIZER_CONSUMER, STREAMS, TENANT_HASH } from '@picasso/contracts';
import { parseTime } from '@picasso/contracts/validation';
import { type Broker, consumerInfo, consumerLag, type ConsumerLag } from '@picasso/messaging';
import { JobStore, type Tables } from '@picasso/storage';
import { CurrentPrincipal } from '../auth/auth.guard.ts';
import type { Principal } from '../auth/principal.ts';
import { Roles } from '../auth/roles.ts';
import { BrokerLink } from '../broker-link.ts';
import { ApiProblems } from '../http/api-problems.ts';
import { notFound } from '../http/problem.ts';
import type { CursorCodec } from '../sessions/cursor.ts';
import { CURSORS, TABLES } from '../tokens.ts';
import { AuditLog } from './audit-log.ts';
import { DeadLetterBox, type Letter } from './dead-letter-box.ts';
import { OpsPageQuery } from './erasures.dto.ts';
import { pageOf } from './ops-pages.ts';
import {
  AuditListDto,
  LetterDto,
  LetterListDto,
  LettersQuery,
  PipelineDto,
  ReplayBody,
  ReplayDto,
} from './ops.dto.ts';

const iso = (ms: number): string => new Date(ms).toISOString();

@ApiTags('ops')
@Roles('ops')
@Controller('analytics/ops')
export class OpsController {
  private readonly jobs: JobStore;

  constructor(
    @Inject(BrokerLink) private readonly link: BrokerLink,
    @Inject(DeadLetterBox) private readonly letters: DeadLetterBox,
    @Inject(AuditLog) private readonly audit: AuditLog,
    @Inject(TABLES) tables: Tables,
    @Inject(CURSORS) private readonly cursors: CursorCodec,
  ) {
    this.jobs = new JobStore(tables);
  }

  @Get('pipeline')
  @ApiOperation({ summary: 'Streams, lag, dead letters by reason, failed jobs' })
  @ApiOkResponse({ type: PipelineDto })
  @ApiProblems('forbidden', 'unavailable')
  async pipeline(): Promise<PipelineDto> {
    const { jsm } = this.link.get();
    const [streams, lag, dead_letters, failures] = await Promise.all([
      Promise.all(Object.values(STREAMS).map((stream) => jsm.streams.info(stream))),
      sessionizerLag(jsm),
      this.letters.counts(),
      this.jobs.failures(),
    ]);
    return {
      as_of: iso(Date.now()),
      streams: streams.map(({ config, state }) => ({
        stream: config.name,
        ...{ messages: state.messages, bytes: state.bytes },
        max_bytes: Math.max(0, config.max_bytes),
        ...{ first_seq: state.first_seq, last_seq: state.last_seq },
      })),
      sessionizer: lag && lagOf(lag),
      dead_letters,
      failures: failures.map(({ first_ms, last_ms, ...failure }) => ({
        ...failure,
        first_at: iso(first_ms),
        last_at: iso(last_ms),
      })),
    };
  }

  @Get('dead-letters')
  @ApiOperation({ summary: 'Dead letters, oldest first' })
  @ApiOkResponse({ type: LetterListDto })
  @ApiProblems('invalid_request', 'forbidden', 'unavailable')
  async list(
    @Query() { reason, tenant, from, to, after = 0, limit = 50 }: LettersQuery,
  ): Promise<LetterListDto> {
    const filter = { reason, tenant, fromMs: parseTime(from), toMs: parseTime(to) };
    const found = await this.letters.list(filter, after, limit);
    const last = found.at(-1);
    return {
      items: found.map(headOf),
      next_after: last && found.length === limit ? last.seq : null,
    };
  }

  @Get('dead-letters/:seq')
  @ApiOperation({ summary: 'One dead letter with its event' })
  @ApiParam({ name: 'seq', schema: { type: 'integer' } })
  @ApiOkResponse({ type: LetterDto })
  @ApiProblems('invalid_request', 'forbidden', 'not_found', 'unavailable')
  async inspect(
    @Param('seq', ParseIntPipe) seq: number,
    @CurrentPrincipal() principal: Principal,
  ): Promise<LetterDto> {
    const letter = await this.letter(seq);
    await this.audit.write(principal, letter.tenant_hash, 'dead_letter_inspected', { seq });
    return { ...headOf(letter), event: letter.event, origin: letter.origin };
  }

  @Post('dead-letters/:seq/replay')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Send a dead letter’s event on its way again, corrected or as it is',
    description: 'It is checked as ingest would; `dry_run` says what would happen.',
  })
  @ApiParam({ name: 'seq', schema: { type: 'integer' } })
  @ApiOkResponse({ type: ReplayDto })
  @ApiProblems('invalid_request', 'anti_forgery', 'forbidden', 'not_found', 'unavailable')
  async replay(
    @Param('seq', ParseIntPipe) seq: number,
    @Body() { event, dry_run = false }: ReplayBody,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ReplayDto> {
    const letter = await this.letter(seq);
    const { tenant_hash } = letter;
    const edited = event !== undefined;
    if (!dry_run)
      await this.audit.write(principal, tenant_hash, 'dead_letter_replay', { seq, edited });
    const outcome = await this.letters.replay(letter, event ?? letter.event, dry_run);
    return { code: null, path: null, message: null, event_id: null, ...outcome };
  }

  @Delete('dead-letters/:seq')
  @HttpCode(204)
  @ApiOperation({ summary: 'Discard a dead letter for good' })
  @ApiParam({ name: 'seq', schema: { type: 'integer' } })
  @ApiNoContentResponse()
  @ApiProblems('invalid_request', 'anti_forgery', 'forbidden', 'not_found', 'unavailable')
  async discard(
    @Param('seq', ParseIntPipe) seq: number,
    @CurrentPrincipal() principal: Principal,
  ): Promise<void> {
    const { tenant_hash, reason, session_id } = await this.letter(seq);
    await this.audit.write(principal, tenant_hash, 'dead_letter_discarded', {
      ...{ seq, reason, session_id },
    });
    await this.letters.remove(seq);
  }

  @Get('audit/:tenant')
  @ApiOperation({ summary: 'What was done to a tenant’s data and settings, newest first' })
  @ApiParam({ name: 'tenant' })
  @ApiOkResponse({ type: AuditListDto })
  @ApiProblems('invalid_request', 'invalid_cursor', 'forbidden', 'not_found')
  async auditOf(
    @Param('tenant') tenant: string,
    @Query() query: OpsPageQuery,
  ): Promise<AuditListDto> {
    if (!TENANT_HASH.test(tenant)) throw notFound();
    return pageOf(this.cursors, 'ops/audit', { ...query, tenant }, (limit, after) =>
      this.audit.read(tenant, limit, after),
    );
  }

  private async letter(seq: number): Promise<Letter> {
    const letter = Number.isSafeInteger(seq) && seq > 0 ? await this.letters.get(seq) : undefined;
    if (!letter) throw notFound();
    return letter;
  }
}

/** null where no sessionizer was ever started; an outage is none of that. */
async function sessionizerLag(jsm: Broker['jsm']): Promise<ConsumerLag | null> {
  const consumer = await consumerInfo(jsm, STREAMS.events, SESSIONIZER_CONSUMER);
  return consumer ? consumerLag(jsm, STREAMS.events, SESSIONIZER_CONSUMER) : null;
}

const lagOf = ({ pending, ackPending, ackFloorSeq, oldestUnprocessedMs }: ConsumerLag) => ({
  pending,
  in_progress: ackPending,
  ack_floor_seq: ackFloorSeq,
  oldest_unprocessed_at: oldestUnprocessedMs === null ? null : iso(oldestUnprocessedMs),
});

const headOf = ({ seq, reason, tenant_hash, session_id, ...letter }: Letter) => ({
  ...{ seq, reason, tenant_hash, session_id, error: letter.error, path: letter.path },
  attempts: letter.attempts,
  first_at: iso(letter.first_ms),
  last_at: iso(letter.last_ms),
});
