import { type Figures, type FiguresSection, LIMITS, type SessionSummary } from '@picasso/contracts';
import {
  aggregateDay,
  dayBounds,
  type DayRange,
  daysOf,
  lastDays,
  localDay,
  NO_FIGURES,
} from '@picasso/domain';
import { LRUCache } from 'lru-cache';
import { ARCHIVE_DAYS } from '../archive/archive-store.ts';
import { DailyReader, type StoredDay } from '../daily/daily-store.ts';
import { sessionsStarted } from '../daily/session-scan.ts';
import type { Tables } from '../tables.ts';
import { type DayEntry, readDayIndex } from './day-index.ts';
import { computeDay, type FiguresTenant } from './live-day.ts';
import { SectionSums, versionOf } from './section-sums.ts';

/** The range begins before the first day that is kept. */
export class RangeNotKeptError extends Error {
  override readonly name = 'RangeNotKeptError';
  constructor(readonly earliest: string) {
    super(`figures are kept from ${earliest} on`);
  }
}

/** Where a day's figures come from; `live`: its aggregate is missing or out of date. */
export type DayOrigin = 'aggregate' | 'live' | 'today' | 'archive' | 'nothing';

export interface DayFigures<S extends FiguresSection> {
  day: string;
  origin: DayOrigin;
  /** Changes whenever the figures do. */
  version: string;
  figures: Pick<Figures, S>;
}

export interface RangeFigures<S extends FiguresSection> {
  range: DayRange;
  figures: Pick<Figures, S>;
  days: DayFigures<S>[];
  /** When the oldest part was read, epoch milliseconds. */
  as_of_ms: number;
  /** Epoch milliseconds up to which every session has ended and is counted for good, but for late events. */
  complete_until_ms: number;
  /** Days whose figures will change (today) or are computed from sessions until the aggregator ran. */
  partial: { day: string; reason: 'today' | 'not_aggregated' }[];
  /** Equal for equal figures; null while a part of them is live. */
  version: string | null;
}

export interface FiguresSettings {
  /** Summaries older than those in the tables; without it such ranges are not kept. */
  archive?: {
    archivedSummaries(tenantHash: string, day: string, zone: string): Promise<SessionSummary[]>;
  };
  ownHosts: (tenantHash: string) => Promise<readonly string[]>;
  /** How long today's figures and the list of days are kept, in milliseconds. */
  freshMs: number;
  /** Characters of JSON that the cache holds. */
  cacheChars: number;
  now?: () => number;
}

/** A day as it was read: from a stored aggregate, or computed at `atMs`. */
interface Part {
  version: string;
  figures: Partial<Figures>;
  atMs?: number;
  /** It was looked at for its neighbours' sake alone, and nothing was there. */
  empty?: boolean;
}

/** Archived days change by erasure only; others have another version when they do. */
const SETTLED_TTL_MS = 10 * 60_000;
const PARALLEL_DAYS = 8;
/** A summary's row outlives its day's end by up to a day in UTC, and zones differ by another. */
const EDGE_DAYS = 2;
const DAY_MS = 86_400_000;

/**
 * A tenant's figures over any range of its days: stored aggregates, days without a valid one from
 * their sessions, today from its sessions as they are, older ones from the archive.
 *
 * Cached by tenant, day and version of the stored aggregate, so that an entry never has to be
 * taken back; today's, and anything that index lag may have cut short, for `freshMs` only.
 *
 * Every method rejects with the engine's error when a store cannot be read: never with less data.
 */
export class FiguresReader {
  private readonly daily: DailyReader;
  private readonly now: () => number;
  private readonly sections: LRUCache<string, Figures[FiguresSection]>;
  private readonly computed: LRUCache<string, Part>;
  private readonly computing = new Map<string, Promise<Part & { settled: boolean }>>();
  private readonly sums: SectionSums;
  private readonly reading = new Map<string, Promise<StoredDay[]>>();
  private readonly indexes: LRUCache<string, Promise<Map<string, DayEntry>>>;

  constructor(
    private readonly tables: Tables,
    private readonly settings: FiguresSettings,
  ) {
    this.daily = new DailyReader(tables);
    this.now = settings.now ?? Date.now;
    const sizeCalculation = (value: unknown): number => JSON.stringify(value).length + 64;
    const maxSize = settings.cacheChars;
    this.sections = new LRUCache({ maxSize, sizeCalculation });
    this.computed = new LRUCache({
      maxSize,
      sizeCalculation: ({ figures }) => sizeCalculation(figures),
    });
    this.sums = new SectionSums(this.sections, settings.freshMs);
    this.indexes = new LRUCache({ max: 1_000, ttl: Math.max(1, settings.freshMs) });
  }

  /** The first day of which figures can be read. */
  earliest(tenant: FiguresTenant): string {
    const today = localDay(this.now(), tenant.time_zone);
    const kept = this.settings.archive ? ARCHIVE_DAYS : LIMITS.summaryDays;
    return lastDays(kept, today).from;
  }

  /** @throws RangeNotKeptError */
  async range<S extends FiguresSection>(
    tenant: FiguresTenant,
    range: DayRange,
    names: readonly S[],
  ): Promise<RangeFigures<S>> {
    const earliest = this.earliest(tenant);
    if (range.from < earliest) throw new RangeNotKeptError(earliest);
    const readMs = this.now();
    const today = localDay(readMs, tenant.time_zone);
    const { days, atMs } = await this.days(tenant, range, names, today);
    const partial: RangeFigures<S>['partial'] = [];
    for (const { day, origin } of days) {
      if (origin === 'today') partial.push({ day, reason: 'today' });
      if (origin === 'live') partial.push({ day, reason: 'not_aggregated' });
    }
    const firstOpen = partial[0]?.day;
    return {
      range,
      figures: this.sums.of(tenant.tenant_hash, days, names),
      days,
      as_of_ms: Math.min(atMs, readMs),
      complete_until_ms: firstOpen
        ? dayBounds(firstOpen, tenant.time_zone)[0]
        : Math.min(readMs, dayBounds(range.to, tenant.time_zone)[1]),
      partial,
      version: partial.length > 0 || range.to >= today ? null : versionOf(days),
    };
  }

  private async days<S extends FiguresSection>(
    tenant: FiguresTenant,
    range: DayRange,
    names: readonly S[],
    today: string,
  ): Promise<{ days: DayFigures<S>[]; atMs: number }> {
    const index = await this.index(tenant.tenant_hash, range, today);
    const all = daysOf(range).map((day) => ({ day, ...originOf(tenant, day, today, index) }));
    const loaded = await this.stored(
      tenant,
      all.filter(({ origin }) => origin === 'aggregate'),
      names,
    );
    const rest = all.filter(({ origin }) => ['live', 'today', 'archive'].includes(origin));
    const worker = async (): Promise<void> => {
      for (let next = rest.pop(); next; next = rest.pop())
        loaded.set(next.day, await this.compute(tenant, next, index.get(next.day)));
    };
    await Promise.all(Array.from({ length: PARALLEL_DAYS }, worker));
    const days = all.map(({ day, origin, version }): DayFigures<S> => {
      const part = loaded.get(day);
      const figures = names.map((name) => [name, part?.figures[name] ?? NO_FIGURES[name]]);
      return {
        ...{ day, origin: part?.empty ? 'nothing' : origin, version: part?.version ?? version },
        figures: Object.fromEntries(figures) as Pick<Figures, S>,
      };
    });
    return { days, atMs: Math.min(...[...loaded.values()].map((part) => part.atMs ?? Infinity)) };
  }

  private index(
    tenantHash: string,
    range: DayRange,
    today: string,
  ): Promise<Map<string, DayEntry>> {
    // The neighbours tell whether a day without a mark can have sessions in another time zone.
    const from = lastDays(2, range.from).from;
    const to = range.to < today ? nextDay(range.to) : today;
    // All of it is still to come: the engine refuses to look between a day and an earlier one.
    if (from > to) return Promise.resolve(new Map<string, DayEntry>());
    const key = `${tenantHash}|${from}|${to}`;
    const known = this.indexes.get(key);
    if (known) return known;
    const read = readDayIndex(this.tables, tenantHash, { from, to });
    this.indexes.set(key, read);
    read.catch(() => this.indexes.delete(key));
    return read;
  }

  /** Stored days from the cache; what is not there yet in one reading. */
  private async stored(
    { tenant_hash }: FiguresTenant,
    days: readonly { day: string; version: string }[],
    names: readonly FiguresSection[],
  ): Promise<Map<string, Part>> {
    const found = new Map<string, Part>();
    const missing: string[] = [];
    for (const { day, version } of days) {
      const parts = names.map(
        (name) => [name, this.sections.get(key(day, version, name))] as const,
      );
      if (parts.some(([, section]) => section === undefined)) missing.push(day);
      else found.set(day, { version, figures: Object.fromEntries(parts) });
    }
    const [from] = missing;
    const to = missing.at(-1);
    if (from === undefined || to === undefined) return found;
    const read = await this.readDays(tenant_hash, { from, to }, names);
    const byDay = new Map(read.map((stored) => [stored.day, stored]));
    for (const day of missing) {
      const stored = byDay.get(day);
      if (!stored) throw new Error(`the aggregate of ${day} went away while it was read`);
      for (const name of names) {
        const section = key(day, stored.sha256, name);
        if (!this.sections.has(section))
          this.sections.set(section, stored.figures[name] ?? NO_FIGURES[name]);
      }
      // It may have been replaced meanwhile: what was read is what the answer is made of.
      found.set(day, { version: stored.sha256, figures: stored.figures });
    }
    return found;

    function key(day: string, version: string, name: string): string {
      return `${tenant_hash}|${day}|${version}|${name}`;
    }
  }

  /**
   * Questions that a dashboard asks at once need the same sections: each is read and decoded for
   * all of them together.
   */
  private async readDays(
    tenantHash: string,
    range: DayRange,
    names: readonly FiguresSection[],
  ): Promise<StoredDay[]> {
    const key = (name: string): string => `${tenantHash}|${range.from}|${range.to}|${name}`;
    const own = names.filter((name) => !this.reading.has(key(name)));
    if (own.length > 0) {
      const read = this.daily.days(tenantHash, range, own);
      const done = (): void => own.forEach((name) => this.reading.delete(key(name)));
      own.forEach((name) => this.reading.set(key(name), read));
      read.then(done, done);
    }
    const reads = new Set(names.map((name) => this.reading.get(key(name)) as Promise<StoredDay[]>));
    const [first = [], ...others] = await Promise.all(reads);
    const days = first.map((day, i) => ({
      ...day,
      figures: Object.assign(
        {},
        day.figures,
        ...others.map((other) => other[i]?.figures),
      ) as object,
    }));
    // A day's sections are of one version, also where it was replaced between two readings.
    const isOneVersion = others.every(
      (other) =>
        other.length === first.length &&
        other.every(({ sha256 }, i) => sha256 === first[i]?.sha256),
    );
    return isOneVersion ? days : this.daily.days(tenantHash, range, names);
  }

  /** A day without a stored aggregate. */
  private async compute(
    tenant: FiguresTenant,
    { day, origin, version }: { day: string; origin: DayOrigin; version: string },
    entry: DayEntry | undefined,
  ): Promise<Part> {
    const key = `${tenant.tenant_hash}|${day}|${version}|${JSON.stringify(tenant.office_hours)}`;
    const known = this.computed.get(key);
    if (known) return known;
    const reading =
      this.computing.get(key) ?? this.computeAnew(tenant, day, origin, entry, version);
    this.computing.set(key, reading);
    try {
      const part = await reading;
      this.computed.set(key, part, {
        ttl: part.settled ? SETTLED_TTL_MS : Math.max(1, this.settings.freshMs),
      });
      return part;
    } finally {
      this.computing.delete(key);
    }
  }

  private async computeAnew(
    tenant: FiguresTenant,
    day: string,
    origin: DayOrigin,
    entry: DayEntry | undefined,
    version: string,
  ): Promise<Part & { settled: boolean }> {
    const atMs = this.now();
    if (origin === 'archive') {
      return { version, figures: await this.archived(tenant, day), settled: true };
    }
    const { ownHosts } = this.settings;
    const open = origin === 'today';
    const { figures, tallied } = await computeDay(this.tables, tenant, day, open, ownHosts);
    const { sessions = 0, version: mark = 0 } = entry ?? {};
    const { sources, other_traffic } = figures;
    const empty =
      mark === 0 &&
      Object.keys(sources).length === 0 &&
      Object.values(other_traffic).every((traffic) => traffic.events === 0);
    const settled = !open && tallied === sessions;
    return { version, figures, settled, ...(empty && !open ? { empty } : { atMs }) };
  }

  private async archived(tenant: FiguresTenant, day: string): Promise<Figures> {
    const { tenant_hash, time_zone, office_hours } = tenant;
    const [fromMs, toMs] = dayBounds(day, time_zone);
    const [archived, kept] = await Promise.all([
      this.settings.archive?.archivedSummaries(tenant_hash, day, time_zone) ?? [],
      // Rows expire by whole UTC days: at the edge the tables still have what is to be archived.
      toMs > this.now() - (LIMITS.summaryDays + EDGE_DAYS) * DAY_MS
        ? sessionsStarted(this.tables, tenant_hash, fromMs, toMs)
        : [],
    ]);
    const summaries = new Map(archived.map((summary) => [summary.session_id, summary]));
    for (const { key, row } of kept) if (row.summary) summaries.set(key.session_id, row.summary);
    if (summaries.size === 0) return NO_FIGURES;
    const input = { tenant_hash, day, time_zone, office_hours, summaries: summaries.values() };
    return aggregateDay(input).figures;
  }
}

function originOf(
  { time_zone }: FiguresTenant,
  day: string,
  today: string,
  index: ReadonlyMap<string, DayEntry>,
): { origin: DayOrigin; version: string } {
  if (day > today) return { origin: 'nothing', version: '' };
  if (day === today) return { origin: 'today', version: `today:${time_zone}` };
  const entry = index.get(day);
  if (entry?.head?.time_zone === time_zone && entry.head.mark_version >= entry.version)
    return { origin: 'aggregate', version: entry.head.sha256 };
  if (day < lastDays(LIMITS.summaryDays, today).from)
    return { origin: 'archive', version: `archive:${time_zone}` };
  const around = [lastDays(2, day).from, day, nextDay(day)];
  const versions = around.map((near) => index.get(near)?.version ?? 0);
  return versions.some((version) => version > 0)
    ? { origin: 'live', version: `live:${time_zone}:${versions.join('.')}` }
    : { origin: 'nothing', version: '' };
}

const nextDay = (day: string): string =>
  new Date(Date.parse(day) + DAY_MS).toISOString().slice(0, 10);
