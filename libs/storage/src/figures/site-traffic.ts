import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { KEYS } from '@picasso/contracts';
import { projectionOf, putAll } from '../batches.ts';
import { collect } from '../daily/session-scan.ts';
import type { Tables } from '../tables.ts';

/** Visits of a day from one source and medium, as the site's web analytics count them. */
export interface SiteTrafficRow {
  /** `yyyy-mm-dd`, local. */
  day: string;
  source: string;
  medium: string;
  visits: number;
}

export interface SiteTraffic {
  rows: SiteTrafficRow[];
  /** Last day whose figures are final; null before the first import. */
  complete_until: string | null;
}

const KEPT_DAYS = 400;
const STATUS = 'STATUS';

/** The site-traffic table: filled by imports of web analytics, read beside our own figures. */
export class SiteTrafficStore {
  constructor(private readonly tables: Tables) {}

  /** A range's rows in the order of day, source and medium. */
  async read(tenantHash: string, range: { from: string; to: string }): Promise<SiteTraffic> {
    const pk = KEYS.tenant(tenantHash);
    const TableName = this.tables.names.siteTraffic;
    const [items, { Item: status }] = await Promise.all([
      collect(this.tables, {
        TableName,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
        ExpressionAttributeValues: {
          ':pk': pk,
          ':first': KEYS.date(range.from),
          // '$' follows '#': beyond all keys of the last day.
          ':last': `${KEYS.date(range.to)}$`,
        },
        ...projectionOf(['day', 'source', 'medium', 'visits']),
      }),
      this.tables.doc.send(new GetCommand({ TableName, Key: { pk, sk: STATUS } })),
    ]);
    return {
      rows: items as unknown as SiteTrafficRow[],
      complete_until: (status?.['complete_until'] as string | undefined) ?? null,
    };
  }

  /** Replaces the rows of the same day, source and medium; the days up to `completeUntil` are final. */
  async put(
    tenantHash: string,
    rows: readonly SiteTrafficRow[],
    completeUntil: string | null,
  ): Promise<void> {
    const pk = KEYS.tenant(tenantHash);
    const { siteTraffic: TableName } = this.tables.names;
    await putAll(
      this.tables,
      TableName,
      rows.map((row) => ({
        ...{ pk, sk: KEYS.siteTraffic(row.day, row.source, row.medium) },
        ...row,
        expires_at: Math.floor(Date.parse(row.day) / 1000) + KEPT_DAYS * 86_400,
      })),
    );
    if (completeUntil === null) return;
    const Item = { pk, sk: STATUS, complete_until: completeUntil };
    await this.tables.doc.send(new PutCommand({ TableName, Item }));
  }
}
