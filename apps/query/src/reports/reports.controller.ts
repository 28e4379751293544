import { Controller, Get, Inject, Param, Query, type StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { configuredLabels, periodBefore } from '@picasso/domain';
import { download } from '../exports/export-rows.ts';
import { AskedBy, type Asked } from '../figures/asked.ts';
import { RangeQuery } from '../figures/figures.dto.ts';
import { FiguresService } from '../figures/figures.service.ts';
import { ApiProblems } from '../http/api-problems.ts';
import { notFound } from '../http/problem.ts';
import { fieldsOf, type InventorySource, type SiteTrafficSource } from '../storage.ts';
import { INVENTORY, SITE_TRAFFIC } from '../tokens.ts';
import { visitsOf } from '../traffic/site-visits.ts';
import { DASHBOARDS, SECTIONS, type Dashboard } from './dashboards.ts';
import { reportPdf } from './report-pdf.ts';

@ApiTags('reports')
@Controller('analytics/reports')
export class ReportsController {
  constructor(
    @Inject(FiguresService) private readonly figures: FiguresService,
    @Inject(SITE_TRAFFIC) private readonly siteTraffic: SiteTrafficSource,
    @Inject(INVENTORY) private readonly inventory: InventorySource,
  ) {}

  @Get(':dashboard/:tenant')
  @ApiOperation({ summary: 'A dashboard as a PDF of A4 pages, without any text of visitors' })
  @ApiParam({ name: 'dashboard', enum: DASHBOARDS })
  @ApiParam({ name: 'tenant', description: "the token's tenant; operators may name any" })
  @ApiResponse({
    status: 200,
    description: 'the report',
    content: { 'application/pdf': { schema: { type: 'string', format: 'binary' } } },
  })
  @ApiProblems('invalid_request', 'range_not_kept', 'not_found')
  async report(
    @Param('dashboard') name: string,
    @Param('tenant') named: string,
    @Query() query: RangeQuery,
    @AskedBy() asked: Asked,
  ): Promise<StreamableFile> {
    const dashboard = DASHBOARDS.find((known): known is Dashboard => known === name);
    if (!dashboard) throw notFound();
    const tenant = await this.figures.tenant(asked, named, 'report');
    const range = this.figures.days(query, tenant);
    const { tenant_hash } = tenant;
    const question = { action: 'report', sections: SECTIONS, compare: true };
    const [read, traffic, trafficBefore, forms, timeline] = await Promise.all([
      this.figures.read(tenant, range, question),
      this.siteTraffic.read(tenant_hash, range),
      this.siteTraffic.read(tenant_hash, periodBefore(range)),
      this.inventory.forms(tenant_hash),
      this.inventory.timeline(tenant_hash),
    ]);
    if (!read) throw notFound();
    const { current, before, days } = read;
    const pdf = await reportPdf(dashboard, {
      ...read,
      visits: visitsOf(traffic, days, current.sources),
      visitsBefore: before && visitsOf(trafficBefore, [], before.sources),
      fields: fieldsOf(forms),
      itemLabels: configuredLabels(timeline),
    });
    const file = `${dashboard}_${tenant_hash}_${range.from}_${range.to}.pdf`;
    return download(asked.reply, pdf, file, 'application/pdf');
  }
}
