import { Inject, Injectable, StreamableFile } from '@nestjs/common';
import type { Figures, FiguresSection, Tenant } from '@picasso/contracts';
import { type DayRange, localDay, overlap, periodBefore } from '@picasso/domain';
import { type FiguresReader, type RangeFigures, RangeNotKeptError } from '@picasso/storage';
import { TenantAccess } from '../auth/tenant-access.ts';
import { exportRows, type Column } from '../exports/export-rows.ts';
import { notModified } from '../http/conditional.ts';
import { notFound, Problem } from '../http/problem.ts';
import type { CursorCodec, CursorScope } from '../sessions/cursor.ts';
import { resolveDayRange, windowOf } from '../sessions/date-range.ts';
import type { TenantDirectory } from '../storage.ts';
import { CURSORS, FIGURES, KEPT_DAYS, TENANTS } from '../tokens.ts';
import type { Asked } from './asked.ts';
import { PAGE_LIMIT, type ListQuery, type RangeDto, type RangeQuery } from './figures.dto.ts';
import { sessionsLinks, type LinkTo } from './sessions-url.ts';

/** A range's figures and what answers are made with. */
export interface ReadFigures<S extends FiguresSection> {
  tenant: Tenant;
  range: DayRange;
  current: Pick<Figures, S>;
  /** null where nothing was asked to compare with, or it is not kept. */
  before: Pick<Figures, S> | null;
  days: RangeFigures<S>['days'];
  link: LinkTo;
  meta: RangeDto;
}

export interface FiguresQuestion<S extends FiguresSection> {
  /** For the audit line, and which list a cursor is of. */
  action: string;
  sections: readonly S[];
  /** Reads as many days right before the range, too. */
  compare?: boolean;
  /** What the answer depends on besides figures and the tenant's profile; null while it changes. */
  extra?: (tenant: Tenant, range: DayRange) => Promise<unknown>;
}

export interface PageWanted {
  /** The range of the first page, epoch milliseconds [from, to). */
  window: readonly [number, number];
  limit: number;
  /** `after` of the page before. */
  after: string | undefined;
}

export interface PageRead<Row> {
  items: Row[];
  /** Where the next page begins; undefined on the last. */
  after: string | undefined;
}

/** Answers questions about a tenant's range: whose, which days, how final, compared with what. */
@Injectable()
export class FiguresService {
  constructor(
    @Inject(TenantAccess) private readonly access: TenantAccess,
    @Inject(TENANTS) private readonly tenants: TenantDirectory,
    @Inject(FIGURES) private readonly figures: FiguresReader,
    @Inject(CURSORS) private readonly cursors: CursorCodec,
    @Inject(KEPT_DAYS) private readonly keptDays: number,
  ) {}

  /** The tenant that the principal may read. @throws Problem `not_found` */
  async tenant({ principal }: Asked, named: string | undefined, action: string): Promise<Tenant> {
    const tenantHash = this.access.resolve(principal, named, action);
    const tenant = await this.tenants.get(tenantHash);
    if (!tenant) throw notFound();
    return tenant;
  }

  days(query: RangeQuery, tenant: Tenant): DayRange {
    return resolveDayRange(query, tenant.time_zone, Date.now(), this.keptDays);
  }

  /** @returns undefined when the client has the answer already: 304 is set */
  async answer<S extends FiguresSection, T extends object>(
    asked: Asked,
    named: string,
    query: RangeQuery,
    question: FiguresQuestion<S>,
    build: (read: ReadFigures<S>) => T | Promise<T>,
  ): Promise<(T & { range: RangeDto }) | undefined> {
    const tenant = await this.tenant(asked, named, question.action);
    const range = this.days(query, tenant);
    const read = await this.read(tenant, range, question, asked);
    if (!read) return undefined;
    return { range: read.meta, ...(await build(read)) };
  }

  /** A page of a list that is made as a whole, or all of it as a file. */
  async list<S extends FiguresSection, Row extends object, T extends object = object>(
    asked: Asked,
    named: string,
    query: ListQuery,
    question: FiguresQuestion<S> & { columns: readonly Column<Row>[] },
    build: (read: ReadFigures<S>) => ({ rows: Row[] } & T) | Promise<{ rows: Row[] } & T>,
  ): Promise<ListAnswer<Row, T> | StreamableFile | undefined> {
    const { format } = query;
    const { action, columns } = question;
    if (format) {
      const tenant = await this.tenant(asked, named, action);
      const range = this.days(query, tenant);
      const read = await this.read(tenant, range, question, asked);
      if (!read) return undefined;
      const { rows } = await build(read);
      const name = `${action}_${tenant.tenant_hash}_${range.from}_${range.to}`;
      return exportRows(asked.reply, { format, name, columns }, rows);
    }
    const nothing = async () => undefined;
    return this.pages(asked, named, query, question, nothing, async (read, wanted) => {
      const { limit, after = '0' } = wanted;
      const { rows, ...rest } = await build(read);
      const end = Number(after) + limit;
      return {
        ...(rest as unknown as T),
        items: rows.slice(Number(after), end),
        after: end < rows.length ? String(end) : undefined,
      };
    });
  }

  /**
   * A page of a list that is read from a position on.
   *
   * @param load reads what besides figures the page is made of, at the same time as these
   */
  async pages<S extends FiguresSection, Loaded, Row extends object, T extends object = object>(
    asked: Asked,
    named: string,
    query: ListQuery,
    question: FiguresQuestion<S>,
    load: (tenant: Tenant, wanted: PageWanted) => Promise<Loaded>,
    build: (
      read: ReadFigures<S>,
      wanted: PageWanted,
      loaded: Loaded,
    ) => (PageRead<Row> & T) | Promise<PageRead<Row> & T>,
  ): Promise<ListAnswer<Row, T> | undefined> {
    const { cursor, limit = PAGE_LIMIT.fallback, format: _, ...filters } = query;
    const { action } = question;
    const tenant = await this.tenant(asked, named, action);
    const scope: CursorScope = {
      list: action,
      tenantHash: tenant.tenant_hash,
      filters: textsOf(filters),
    };
    const position = cursor === undefined ? undefined : this.cursors.open(scope, cursor);
    const range = position
      ? daysOfWindow(position.window, tenant.time_zone)
      : this.days(query, tenant);
    const window = position?.window ?? windowOf(range, tenant.time_zone);
    const wanted = { window, limit, after: position?.after };
    // Who has an answer already may need no other one.
    const isFirst = asked.request.headers['if-none-match'] === undefined;
    const loading = isFirst ? load(tenant, wanted) : undefined;
    // Who waits for it below gets its error, unless the figures' comes first.
    loading?.catch(() => undefined);
    const read = await this.read(tenant, range, question, asked);
    if (!read) return undefined;
    const { after, ...page } = await build(read, wanted, await (loading ?? load(tenant, wanted)));
    return {
      range: read.meta,
      ...(page as unknown as T & Pick<PageRead<Row>, 'items'>),
      next_cursor: after === undefined ? null : this.cursors.seal(scope, { window, after }),
    };
  }

  /** @returns undefined when the client has the answer already */
  async read<S extends FiguresSection>(
    tenant: Tenant,
    range: DayRange,
    { sections, compare = false, extra }: FiguresQuestion<S>,
    asked?: Asked,
  ): Promise<ReadFigures<S> | undefined> {
    const former = periodBefore(range);
    const [current, before, more] = await Promise.all([
      this.figures.range(tenant, range, sections).catch(asProblem),
      compare ? this.figures.range(tenant, former, sections).catch(orNotKept) : null,
      extra?.(tenant, range),
    ]);
    const settled =
      current.version !== null && (before === null || before.version !== null) && more !== null;
    if (asked && settled) {
      const { principal, request, reply } = asked;
      const parts = [request.url, principal.role, tenant, current.version, before?.version, more];
      if (notModified(request, reply, parts)) return undefined;
    }
    return {
      ...{ tenant, range, current: current.figures, before: before?.figures ?? null },
      days: current.days,
      link: sessionsLinks(tenant.tenant_hash, range),
      meta: {
        ...range,
        time_zone: tenant.time_zone,
        as_of: new Date(current.as_of_ms).toISOString(),
        complete_until: new Date(current.complete_until_ms).toISOString(),
        partial: current.partial,
        compared_with: before && former,
      },
    };
  }

  /** Another one whenever figures of a range's kept days are; null while some still change. */
  async versionKept(tenant: Tenant, range: DayRange): Promise<string | null> {
    const kept = overlap(range, { from: this.figures.earliest(tenant), to: range.to });
    return kept ? (await this.figures.range(tenant, kept, [])).version : '';
  }

  /** Figures of the days of a range that are kept; null where none is. */
  async readKept<S extends FiguresSection>(
    tenant: Tenant,
    range: DayRange,
    sections: readonly S[],
  ): Promise<Pick<Figures, S> | null> {
    const kept = overlap(range, { from: this.figures.earliest(tenant), to: range.to });
    return kept && (await this.figures.range(tenant, kept, sections)).figures;
  }
}

export type ListAnswer<Row, T = object> = T & {
  range: RangeDto;
  items: Row[];
  next_cursor: string | null;
};

function asProblem(error: unknown): never {
  if (!(error instanceof RangeNotKeptError)) throw error;
  throw new Problem('range_not_kept', { detail: error.message });
}

/** A period before that is not kept any more is nothing to compare with. */
function orNotKept(error: unknown): null {
  if (error instanceof RangeNotKeptError) return null;
  throw error;
}

const daysOfWindow = ([fromMs, toMs]: readonly [number, number], timeZone: string): DayRange => ({
  from: localDay(fromMs, timeZone),
  to: localDay(toMs - 1, timeZone),
});

const textsOf = (filters: object): Record<string, string | undefined> =>
  Object.fromEntries(
    Object.entries(filters).map(([name, value]) => [
      name,
      value === undefined ? undefined : String(value),
    ]),
  );
