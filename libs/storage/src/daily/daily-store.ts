import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import {
  type DailyAggregate,
  type Figures,
  type FiguresSection,
  KEYS,
  LIMITS,
  type SessionSummary,
} from '@picasso/contracts';
import { dayBounds } from '@picasso/domain';
import { deleteAll, projectionOf, putAll } from '../batches.ts';
import type { Tables } from '../tables.ts';
import {
  type DayHead,
  decodeSections,
  encodeDay,
  HEAD_ATTRIBUTES,
  headOf,
  type ReadSection,
  sectionKeys,
  sectionsText,
} from './day-sections.ts';
import { collect, finalSummariesStarted } from './session-scan.ts';

type Row = Record<string, unknown>;

/** Called between writes: where tests have a process killed. */
export type DailyStep = 'sections-put' | 'head-put' | 'old-removed';

/**
 * `superseded`: another run has stored an aggregate of newer summaries meanwhile.
 */
export type DayWritten = 'written' | 'unchanged' | 'superseded';

/** How far a session's start can lie from its final day while it is open again (pipeline rule 5). */
const DRIFT_MS = 24 * 3_600_000;
/** Between the earliest and the latest clock of the world. */
const ZONES_MS = 26 * 3_600_000;

const expiry = (day: string): number =>
  Math.floor(Date.parse(day) / 1000) + (LIMITS.summaryDays + 2) * 86_400;

const headKey = (tenantHash: string, day: string): Row => ({
  pk: KEYS.tenant(tenantHash),
  sk: KEYS.date(day),
});

interface StoredHead {
  /** null for a day of layout 2, which cannot be read any more. */
  head: DayHead | null;
  /** What this head and those before it named. */
  rows: Row[];
}

/** Layout 2 named sections by their own hashes. */
interface FormerSections {
  [name: string]: { hash: string; parts: number };
}

function storedHeadOf(tenantHash: string, item: Row): StoredHead {
  const head = headOf(item) ?? null;
  const day = String(item['sk']).slice(KEYS.date('').length);
  const pk = KEYS.tenant(tenantHash);
  const former = Object.entries((head ? {} : item['sections']) as FormerSections).flatMap(
    ([name, { hash, parts }]) =>
      Array.from({ length: parts }, (_, part) => KEYS.daySection(name, day, hash, part)),
  );
  const garbage = (item['garbage'] as string[] | undefined) ?? [];
  return {
    head,
    rows: [
      ...[...garbage, ...former].map((sk) => ({ pk, sk })),
      ...(head ? sectionKeys(tenantHash, head) : []),
    ],
  };
}

/**
 * The aggregator's side of analytics-daily.
 *
 * Concurrency: a head replaces another only if it was computed from the same or a later version of
 * the day's mark, so that of two runs at once the one with the newer summaries stays. Section rows
 * are written before the head that names them and removed after the head that does not.
 */
export class DailyStore {
  constructor(
    private readonly tables: Tables,
    private readonly reached: (step: DailyStep) => void = () => undefined,
  ) {}

  /**
   * The final summaries of a local day. They are all of them only if they are as many as the day's
   * mark tallies: keys come from an index that may lag.
   *
   * @param wide look as far around as a changed time zone or a moved start can have led sessions
   */
  async summaries(
    tenantHash: string,
    day: string,
    timeZone: string,
    wide: boolean,
  ): Promise<SessionSummary[]> {
    let [fromMs, toMs] = dayBounds(day, timeZone);
    if (wide) {
      fromMs -= ZONES_MS + DRIFT_MS;
      toMs += ZONES_MS;
    }
    const found = await finalSummariesStarted(this.tables, tenantHash, Math.max(0, fromMs), toMs);
    return found.flatMap(({ final_day, summary }) => (final_day === day ? [summary] : []));
  }

  /**
   * Stores a day's aggregate: sections, then the head that publishes them, then away with what the
   * former head named. Killed anywhere, the next run ends with the same rows.
   */
  async put(aggregate: DailyAggregate, markVersion: number): Promise<DayWritten> {
    const { tenant_hash, day } = aggregate;
    const former = await this.head(tenant_hash, day);
    const { head, rows } = encodeDay(aggregate, markVersion, expiry(day));
    const same =
      former?.head?.sha256 === head.sha256 && former.head.mark_version === head.mark_version;
    const kept = new Set(rows.map(({ sk }) => sk));
    const garbage = (former?.rows ?? []).filter(({ sk }) => !kept.has(sk));
    if (!same) {
      await putAll(this.tables, this.tables.names.analyticsDaily, rows);
      this.reached('sections-put');
      if (!(await this.putHead(tenant_hash, head, garbage))) {
        await this.removeUnnamed(tenant_hash, day, rows);
        return 'superseded';
      }
      this.reached('head-put');
    }
    if (garbage.length > 0) await this.removeGarbage(tenant_hash, head, garbage);
    return same ? 'unchanged' : 'written';
  }

  private async putHead(tenantHash: string, head: DayHead, garbage: Row[]): Promise<boolean> {
    try {
      await this.tables.doc.send(
        new PutCommand({
          TableName: this.tables.names.analyticsDaily,
          Item: {
            ...headKey(tenantHash, head.day),
            ...head,
            sections: sectionsText(head),
            ...(garbage.length > 0 ? { garbage: garbage.map(({ sk }) => sk) } : {}),
            expires_at: expiry(head.day),
          },
          ConditionExpression: 'attribute_not_exists(pk) OR mark_version <= :version',
          ExpressionAttributeValues: { ':version': head.mark_version },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  private async removeGarbage(tenantHash: string, head: DayHead, garbage: Row[]): Promise<void> {
    await deleteAll(this.tables, this.tables.names.analyticsDaily, garbage);
    this.reached('old-removed');
    try {
      await this.tables.doc.send(
        new UpdateCommand({
          TableName: this.tables.names.analyticsDaily,
          Key: headKey(tenantHash, head.day),
          UpdateExpression: 'REMOVE garbage',
          ConditionExpression: 'sha256 = :sha256 AND mark_version = :version',
          ExpressionAttributeValues: { ':sha256': head.sha256, ':version': head.mark_version },
        }),
      );
    } catch (error) {
      // A newer head has taken the list over.
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }

  /** Rows that were written for a head that was refused. */
  private async removeUnnamed(tenantHash: string, day: string, rows: Row[]): Promise<void> {
    const current = await this.head(tenantHash, day);
    const keys = current?.head ? sectionKeys(tenantHash, current.head) : [];
    const named = new Set(keys.map(({ sk }) => sk));
    const unnamed = rows.filter(({ sk }) => !named.has(sk)).map(({ pk, sk }) => ({ pk, sk }));
    await deleteAll(this.tables, this.tables.names.analyticsDaily, unnamed);
  }

  private async head(tenantHash: string, day: string): Promise<StoredHead | undefined> {
    const { Item } = await this.tables.doc.send(
      new GetCommand({
        TableName: this.tables.names.analyticsDaily,
        Key: headKey(tenantHash, day),
        ConsistentRead: true,
      }),
    );
    return Item && storedHeadOf(tenantHash, Item);
  }
}

/** A day as it is stored, with the sections that were asked for. */
export interface StoredDay {
  day: string;
  time_zone: string;
  /** Compared with the day's mark this says whether summaries were written since. */
  mark_version: number;
  /** Hex SHA-256 of the whole aggregate: changes exactly when a figure of the day does. */
  sha256: string;
  figures: Partial<Figures>;
}

/** Reads daily aggregates, and of them only the sections that a question needs. */
export class DailyReader {
  constructor(private readonly tables: Tables) {}

  /** Stored days of a range in order; a day without an aggregate is left out. */
  async days(
    tenantHash: string,
    range: { from: string; to: string },
    names: readonly FiguresSection[],
  ): Promise<StoredDay[]> {
    for (let attempt = 1; ; attempt += 1) {
      const heads = await this.heads(tenantHash, range);
      const sections = await Promise.all(
        names.map(async (name) => [name, await this.section(tenantHash, heads, name)] as const),
      );
      if (sections.every(([, read]) => read)) {
        return heads.map(({ day, time_zone, mark_version, sha256 }) => ({
          ...{ day, time_zone, mark_version, sha256 },
          figures: Object.fromEntries(
            sections.map(([name, read]) => [name, read?.get(day)?.figures]),
          ),
        }));
      }
      if (attempt === 4) throw new Error('daily aggregates are replaced faster than they are read');
    }
  }

  /**
   * A section of days by day.
   *
   * @param heads in the order of their days
   * @returns undefined when a day was replaced since its head was read
   */
  async section<S extends FiguresSection>(
    tenantHash: string,
    heads: readonly DayHead[],
    name: S,
  ): Promise<Map<string, ReadSection<S>> | undefined> {
    const stored = heads.filter(({ sections }) => sections[name]);
    const [from, to] = [stored[0]?.day, stored.at(-1)?.day];
    const items =
      from === undefined || to === undefined
        ? []
        : // '~' follows every character of what comes after the day.
          await this.between(
            tenantHash,
            KEYS.daySection(name, from),
            `${KEYS.daySection(name, to)}~`,
            ['sk', 'body'],
          );
    const rows = new Map(items.map((item) => [String(item['sk']), item]));
    return decodeSections(tenantHash, heads, name, rows);
  }

  /** In the order of days. */
  private async heads(
    tenantHash: string,
    { from, to }: { from: string; to: string },
  ): Promise<DayHead[]> {
    const items = await this.between(tenantHash, KEYS.date(from), KEYS.date(to), HEAD_ATTRIBUTES);
    return items.flatMap((item) => headOf(item) ?? []);
  }

  private async between(
    tenantHash: string,
    first: string,
    last: string,
    attributes: readonly string[],
  ): Promise<Row[]> {
    return collect(this.tables, {
      TableName: this.tables.names.analyticsDaily,
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
      ExpressionAttributeValues: { ':pk': KEYS.tenant(tenantHash), ':first': first, ':last': last },
      ...projectionOf(attributes),
    });
  }
}
