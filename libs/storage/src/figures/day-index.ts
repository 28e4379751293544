import { KEYS } from '@picasso/contracts';
import { addDays } from '@picasso/domain';
import { LRUCache } from 'lru-cache';
import { projectionOf } from '../batches.ts';
import { type DayHead, HEAD_ATTRIBUTES, headOf } from '../daily/day-sections.ts';
import { collect } from '../daily/session-scan.ts';
import type { Tables } from '../tables.ts';

/** What is stored of a tenant's day, without its figures. */
export interface DayEntry {
  /** The day's aggregate; absent before the first run of the aggregator. */
  head?: DayHead;
  /** Rises with every summary that is written for the day; 0: none was. */
  version: number;
  /** Sessions and visits that have a final summary for the day. */
  sessions: number;
}

interface ReadIndex {
  from: string;
  to: string;
  /** By the clock of `performance`. */
  untilMs: number;
  read: Promise<Map<string, DayEntry>>;
}

/** Which days tenants have, as it was read lately: a longer range answers for shorter ones in it. */
export class DayIndexes {
  private readonly known = new LRUCache<string, ReadIndex[]>({ max: 1_000 });

  constructor(
    private readonly tables: Tables,
    private readonly freshMs: number,
  ) {}

  /** The entries of a range and of the days next to it, which other time zones may count in. */
  read(
    tenantHash: string,
    range: { from: string; to: string },
    today: string,
  ): Promise<Map<string, DayEntry>> {
    const from = addDays(range.from, -1);
    const to = range.to < today ? addDays(range.to, 1) : today;
    // All of it is still to come: the engine refuses to look between a day and an earlier one.
    if (from > to) return Promise.resolve(new Map<string, DayEntry>());
    const nowMs = performance.now();
    const fresh = (this.known.get(tenantHash) ?? []).filter(({ untilMs }) => untilMs > nowMs);
    const covering = fresh.find((other) => other.from <= from && to <= other.to);
    if (covering) return covering.read;
    const read = readDayIndex(this.tables, tenantHash, { from, to });
    const added = { from, to, untilMs: nowMs + this.freshMs, read };
    this.known.set(tenantHash, [...fresh, added]);
    // The next one asks again.
    read.catch(() => (added.untilMs = 0));
    return read;
  }
}

/** The entries of a range by day; a day of which nothing is known has none. */
async function readDayIndex(
  tables: Tables,
  tenantHash: string,
  range: { from: string; to: string },
): Promise<Map<string, DayEntry>> {
  const between = (
    key: (day: string) => string,
    attributes: readonly string[],
    consistent: boolean,
  ) =>
    collect(tables, {
      TableName: tables.names.analyticsDaily,
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
      ...projectionOf(attributes),
      ExpressionAttributeValues: {
        ':pk': KEYS.tenant(tenantHash),
        ':first': key(range.from),
        ':last': key(range.to),
      },
      ConsistentRead: consistent,
    });
  // Marks are read consistently, heads are not: a head that is older than its mark is dirty, and a
  // dirty day is computed from its sessions.
  const [heads, marks] = await Promise.all([
    between(KEYS.date, HEAD_ATTRIBUTES, false),
    between(KEYS.dirtyDay, ['sk', 'version', 'sessions'], true),
  ]);
  const index = new Map<string, DayEntry>();
  const entry = (day: string): DayEntry => {
    const known = index.get(day) ?? { version: 0, sessions: 0 };
    index.set(day, known);
    return known;
  };
  for (const { sk, version, sessions } of marks) {
    const day = String(sk).slice(KEYS.dirtyDay('').length);
    Object.assign(entry(day), { version: version ?? 0, sessions: sessions ?? 0 });
  }
  for (const item of heads) {
    const head = headOf(item);
    if (head) entry(head.day).head = head;
  }
  return index;
}
