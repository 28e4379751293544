import { Controller, Get, Inject, Param, Query, type StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Tenant } from '@picasso/contracts';
import { fieldBottlenecks, formCards, formFunnel, formRanking } from '@picasso/domain';
import { AskedBy, type Asked } from '../figures/asked.ts';
import { columnsOf } from '../figures/columns.ts';
import { FiguresService } from '../figures/figures.service.ts';
import { ApiFigures } from '../http/api-answers.ts';
import { fieldsOf, type InventorySource } from '../storage.ts';
import { INVENTORY } from '../tokens.ts';
import {
  BottleneckListDto,
  FormFunnelDto,
  FormRankListDto,
  FormsListQuery,
  FormsQuery,
  FormSummaryDto,
  type BottleneckDto,
  type FormRankDto,
} from './forms.dto.ts';

const BOTTLENECK_COLUMNS = [
  ...columnsOf<BottleneckDto>('form_id', 'form_label', 'field_id', 'field_label', 'abandons'),
  ...columnsOf<BottleneckDto>('share'),
  { header: 'advice', value: ({ advice }: BottleneckDto) => advice?.advice },
];
const RANK_COLUMNS = [
  ...columnsOf<FormRankDto>('form_id', 'label', 'views', 'starts', 'completions', 'abandons'),
  { header: 'rate', value: ({ rate }: FormRankDto) => rate.value },
  { header: 'rate_before', value: ({ rate }: FormRankDto) => rate.before },
  ...columnsOf<FormRankDto>('trend'),
];

@ApiTags('forms')
@Controller('analytics/forms')
export class FormsController {
  constructor(
    @Inject(FiguresService) private readonly figures: FiguresService,
    @Inject(INVENTORY) private readonly inventory: InventorySource,
  ) {}

  @Get('summary/:tenant')
  @ApiFigures({ summary: 'Cards of all forms or one', type: FormSummaryDto })
  summary(
    @Param('tenant') named: string,
    @Query() { form, ...query }: FormsQuery,
    @AskedBy() asked: Asked,
  ): Promise<FormSummaryDto | undefined> {
    const question = { action: 'form_summary', sections: ['forms'] as const, compare: true };
    return this.figures.answer(asked, named, query, question, ({ current, before, link }) => ({
      cards: formCards(current.forms, before?.forms ?? null, form),
      links: {
        viewed: link({ form, form_step: 'viewed' }),
        started: link({ form, form_step: 'started' }),
        completed: link({ form, form_step: 'completed' }),
        abandoned: link({ form, form_step: 'abandoned' }),
      },
    }));
  }

  @Get('funnel/:tenant')
  @ApiFigures({ summary: 'Views, starts and completions of all forms or one', type: FormFunnelDto })
  funnel(
    @Param('tenant') named: string,
    @Query() { form, ...query }: FormsQuery,
    @AskedBy() asked: Asked,
  ): Promise<FormFunnelDto | undefined> {
    const question = { action: 'form_funnel', sections: ['forms'] as const };
    return this.figures.answer(asked, named, query, question, ({ current, link }) => ({
      funnel: formFunnel(current.forms, form).map((row) => ({
        ...row,
        sessions_url: link({ form, form_step: row.step }),
      })),
    }));
  }

  @Get('bottlenecks/:tenant')
  @ApiFigures({
    summary: 'The fields at which forms are left, with advice',
    type: BottleneckListDto,
    exported: true,
    problems: ['invalid_cursor'],
  })
  bottlenecks(
    @Param('tenant') named: string,
    @Query() query: FormsListQuery,
    @AskedBy() asked: Asked,
  ): Promise<BottleneckListDto | StreamableFile | undefined> {
    const question = {
      action: 'bottlenecks',
      sections: ['forms', 'names'] as const,
      columns: BOTTLENECK_COLUMNS,
      extra: ({ tenant_hash }: Tenant) => this.inventory.forms(tenant_hash),
    };
    return this.figures.list(asked, named, query, question, async ({ tenant, current, link }) => {
      const configured = fieldsOf(await this.inventory.forms(tenant.tenant_hash));
      return {
        rows: fieldBottlenecks(current.forms, current.names, query.form, configured).map((row) => ({
          ...row,
          sessions_url: link({ form: row.form_id, field: row.field_id ?? '' }),
        })),
      };
    });
  }

  @Get('ranking/:tenant')
  @ApiFigures({
    summary: 'Forms by conversion, with their trend',
    type: FormRankListDto,
    exported: true,
    problems: ['invalid_cursor'],
  })
  ranking(
    @Param('tenant') named: string,
    @Query() query: FormsListQuery,
    @AskedBy() asked: Asked,
  ): Promise<FormRankListDto | StreamableFile | undefined> {
    const question = {
      ...{ action: 'form_ranking', compare: true, columns: RANK_COLUMNS },
      sections: ['forms', 'names'] as const,
    };
    return this.figures.list(asked, named, query, question, ({ current, before, link }) => ({
      rows: formRanking(current.forms, before?.forms ?? null, current.names)
        .filter(({ form_id }) => query.form === undefined || form_id === query.form)
        .map((row) => ({ ...row, sessions_url: link({ form: row.form_id }) })),
    }));
  }
}
