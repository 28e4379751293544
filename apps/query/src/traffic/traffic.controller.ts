import { Controller, Get, Inject, Param, Query, type StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  attributionFunnel,
  countsOf,
  type DayRange,
  linkRows,
  periodBefore,
  sourceInsight,
  sourceRows,
  trafficCards,
} from '@picasso/domain';
import { AskedBy, type Asked } from '../figures/asked.ts';
import { columnsOf } from '../figures/columns.ts';
import { ListQuery } from '../figures/figures.dto.ts';
import { FiguresService } from '../figures/figures.service.ts';
import type { LinkTo } from '../figures/sessions-url.ts';
import { ApiFigures } from '../http/api-answers.ts';
import type { SessionFilters } from '../sessions/session-filters.ts';
import type { SiteTrafficSource } from '../storage.ts';
import { SITE_TRAFFIC } from '../tokens.ts';
import { visitsOf } from './site-visits.ts';
import {
  AttributionDto,
  AttributionQuery,
  LinkListDto,
  SiteTrafficListDto,
  SourceListDto,
  type LinkDto,
  type SiteTrafficDayDto,
  type SourceDto,
} from './traffic.dto.ts';

const SOURCE_COLUMNS = columnsOf<SourceDto>(
  ...(['source', 'medium', 'visits', 'sessions', 'opened', 'conversations'] as const),
  ...(['completions', 'rate'] as const),
);
const LINK_COLUMNS = columnsOf<LinkDto>(
  ...(['url', 'label', 'category', 'clicks', 'shown', 'sessions', 'ctr', 'ctr_basis'] as const),
);
const SITE_COLUMNS = columnsOf<SiteTrafficDayDto>('day', 'source', 'medium', 'visits', 'complete');

@ApiTags('traffic')
@Controller('analytics')
export class TrafficController {
  constructor(
    @Inject(FiguresService) private readonly figures: FiguresService,
    @Inject(SITE_TRAFFIC) private readonly siteTraffic: SiteTrafficSource,
  ) {}

  @Get('attribution/:tenant')
  @ApiFigures({
    summary: 'From site visit to completed form, by source',
    description:
      'Visits are those of the site’s web analytics where they are imported, else page-view ' +
      'sessions; `visits` says which, until when they are final and what share of sessions matched.',
    type: AttributionDto,
  })
  attribution(
    @Param('tenant') named: string,
    @Query() { source, medium, ...query }: AttributionQuery,
    @AskedBy() asked: Asked,
  ): Promise<AttributionDto | undefined> {
    const question = {
      action: 'attribution',
      sections: ['sources', 'forms'] as const,
      compare: true,
      extra: ({ tenant_hash }: { tenant_hash: string }, range: DayRange) =>
        Promise.all([
          this.siteTraffic.read(tenant_hash, range),
          this.siteTraffic.read(tenant_hash, periodBefore(range)),
        ]),
    };
    return this.figures.answer(asked, named, query, question, async (read) => {
      const { tenant, range, current, before, days, link } = read;
      const { tenant_hash, goal_values = {}, currency = null } = tenant;
      const [traffic, trafficBefore] = await Promise.all([
        this.siteTraffic.read(tenant_hash, range),
        this.siteTraffic.read(tenant_hash, periodBefore(range)),
      ]);
      const { site, ...visits } = visitsOf(traffic, days, current.sources);
      // A period that the site's analytics do not know cannot be compared with one that they do.
      const siteBefore = before && visitsOf(trafficBefore, [], before.sources).site;
      const comparable = before !== null && (site === null) === (siteBefore === null);
      const cards = trafficCards(
        { ...current, site_visits: site },
        before && { ...before, site_visits: comparable ? siteBefore : null },
        goal_values,
      );
      if (before !== null && !comparable)
        for (const card of [cards.visits, cards.engagement_rate])
          Object.assign(card, { before: null, change: null });
      const filter = { source, medium };
      const { funnel } = countsOf(current.sources, filter);
      return {
        cards,
        currency,
        funnel: attributionFunnel(current.sources, site, filter).map((row) => ({
          ...row,
          // Where fewer visits are known than sessions nobody knows which of these belong to them.
          sessions_url:
            row.step === 'visited' || row.sessions === funnel[row.step].nested
              ? funnelLink(link, row.step, filter, visits.from)
              : null,
        })),
        sources: sourceRows(current.sources, site).map(withLink(link)),
        insight: sourceInsight(current.sources),
        visits,
      };
    });
  }

  @Get('sources/:tenant')
  @ApiFigures({
    summary: 'Traffic sources and media by conversations',
    type: SourceListDto,
    exported: true,
    problems: ['invalid_cursor'],
  })
  sources(
    @Param('tenant') named: string,
    @Query() query: ListQuery,
    @AskedBy() asked: Asked,
  ): Promise<SourceListDto | StreamableFile | undefined> {
    const question = {
      ...{ action: 'sources', sections: ['sources'] as const, columns: SOURCE_COLUMNS },
      extra: ({ tenant_hash }: { tenant_hash: string }, range: DayRange) =>
        this.siteTraffic.read(tenant_hash, range),
    };
    return this.figures.list(asked, named, query, question, async (read) => {
      const { tenant, range, current, days, link } = read;
      const traffic = await this.siteTraffic.read(tenant.tenant_hash, range);
      const { site } = visitsOf(traffic, days, current.sources);
      return { rows: sourceRows(current.sources, site).map(withLink(link)) };
    });
  }

  @Get('links/:tenant')
  @ApiFigures({
    summary: 'Links by clicks, with their click-through rate',
    type: LinkListDto,
    exported: true,
    problems: ['invalid_cursor'],
  })
  links(
    @Param('tenant') named: string,
    @Query() query: ListQuery,
    @AskedBy() asked: Asked,
  ): Promise<LinkListDto | StreamableFile | undefined> {
    const sections = ['items', 'names', 'totals'] as const;
    const question = { action: 'links', sections, columns: LINK_COLUMNS };
    return this.figures.list(asked, named, query, question, ({ current, link }) => {
      const { items, names, totals } = current;
      return {
        rows: linkRows(items, names, totals.conversations).map((row) => ({
          ...row,
          sessions_url: link({ item: row.key }),
        })),
      };
    });
  }

  @Get('site-traffic/:tenant')
  @ApiFigures({
    summary: 'Visits as the site’s web analytics count them, by day, source and medium',
    type: SiteTrafficListDto,
    exported: true,
    problems: ['invalid_cursor'],
  })
  visits(
    @Param('tenant') named: string,
    @Query() query: ListQuery,
    @AskedBy() asked: Asked,
  ): Promise<SiteTrafficListDto | StreamableFile | undefined> {
    const question = {
      ...{ action: 'site_traffic', sections: [] as const, columns: SITE_COLUMNS },
      extra: ({ tenant_hash }: { tenant_hash: string }, range: DayRange) =>
        this.siteTraffic.read(tenant_hash, range),
    };
    return this.figures.list(asked, named, query, question, async ({ tenant, range }) => {
      const { rows, complete_until } = await this.siteTraffic.read(tenant.tenant_hash, range);
      return {
        complete_until,
        rows: rows.map((row) => ({
          ...row,
          complete: complete_until !== null && row.day <= complete_until,
        })),
      };
    });
  }
}

const withLink =
  (link: LinkTo) =>
  <Row extends { source: string; medium: string }>(row: Row) => ({
    ...row,
    sessions_url: link({ source: row.source, medium: row.medium }),
  });

/** Site visits that others count have no sessions here. */
function funnelLink(
  link: LinkTo,
  step: AttributionDto['funnel'][number]['step'],
  filter: Pick<SessionFilters, 'source' | 'medium'>,
  visits: string,
): string | null {
  // Those who came in order, as the funnel counts them.
  if (step !== 'visited') return link({ ...filter, step, in_order: true });
  return visits === 'page_views' ? link({ ...filter, kind: 'page_view' }) : null;
}
