import { Controller, Get, Headers, Inject, Param, Res } from '@nestjs/common';
import type { OnModuleDestroy } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Tenant } from '@picasso/contracts';
import { lastDays, localDay } from '@picasso/domain';
import type { FiguresReader } from '@picasso/storage';
import type { FastifyReply } from 'fastify';
import type { Logger } from 'pino';
import { AskedBy, type Asked } from '../figures/asked.ts';
import { FiguresService } from '../figures/figures.service.ts';
import { ApiProblems } from '../http/api-problems.ts';
import { Problem } from '../http/problem.ts';
import { redactSummary } from '../journeys/viewer-redaction.ts';
import { FIGURES, LOGGER } from '../tokens.ts';
import { EventStream } from './event-stream.ts';
import { SummaryFeed, type LiveNotice } from './summary-feed.ts';

/** At once and tenant, per replica: browsers hold six connections to a host. */
const MAX_STREAMS = 100;
const COUNTERS_MS = 1_000;

@ApiTags('live')
@Controller('analytics/live')
export class LiveController implements OnModuleDestroy {
  private readonly streams = new Map<EventStream, string>();

  constructor(
    @Inject(FiguresService) private readonly service: FiguresService,
    @Inject(FIGURES) private readonly figures: FiguresReader,
    @Inject(SummaryFeed) private readonly feed: SummaryFeed,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @Get(':tenant')
  @ApiOperation({
    summary: 'Server-sent events: new and revised summaries, and today’s counters',
    description:
      '`summary`: `{version, summary}`, whose event id is a position to resume at; `counters`: ' +
      'today so far, at most once a second; `reset`: events may be missing, read anew; `expired`: ' +
      'the token has expired, and the stream ends.',
  })
  @ApiParam({ name: 'tenant', description: "the token's tenant; operators may name any" })
  @ApiHeader({ name: 'last-event-id', required: false, description: 'resumes behind this event' })
  @ApiResponse({
    status: 200,
    description: 'events until either side ends it',
    content: { 'text/event-stream': { schema: { type: 'string' } } },
  })
  @ApiProblems('invalid_request', 'not_found', 'unavailable')
  async live(
    @Param('tenant') named: string,
    @Headers('last-event-id') lastEventId: string | undefined,
    @AskedBy() asked: Asked,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const tenant = await this.service.tenant(asked, named, 'live');
    const { tenant_hash } = tenant;
    const others = [...this.streams.values()].filter((hash) => hash === tenant_hash);
    if (others.length >= MAX_STREAMS) throw new Problem('rate_limited', { retryAfter: 30 });
    const from = positionOf(lastEventId);
    // An outage is still an answer of its own.
    const latest = await this.feed.latest();

    const stream = new EventStream(reply);
    this.streams.set(stream, tenant_hash);
    stream.onEnd(() => this.streams.delete(stream));
    this.endAtExpiry(stream, asked.principal.expiresAt * 1000);
    const counters = this.counters(stream, tenant);
    const send = ({ seq, notice: { version, summary } }: LiveNotice): void => {
      const shown = asked.principal.role === 'viewer' ? redactSummary(summary) : summary;
      stream.send('summary', { version, summary: shown }, seq);
      counters();
    };
    await this.follow(stream, tenant_hash, from ?? latest, send);
    counters();
  }

  onModuleDestroy(): void {
    for (const stream of this.streams.keys()) stream.end();
  }

  /** What was missed, then what comes, each once and in order. */
  private async follow(
    stream: EventStream,
    tenantHash: string,
    from: number,
    send: (event: LiveNotice) => void,
  ): Promise<void> {
    let position = from;
    let early: (LiveNotice | 'reset')[] | undefined = [];
    const take = (event: LiveNotice | 'reset'): void => {
      if (early) early.push(event);
      else if (event === 'reset') {
        // Sequences may begin anew.
        position = 0;
        stream.send('reset', {});
      } else if (event.seq > position) {
        position = event.seq;
        send(event);
      }
    };
    stream.onEnd(this.feed.listen(tenantHash, take));
    const missed = await this.feed.since(tenantHash, from).catch((error: unknown) => {
      this.logger.warn({ err: error }, 'a live view could not be resumed');
      return undefined;
    });
    const waiting = early;
    early = undefined;
    if (!missed) {
      position = await this.feed.latest().catch(() => 0);
      stream.send('reset', {}, position);
    }
    for (const event of [...(missed ?? []), ...waiting]) take(event);
  }

  private endAtExpiry(stream: EventStream, expiresMs: number): void {
    // Longer than a timer can wait: then the connection will have been renewed before.
    const waitMs = Math.min(Math.max(0, expiresMs - Date.now()), 2 ** 31 - 1);
    const timer = setTimeout(() => {
      stream.send('expired', {});
      stream.end();
    }, waitMs).unref();
    stream.onEnd(() => clearTimeout(timer));
  }

  /** @returns asks for counters; they come at most once a second */
  private counters(stream: EventStream, tenant: Tenant): () => void {
    let timer: NodeJS.Timeout | undefined;
    let ended = false;
    stream.onEnd(() => {
      ended = true;
      clearTimeout(timer);
    });
    const tell = async (): Promise<void> => {
      const day = localDay(Date.now(), tenant.time_zone);
      const read = await this.figures.range(tenant, lastDays(1, day), ['totals']);
      timer = undefined;
      const { sessions, open_sessions, conversations, messages, visits, outcomes } =
        read.figures.totals;
      stream.send('counters', {
        ...{ day, sessions, open_sessions, conversations, messages, visits },
        completed: outcomes.form_completed ?? 0,
        as_of: new Date(read.as_of_ms).toISOString(),
      });
    };
    return () => {
      if (ended) return;
      timer ??= setTimeout(() => {
        tell().catch((error: unknown) => {
          timer = undefined;
          this.logger.warn({ err: error }, 'live counters cannot be read');
        });
      }, COUNTERS_MS).unref();
    };
  }
}

/** @throws Problem `invalid_request` */
function positionOf(lastEventId: string | undefined): number | undefined {
  if (lastEventId === undefined || lastEventId === '') return undefined;
  if (/^\d{1,15}$/.test(lastEventId)) return Number(lastEventId);
  throw new Problem('invalid_request', { detail: 'Last-Event-ID is not one of ours' });
}
