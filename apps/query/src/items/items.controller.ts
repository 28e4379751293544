import { Controller, Get, Inject, Param, Query, type StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Tenant } from '@picasso/contracts';
import {
  configuredLabels,
  type DayRange,
  findGaps,
  itemParts,
  lastDays,
  localDay,
  PATH_WAYS_CHARS,
  pathView,
  periodBefore,
  popularity,
  type PathNode,
  type PathView,
  type PathWays,
} from '@picasso/domain';
import type { ItemClicks, ItemClicksReader } from '@picasso/storage';
import { AskedBy, type Asked } from '../figures/asked.ts';
import { columnsOf } from '../figures/columns.ts';
import { FiguresService } from '../figures/figures.service.ts';
import type { LinkTo } from '../figures/sessions-url.ts';
import { ApiFigures } from '../http/api-answers.ts';
import { Problem } from '../http/problem.ts';
import type { InventorySource } from '../storage.ts';
import { COUNTERS, INVENTORY } from '../tokens.ts';
import {
  CounterListDto,
  GapListDto,
  GapsQuery,
  ItemsQuery,
  PatternsDto,
  PatternsQuery,
  PopularityListDto,
  type CounterDto,
  type GapDto,
  type PathNodeDto,
  type PopularityDto,
} from './items.dto.ts';

const POPULARITY_COLUMNS = [
  ...columnsOf<PopularityDto>('key', 'type', 'id', 'label', 'clicks', 'shown', 'sessions', 'share'),
  { header: 'last_7_days', value: (row: PopularityDto) => row.last_7_days.clicks },
  { header: 'last_30_days', value: (row: PopularityDto) => row.last_30_days.clicks },
  { header: 'trend_30_days', value: (row: PopularityDto) => row.last_30_days.trend },
];
const COUNTER_COLUMNS = columnsOf<CounterDto>(
  ...(['key', 'type', 'id', 'click_count', 'last_7_days', 'last_30_days'] as const),
);
const GAP_COLUMNS = columnsOf<GapDto>(
  ...(['key', 'type', 'id', 'label', 'state', 'configured_since', 'days_configured'] as const),
  ...(['clicks', 'shown', 'conversations', 'rate'] as const),
);

const ITEMS = ['items', 'names'] as const;
const SEQUENCES = 20;
const LONGEST_WINDOW = 30;

@ApiTags('items')
@Controller('analytics')
export class ItemsController {
  constructor(
    @Inject(FiguresService) private readonly figures: FiguresService,
    @Inject(INVENTORY) private readonly inventory: InventorySource,
    @Inject(COUNTERS) private readonly counters: Pick<ItemClicksReader, 'all'>,
  ) {}

  @Get('popularity/:tenant')
  @ApiFigures({
    summary: 'Items by clicks, with windows of 7 and 30 days and their trends',
    type: PopularityListDto,
    exported: true,
    problems: ['invalid_cursor'],
  })
  popularity(
    @Param('tenant') named: string,
    @Query() query: ItemsQuery,
    @AskedBy() asked: Asked,
  ): Promise<PopularityListDto | StreamableFile | undefined> {
    const question = {
      ...{ action: 'popularity', sections: ITEMS, columns: POPULARITY_COLUMNS },
      // Windows and the periods before them reach back further than the range.
      extra: async (tenant: Tenant, { to }: DayRange) => {
        const [version, timeline] = await Promise.all([
          this.figures.versionKept(tenant, lastDays(2 * LONGEST_WINDOW, to)),
          this.inventory.timeline(tenant.tenant_hash),
        ]);
        return version && [version, timeline];
      },
    };
    return this.figures.list(asked, named, query, question, async (read) => {
      const { tenant, range, current, link } = read;
      const items = async (days: number, before: boolean) => {
        const last = lastDays(days, range.to);
        return this.itemsOf(tenant, before ? periodBefore(last) : last);
      };
      const [last_7_days, before_7_days, last_30_days, before_30_days, then, timeline] =
        await Promise.all([
          items(7, false),
          items(7, true),
          items(LONGEST_WINDOW, false),
          items(LONGEST_WINDOW, true),
          this.figures.readKept(tenant, lastDays(LONGEST_WINDOW, range.to), ['names']),
          this.inventory.timeline(tenant.tenant_hash),
        ]);
      const labels = configuredLabels(timeline);
      const windows = { last_7_days, before_7_days, last_30_days, before_30_days };
      // Rows that the windows alone bring are called what they were called then.
      const names = { ...then?.names, ...current.names };
      return {
        rows: popularity({ range: current.items, ...windows }, names)
          .filter(({ type }) => query.type === undefined || type === query.type)
          .map((row) => ({
            ...row,
            // Events of the help menu tell the place of a prompt, not its text.
            label: row.label ?? labels.get(row.key) ?? null,
            sessions_url: link({ item: row.key }),
          })),
      };
    });
  }

  @Get('items/:tenant')
  @ApiFigures({
    summary: 'The live counters of items: a click shows within a second',
    description: 'Counted as events arrive; a range says nothing here.',
    type: CounterListDto,
    exported: true,
    problems: ['invalid_cursor'],
  })
  items(
    @Param('tenant') named: string,
    @Query() query: ItemsQuery,
    @AskedBy() asked: Asked,
  ): Promise<CounterListDto | StreamableFile | undefined> {
    let counters: ItemClicks[] = [];
    const question = {
      ...{ action: 'items', sections: [] as const, columns: COUNTER_COLUMNS },
      // The windows end today, whatever the range.
      extra: async ({ tenant_hash, time_zone }: Tenant) => {
        counters = await this.counters.all(tenant_hash);
        return [localDay(Date.now(), time_zone), counters];
      },
    };
    return this.figures.list(asked, named, query, question, ({ tenant, link }) => {
      const today = localDay(Date.now(), tenant.time_zone);
      const month = lastDays(30, today);
      const sum = (days: Record<string, number>, from: string): number =>
        Object.entries(days).reduce(
          (total, [day, clicks]) => (day >= from && day <= today ? total + clicks : total),
          0,
        );
      return {
        rows: counters
          .map(({ item, click_count, days }) => ({
            key: item,
            ...itemParts(item),
            click_count,
            last_7_days: sum(days, lastDays(7, today).from),
            last_30_days: sum(days, month.from),
            sessions_url: link({ item }, month),
          }))
          .filter(({ type }) => query.type === undefined || type === query.type)
          .sort((a, b) => b.last_7_days - a.last_7_days || (a.key < b.key ? -1 : 1)),
      };
    });
  }

  @Get('gaps/:tenant')
  @ApiFigures({
    summary: 'What is configured against what is used',
    type: GapListDto,
    exported: true,
    problems: ['invalid_cursor'],
  })
  gaps(
    @Param('tenant') named: string,
    @Query() query: GapsQuery,
    @AskedBy() asked: Asked,
  ): Promise<GapListDto | StreamableFile | undefined> {
    const question = {
      ...{ action: 'gaps', columns: GAP_COLUMNS },
      sections: ['items', 'names', 'totals'] as const,
      extra: ({ tenant_hash }: Tenant) => this.inventory.timeline(tenant_hash),
    };
    return this.figures.list(asked, named, query, question, async (read) => {
      const { tenant, range, current, days, link } = read;
      const timeline = await this.inventory.timeline(tenant.tenant_hash);
      const usage = days.map(({ day, figures }) => ({
        day,
        conversations: figures.totals.conversations,
        items: figures.items,
      }));
      const { items, unconfigured } = findGaps(timeline, usage, current.names, range);
      return {
        inventory_as_of: timeline.as_of,
        unconfigured: unconfigured.map((row) => ({
          ...row,
          sessions_url: link({ item: row.key }),
        })),
        rows: items
          .filter(({ state }) => query.state === undefined || state === query.state)
          .filter(({ type }) => query.type === undefined || type === query.type)
          .map((row) => ({ ...row, sessions_url: link({ item: row.key }) })),
      };
    });
  }

  @Get('patterns/:tenant')
  @ApiFigures({
    summary: 'The commonest ways to and from a step; every level adds up to the sessions',
    type: PatternsDto,
  })
  patterns(
    @Param('tenant') named: string,
    @Query() { step: wanted, direction = 'next', depth = 3, branches = 5, ...query }: PatternsQuery,
    @AskedBy() asked: Asked,
  ): Promise<PatternsDto | undefined> {
    const step = wanted ?? null;
    if (step === null && direction === 'before')
      throw new Problem('invalid_request', { detail: 'what came before needs a step' });
    const question = { action: 'patterns', sections: ['paths'] as const };
    return this.figures.answer(asked, named, query, question, ({ current, link }) => {
      const view = pathView(current.paths, {
        step,
        direction,
        depth,
        branches,
        sequences: SEQUENCES,
      });
      return {
        ...view,
        ...linked(view, link),
        sessions_url: link(step === null ? {} : { path_step: step }),
      };
    });
  }

  private async itemsOf(tenant: Tenant, range: { from: string; to: string }) {
    const read = await this.figures.readKept(tenant, range, ['items']);
    return read?.items ?? {};
  }
}

/** With the sessions behind each figure, but for those that too many ways lead to. */
function linked(
  { step, direction, branches, levels, sequences }: PathView,
  link: LinkTo,
): Pick<PatternsDto, 'branches' | 'levels' | 'sequences'> {
  const withUrl = <T extends { ways: PathWays }>({ ways, ...of }: T) => ({
    ...of,
    sessions_url:
      ways.length > PATH_WAYS_CHARS
        ? null
        : link({ ...(step !== null && { path_step: step }), [`path_${direction}`]: ways }),
  });
  const node = ({ children, ...of }: PathNode): PathNodeDto => ({
    ...withUrl(of),
    children: children.map(node),
  });
  return {
    branches: branches.map(node),
    levels: levels.map((steps, index) => ({ distance: index + 1, steps: steps.map(withUrl) })),
    sequences: sequences.map(withUrl),
  };
}
