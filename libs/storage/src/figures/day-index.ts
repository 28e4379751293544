import { KEYS } from '@picasso/contracts';
import { collect } from '../daily/session-scan.ts';
import type { Tables } from '../tables.ts';

/** What is stored of a tenant's day, without its figures. */
export interface DayEntry {
  /** The day's aggregate; absent before the first run of the aggregator. */
  head?: { sha256: string; mark_version: number; time_zone: string };
  /** Rises with every summary that is written for the day; 0: none was. */
  version: number;
  /** Sessions and visits that have a final summary for the day. */
  sessions: number;
}

/** The entries of a range by day; a day of which nothing is known has none. */
export async function readDayIndex(
  tables: Tables,
  tenantHash: string,
  range: { from: string; to: string },
): Promise<Map<string, DayEntry>> {
  const between = (key: (day: string) => string, attributes: string, consistent: boolean) =>
    collect(tables, {
      TableName: tables.names.analyticsDaily,
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
      ProjectionExpression: attributes,
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
    between(KEYS.date, 'sk, sha256, mark_version, time_zone', false),
    between(KEYS.dirtyDay, 'sk, version, sessions', true),
  ]);
  const index = new Map<string, DayEntry>();
  const entry = (sk: unknown): DayEntry => {
    const day = String(sk).slice(-'yyyy-mm-dd'.length);
    const known = index.get(day) ?? { version: 0, sessions: 0 };
    index.set(day, known);
    return known;
  };
  for (const { sk, version, sessions } of marks) {
    Object.assign(entry(sk), { version: version ?? 0, sessions: sessions ?? 0 });
  }
  for (const { sk, sha256, mark_version, time_zone } of heads) {
    entry(sk).head = { sha256, mark_version, time_zone } as DayEntry['head'];
  }
  return index;
}
