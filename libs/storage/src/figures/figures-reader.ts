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
import { stringify } from 'safe-stable-stringify';
import { ARCHIVE_DAYS } from '../archive/archive-store.ts';
import { DailyReader } from '../daily/daily-store.ts';
import type { DayHead, ReadSection } from '../daily/day-sections.ts';
import { currentSessionsStarted } from '../daily/session-scan.ts';
import type { Tables } from '../tables.ts';
import { type DayEntry, DayIndexes } from './day-index.ts';
import { type DayOrigin, type DayPlan, planOf } from './day-plan.ts';
import { DaySoFarStore } from './day-so-far-store.ts';
import { computeDay, type FiguresTenant } from './live-day.ts';
import { OpenSessions } from './open-sessions.ts';
import { type DaySoFar, readRunningDay } from './running-day.ts';
import { SectionSums, versionOf } from './section-sums.ts';

/** The range begins before the first day that is kept. */
export class RangeNotKeptError extends Error {
  override readonly name = 'RangeNotKeptError';
  constructor(readonly earliest: string) {
    super(`figures are kept from ${earliest} on`);
  }
}

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
/** Of a tenant that nobody looks at any more nothing is kept. */
const SO_FAR_TTL_MS = 5 * 60_000;
/** What an id in a set takes, generously. */
const ID_CHARS = 128;
/** What an entry of the cache takes besides its figures. */
const ENTRY_CHARS = 64;
/** A summary's row outlives its day's end by up to a day in UTC, and zones differ by another. */
const EDGE_DAYS = 2;
const DAY_MS = 86_400_000;

/**
 * A tenant's figures over any range of its days: stored aggregates, days without a valid one from
 * their sessions, today from what has ended of it and its other sessions as they are, older ones from
 * the archive.
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
  private readonly soFar: LRUCache<string, DaySoFar>;
  private readonly stillGoing: DaySoFarStore;
  private readonly sums: SectionSums;
  private readonly reading = new Map<string, ReturnType<DailyReader['section']>>();
  private readonly indexes: DayIndexes;

  constructor(
    private readonly tables: Tables,
    private readonly settings: FiguresSettings,
  ) {
    this.daily = new DailyReader(tables);
    this.now = settings.now ?? Date.now;
    const sizeCalculation = (value: unknown): number => JSON.stringify(value).length + ENTRY_CHARS;
    const maxSize = settings.cacheChars;
    this.sections = new LRUCache({ maxSize, sizeCalculation });
    this.computed = new LRUCache({
      maxSize,
      sizeCalculation: ({ figures }) => sizeCalculation(figures),
    });
    this.soFar = new LRUCache({
      ...{ maxSize: maxSize / 4, ttl: SO_FAR_TTL_MS, ttlAutopurge: true },
      sizeCalculation: ({ members, figures }) => sizeCalculation(figures) + members.size * ID_CHARS,
    });
    this.stillGoing = new DaySoFarStore(tables);
    this.sums = new SectionSums(this.sections, settings.freshMs);
    this.indexes = new DayIndexes(tables, settings.freshMs);
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
    // What takes longest does not wait for the list of days.
    const early = range.from <= today && today <= range.to ? this.today(tenant, today) : null;
    // Who waits for it below gets its error.
    early?.catch(() => undefined);
    const index = await this.indexes.read(tenant.tenant_hash, range, today);
    const all = daysOf(range).map((day) => planOf(tenant, day, today, index));
    const rest = all.filter(({ origin }) => origin === 'live' || origin === 'archive');
    const loaded = new Map<string, Part>();
    const worker = async (): Promise<void> => {
      for (let next = rest.pop(); next; next = rest.pop())
        loaded.set(next.day, await this.compute(tenant, next, index.get(next.day)));
    };
    const [stored] = await Promise.all([
      this.stored(
        tenant,
        all.flatMap(({ head }) => head ?? []),
        names,
      ),
      early?.then((part) => loaded.set(today, part)),
      ...Array.from({ length: PARALLEL_DAYS }, worker),
    ]);
    for (const [day, part] of stored) loaded.set(day, part);
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

  private today(tenant: FiguresTenant, day: string): Promise<Part> {
    return this.compute(tenant, planOf(tenant, day, day, new Map()), undefined);
  }

  /** Stored days from the cache; of what is not there yet, each section in one reading. */
  private async stored(
    { tenant_hash }: FiguresTenant,
    heads: readonly DayHead[],
    names: readonly FiguresSection[],
  ): Promise<Map<string, Part>> {
    const found = new Map(
      heads.map(({ day, sha256 }): [string, Part] => [day, { version: sha256, figures: {} }]),
    );
    const read = await Promise.all(
      names.map(async (name) => [name, await this.section(tenant_hash, heads, name)] as const),
    );
    for (const [name, sections] of read) {
      // Replaced since the list of days was read.
      if (!sections) return this.storedAnew(tenant_hash, heads, names);
      for (const [day, figures] of sections)
        Object.assign(found.get(day)?.figures ?? {}, { [name]: figures });
    }
    return found;
  }

  private async section<S extends FiguresSection>(
    tenantHash: string,
    heads: readonly DayHead[],
    name: S,
  ): Promise<Map<string, Figures[FiguresSection]> | undefined> {
    const found = new Map<string, Figures[FiguresSection]>();
    const missing: DayHead[] = [];
    const key = ({ day, sha256 }: DayHead): string => `${tenantHash}|${day}|${sha256}|${name}`;
    for (const head of heads) {
      const known = this.sections.get(key(head));
      if (known) found.set(head.day, known);
      else missing.push(head);
    }
    if (missing.length === 0) return found;
    const read = await this.readSection(tenantHash, missing, name);
    if (!read) return undefined;
    for (const head of missing) {
      const { figures, chars } = read.get(head.day) as ReadSection;
      if (!this.sections.has(key(head)))
        this.sections.set(key(head), figures, { size: chars + ENTRY_CHARS });
      found.set(head.day, figures);
    }
    return found;
  }

  /** Questions that a dashboard asks at once need the same sections: read once for all of them. */
  private readSection(
    tenantHash: string,
    heads: readonly DayHead[],
    name: FiguresSection,
  ): ReturnType<DailyReader['section']> {
    const key = `${tenantHash}|${name}|${heads.map(({ sha256 }) => sha256).join()}`;
    const known = this.reading.get(key);
    if (known) return known;
    const read = this.daily.section(tenantHash, heads, name);
    const done = (): boolean => this.reading.delete(key);
    this.reading.set(key, read);
    read.then(done, done);
    return read;
  }

  /** What is read with its heads is of one version: that is what the answer is made of. */
  private async storedAnew(
    tenantHash: string,
    heads: readonly DayHead[],
    names: readonly FiguresSection[],
  ): Promise<Map<string, Part>> {
    const wanted = new Set(heads.map(({ day }) => day));
    const range = { from: heads[0]?.day ?? '', to: heads.at(-1)?.day ?? '' };
    const days = await this.daily.days(tenantHash, range, names);
    const found = new Map(
      days
        .filter(({ day }) => wanted.delete(day))
        .map(({ day, sha256, figures }): [string, Part] => [day, { version: sha256, figures }]),
    );
    for (const day of wanted)
      throw new Error(`the aggregate of ${day} went away while it was read`);
    return found;
  }

  /** A day without a stored aggregate. */
  private async compute(
    tenant: FiguresTenant,
    plan: DayPlan,
    entry: DayEntry | undefined,
  ): Promise<Part> {
    const { day, version } = plan;
    const key = `${tenant.tenant_hash}|${day}|${version}|${JSON.stringify(tenant.office_hours)}`;
    const known = this.computed.get(key);
    if (known) return known;
    const reading = this.computing.get(key) ?? this.computeAnew(tenant, plan, entry);
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
    { day, origin, version, marked = false }: DayPlan,
    entry: DayEntry | undefined,
  ): Promise<Part & { settled: boolean }> {
    const atMs = this.now();
    if (origin === 'archive') {
      return { version, figures: await this.archived(tenant, day, marked), settled: true };
    }
    if (origin === 'today')
      return { version, figures: await this.running(tenant, day), settled: false, atMs };
    const { figures, tallied } = await computeDay(this.tables, tenant, day);
    const { sessions = 0, version: mark = 0 } = entry ?? {};
    const { sources, other_traffic } = figures;
    const empty =
      mark === 0 &&
      Object.keys(sources).length === 0 &&
      Object.values(other_traffic).every((traffic) => traffic.events === 0);
    const settled = tallied === sessions;
    return { version, figures, settled, ...(empty ? { empty } : { atMs }) };
  }

  /** What had ended at the last reading is not read again; the first one begins with what is stored. */
  private async running(tenant: FiguresTenant, day: string): Promise<Figures> {
    const { tenant_hash, time_zone, office_hours } = tenant;
    const key = `${tenant_hash}|${day}|${time_zone}|${stringify(office_hours)}`;
    const known = this.soFar.get(key);
    const { figures, soFar } = await readRunningDay(this.tables, tenant, day, {
      known: known ? Promise.resolve(known) : this.stillGoing.read(tenant, day),
      open: new OpenSessions(this.tables, () => this.settings.ownHosts(tenant_hash)),
    });
    if (soFar && soFar !== known) this.soFar.set(key, soFar);
    return figures;
  }

  private async archived(tenant: FiguresTenant, day: string, marked: boolean): Promise<Figures> {
    const { tenant_hash, time_zone, office_hours } = tenant;
    const [fromMs, toMs] = dayBounds(day, time_zone);
    const [archived, kept] = await Promise.all([
      this.settings.archive?.archivedSummaries(tenant_hash, day, time_zone) ?? [],
      // Rows expire by whole UTC days: at the edge the tables still have what is to be archived.
      // Marks outlive them: without one nothing was there.
      marked && toMs > this.now() - (LIMITS.summaryDays + EDGE_DAYS) * DAY_MS
        ? currentSessionsStarted(this.tables, tenant_hash, fromMs, toMs)
        : [],
    ]);
    const summaries = new Map(archived.map((summary) => [summary.session_id, summary]));
    for (const { key, row } of kept) if (row.summary) summaries.set(key.session_id, row.summary);
    if (summaries.size === 0) return NO_FIGURES;
    const input = { tenant_hash, day, time_zone, office_hours, summaries: summaries.values() };
    return aggregateDay(input).figures;
  }
}
