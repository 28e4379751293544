import { Controller, Get, Inject, Param, Query, StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FiguresSection, Tenant } from '@picasso/contracts';
import {
  type DayRange,
  lastDays,
  overlap,
  questionTexts,
  questionVariants,
  rankQuestions,
  type RankedQuestion,
} from '@picasso/domain';
import type { FiguresReader } from '@picasso/storage';
import { WithText } from '../auth/roles.ts';
import { exportRows, type Column } from '../exports/export-rows.ts';
import { AskedBy, type Asked } from '../figures/asked.ts';
import { ListQuery } from '../figures/figures.dto.ts';
import { FiguresService, type ReadFigures } from '../figures/figures.service.ts';
import { ApiFigures } from '../http/api-answers.ts';
import { notFound } from '../http/problem.ts';
import { FIGURES } from '../tokens.ts';
import {
  QuestionListDto,
  QuestionQuery,
  QuestionVariantsDto,
  type QuestionDto,
} from './conversations.dto.ts';

const COLUMNS: Column<QuestionDto>[] = (['question', 'count', 'share', 'last_asked'] as const).map(
  (name) => ({ header: name, value: (row) => row[name] }),
);

const TEXT_DAYS = 3;

/** What visitors asked first. */
@ApiTags('conversations')
@WithText()
@Controller('analytics/conversations/questions')
export class QuestionsController {
  constructor(
    @Inject(FiguresService) private readonly figures: FiguresService,
    @Inject(FIGURES) private readonly reader: FiguresReader,
  ) {}

  @Get(':tenant')
  @ApiFigures({
    summary: 'First questions by how often they were asked',
    description: 'The same question up to case, white space and punctuation is one.',
    type: QuestionListDto,
    exported: true,
    problems: ['invalid_cursor'],
  })
  async questions(
    @Param('tenant') named: string,
    @Query() { format, ...query }: ListQuery,
    @AskedBy() asked: Asked,
  ): Promise<QuestionListDto | StreamableFile | undefined> {
    const question = {
      ...{ action: 'questions', sections: ['question_counts'] as const, columns: [] },
      // Most of what is at the top was asked lately: its texts need not wait for the ranking.
      extra: async (tenant: Tenant, range: DayRange) => {
        const last = overlap(range, lastDays(TEXT_DAYS, range.to)) ?? range;
        return (await this.reader.range(tenant, last, ['questions'])).version;
      },
    };
    let all: RankedQuestion[] = [];
    let read: ReadFigures<'question_counts'> | undefined;
    const list = await this.figures.list(asked, named, query, question, (figures) => {
      read = figures;
      const ranking = rankQuestions(
        read.days.map(({ day, figures }) => ({ day, counts: figures.question_counts })),
      );
      all = ranking.questions;
      return { asked: ranking.asked, rows: all };
    });
    if (!list || !read || list instanceof StreamableFile) return undefined;
    const { tenant, link } = read;
    if (!format) {
      const rows = await this.withTexts(tenant, list.items);
      const items = rows.map((row) => ({ ...row, sessions_url: link({ question: row.id }) }));
      return { ...list, items };
    }
    const { from, to } = list.range;
    const name = `questions_${named}_${from}_${to}`;
    const rows = this.inPages(tenant, all);
    return exportRows(asked.reply, { format, name, columns: COLUMNS }, rows);
  }

  @Get('variants/:tenant')
  @ApiFigures({ summary: 'All ways in which one question was written', type: QuestionVariantsDto })
  variants(
    @Param('tenant') named: string,
    @Query() { id, ...query }: QuestionQuery,
    @AskedBy() asked: Asked,
  ): Promise<QuestionVariantsDto | undefined> {
    const question = { action: 'question_variants', sections: ['questions'] as const };
    return this.figures.answer(asked, named, query, question, ({ days, link }) => {
      const found = questionVariants(
        days.map(({ figures }) => figures.questions),
        id,
      );
      if (!found) throw notFound();
      const count = found.variants.reduce((sum, variant) => sum + variant.count, 0);
      return { id, ...found, count, sessions_url: link({ question: id }) };
    });
  }

  /** The texts of the rows alone: those of the days on which they were last asked. */
  private async withTexts<Row extends RankedQuestion>(
    tenant: Tenant,
    rows: readonly Row[],
  ): Promise<(Row & { question: string })[]> {
    const ids = new Set(rows.map(({ id }) => id));
    const days = [...new Set(rows.map(({ last_asked }) => last_asked))];
    const texts = new Map<string, Map<string, { question: string }>>();
    const sections: FiguresSection[] = ['questions'];
    for (const day of days) {
      const { figures } = await this.reader.range(tenant, { from: day, to: day }, sections);
      texts.set(day, questionTexts(figures.questions, ids));
    }
    return rows.map((row) => ({
      ...row,
      question: texts.get(row.last_asked)?.get(row.id)?.question ?? '',
    }));
  }

  private async *inPages(
    tenant: Tenant,
    all: readonly RankedQuestion[],
  ): AsyncGenerator<QuestionDto> {
    for (let start = 0; start < all.length; start += 1_000) {
      const rows = await this.withTexts(tenant, all.slice(start, start + 1_000));
      for (const row of rows) yield { ...row, sessions_url: null };
    }
  }
}
