import { Controller, Get, Inject, Param, Query, type StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  conversationCards,
  dayCount,
  depthDistribution,
  durationPercentiles,
  heatMap,
  outcomeShares,
  periodBefore,
  topicRows,
  trendSeries,
} from '@picasso/domain';
import { exportRows, type Column } from '../exports/export-rows.ts';
import { AskedBy, type Asked } from '../figures/asked.ts';
import { ListQuery, RangeQuery } from '../figures/figures.dto.ts';
import { FiguresService } from '../figures/figures.service.ts';
import { ApiFigures } from '../http/api-answers.ts';
import {
  ConversationSummaryDto,
  DepthListDto,
  HeatMapDto,
  TopicListDto,
  TrendDto,
  TrendQuery,
  type TopicDto,
  type TrendPointDto,
} from './conversations.dto.ts';

const TREND_COLUMNS: Column<TrendPointDto>[] = (
  ['at', 'visits', 'sessions', 'opened', 'conversations', 'messages', 'completed'] as const
).map((name) => ({ header: name, value: (row) => row[name] }));

const TOPIC_COLUMNS: Column<TopicDto>[] = (
  ['topic', 'sessions', 'conversations', 'completions', 'rate'] as const
).map((name) => ({ header: name, value: (row) => row[name] }));

@ApiTags('conversations')
@Controller('analytics')
export class ConversationsController {
  constructor(@Inject(FiguresService) private readonly figures: FiguresService) {}

  @Get('conversations/summary/:tenant')
  @ApiFigures({ summary: 'Cards, outcomes, durations, messages', type: ConversationSummaryDto })
  summary(
    @Param('tenant') named: string,
    @Query() query: RangeQuery,
    @AskedBy() asked: Asked,
  ): Promise<ConversationSummaryDto | undefined> {
    const sections = ['totals', 'other_traffic'] as const;
    const question = { action: 'conversation_summary', sections, compare: true };
    return this.figures.answer(asked, named, query, question, ({ current, before, link }) => {
      const { totals, other_traffic } = current;
      const leftOut = (traffic: 'bot' | 'own') => ({
        ...other_traffic[traffic],
        sessions_url: link({ traffic }),
      });
      return {
        cards: conversationCards(totals, before?.totals ?? null),
        links: {
          conversations: link({ conversation: true }),
          after_hours: link({ conversation: true, after_hours: true }),
          sessions: link({}),
        },
        sessions: totals.sessions,
        open_sessions: totals.open_sessions,
        visits: totals.visits,
        messages: { user: totals.user_messages, bot: totals.bot_messages },
        outcomes: outcomeShares(totals).map((row) => ({
          ...row,
          sessions_url: link({ outcome: row.outcome }),
        })),
        durations: durationPercentiles(totals),
        duration_ms_sum: totals.duration_ms_sum,
        response_time_ms_sum: totals.response_time_ms_sum,
        response_count: totals.response_count,
        collection: {
          events: totals.events,
          missing: totals.missing,
          numbered_sessions: totals.numbered_sessions,
        },
        left_out: { bot: leftOut('bot'), own: leftOut('own') },
      };
    });
  }

  @Get('conversations/heatmap/:tenant')
  @ApiFigures({
    summary: 'Conversations by weekday and three-hour block, in the tenant’s time zone',
    type: HeatMapDto,
  })
  heatmap(
    @Param('tenant') named: string,
    @Query() query: RangeQuery,
    @AskedBy() asked: Asked,
  ): Promise<HeatMapDto | undefined> {
    const question = { action: 'heatmap', sections: ['totals'] as const };
    return this.figures.answer(asked, named, query, question, ({ current, link }) => {
      const { cells, peak } = heatMap(current.totals);
      return {
        peak,
        cells: cells.flatMap((blocks, day) =>
          blocks.map((conversations, block) => ({
            weekday: day + 1,
            from_hour: block * 3,
            conversations,
            sessions_url: link({ conversation: true, heat: `${day + 1}-${block}` }),
          })),
        ),
      };
    });
  }

  @Get('conversations/depth/:tenant')
  @ApiFigures({ summary: 'Sessions by their number of messages', type: DepthListDto })
  depth(
    @Param('tenant') named: string,
    @Query() query: RangeQuery,
    @AskedBy() asked: Asked,
  ): Promise<DepthListDto | undefined> {
    const question = { action: 'depth', sections: ['totals'] as const };
    return this.figures.answer(asked, named, query, question, ({ current, link }) => ({
      items: depthDistribution(current.totals).map((row) => ({
        ...row,
        sessions_url: link({ messages: row.messages }),
      })),
    }));
  }

  @Get('conversations/trend/:tenant')
  @ApiFigures({
    summary: 'What happened by hour or day, with the period before',
    type: TrendDto,
    exported: true,
  })
  async trend(
    @Param('tenant') named: string,
    @Query() { unit: asWanted, format, ...query }: TrendQuery,
    @AskedBy() asked: Asked,
  ): Promise<TrendDto | StreamableFile | undefined> {
    const question = { action: 'trend', sections: ['hours'] as const, compare: true };
    const answer = await this.figures.answer(asked, named, query, question, (read) => {
      const { current, before, range, tenant, link } = read;
      const unit = asWanted ?? (dayCount(range) <= 2 ? 'hour' : 'day');
      const series = (hours: typeof current.hours, days: typeof range): TrendPointDto[] =>
        trendSeries(hours, days, unit, tenant.time_zone).map((point) => {
          const day = point.at.slice(0, 'yyyy-mm-dd'.length);
          const hour = unit === 'hour' ? point.at : undefined;
          return { ...point, sessions_url: link({ hour }, { from: day, to: day }) };
        });
      return {
        unit,
        points: series(current.hours, range),
        before: before && series(before.hours, periodBefore(range)),
      };
    });
    if (!answer || !format) return answer;
    const { from, to } = answer.range;
    const name = `trend_${named}_${from}_${to}`;
    return exportRows(asked.reply, { format, name, columns: TREND_COLUMNS }, answer.points);
  }

  @Get('topics/:tenant')
  @ApiFigures({
    summary: 'Topics by conversations',
    type: TopicListDto,
    exported: true,
    problems: ['invalid_cursor'],
  })
  topics(
    @Param('tenant') named: string,
    @Query() query: ListQuery,
    @AskedBy() asked: Asked,
  ): Promise<TopicListDto | StreamableFile | undefined> {
    const question = { action: 'topics', sections: ['topics'] as const, columns: TOPIC_COLUMNS };
    return this.figures.list(asked, named, query, question, ({ current, link }) => ({
      rows: topicRows(current.topics).map((row) => ({
        ...row,
        sessions_url: link({ topic: row.topic }),
      })),
    }));
  }
}
