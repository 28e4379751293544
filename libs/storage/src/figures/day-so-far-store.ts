import { createHash } from 'node:crypto';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { type Figures, KEYS } from '@picasso/contracts';
import { NO_FIGURES } from '@picasso/domain';
import { stringify } from 'safe-stable-stringify';
import type { DayMarkRow } from '../daily/day-marks.ts';
import { gzip, partsOf, unpackAll } from '../daily/day-sections.ts';
import { collect } from '../daily/session-scan.ts';
import type { Tables } from '../tables.ts';
import type { FiguresTenant } from './live-day.ts';
import { type DaySoFar, readRunningDay } from './running-day.ts';

/** Fewer than these are read as fast as what is kept of them. */
const WORTH_SESSIONS = 50;
/** A transaction takes 4 MB: what is larger is not kept. */
const MOST_PARTS = 10;
const DAY_SECONDS = 86_400;

const hashOf = (text: string | Buffer): string =>
  createHash('sha256').update(text).digest('hex').slice(0, 16);

/** Raise the number with what is counted of a session; sections and counters are seen by themselves. */
const FORMAT = `1 ${hashOf(stringify(NO_FIGURES))}`;

interface Body {
  /** What the figures depend on besides sessions. */
  settings: string;
  version: number;
  members: string[];
  reopened: [id: string, revision: number][];
  figures: Figures;
}

/**
 * What has ended of the days that go on, in rows of analytics-daily. Nothing depends on it: whoever
 * finds none, or one that is not right any more, reads the sessions instead.
 */
export class DaySoFarStore {
  constructor(private readonly tables: Tables) {}

  /** undefined where none is stored for these settings and this software, or none that is whole. */
  async read(tenant: FiguresTenant, day: string): Promise<DaySoFar | undefined> {
    const rows = await collect(this.tables, {
      TableName: this.tables.names.analyticsDaily,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: {
        ':pk': KEYS.tenant(tenant.tenant_hash),
        ':prefix': KEYS.daySoFar(day),
      },
    });
    const [first] = rows;
    if (!first) return undefined;
    // A longer one before can have left rows behind.
    const parts = rows.slice(0, Number(first['parts']));
    const bytes = Buffer.concat(parts.map(({ body }) => body as Uint8Array));
    if (hashOf(bytes) !== first['hash']) return undefined;
    const [text = ''] = await unpackAll([bytes]);
    const { settings, version, members, reopened, figures } = JSON.parse(text) as Body;
    if (settings !== settingsOf(tenant)) return undefined;
    return { version, members: new Set(members), reopened: new Map(reopened), figures };
  }

  /**
   * Stores it where enough has ended since, or what is stored is not right any more.
   *
   * @param mark the day's, as it was read lately
   * @returns whether it was stored
   */
  async refresh(tenant: FiguresTenant, mark: DayMarkRow): Promise<boolean> {
    const { day } = mark;
    if (mark.sessions < WORTH_SESSIONS) return false;
    const stored = await this.read(tenant, day);
    if (stored && !isWorthwhile(stored, mark)) return false;
    const { soFar } = await readRunningDay(this.tables, tenant, day, {
      known: Promise.resolve(stored),
    });
    if (!soFar || soFar === stored) return false;
    return this.put(tenant, day, soFar);
  }

  /** As long as the day's mark is where it was: what an erasure takes away must not come back. */
  private async put(tenant: FiguresTenant, day: string, soFar: DaySoFar): Promise<boolean> {
    const { version, members, reopened, figures } = soFar;
    const body: Body = {
      settings: settingsOf(tenant),
      version,
      members: [...members].sort(),
      reopened: [...reopened].sort(),
      figures,
    };
    const bytes = gzip(JSON.stringify(body));
    const bodies = partsOf(bytes);
    if (bodies.length > MOST_PARTS) return false;
    const TableName = this.tables.names.analyticsDaily;
    const pk = KEYS.tenant(tenant.tenant_hash);
    const puts = bodies.map((part, number) => ({
      Put: {
        TableName,
        Item: {
          ...{ pk, sk: KEYS.daySoFar(day, number), body: part },
          ...{ parts: bodies.length, hash: hashOf(bytes) },
          // Days begin and end up to 14 hours before or after those of UTC.
          expires_at: Date.parse(day) / 1_000 + 2 * DAY_SECONDS,
        },
      },
    }));
    const isStill = {
      ConditionCheck: {
        ...{ TableName, Key: { pk, sk: KEYS.dirtyDay(day) } },
        ConditionExpression: 'version = :version',
        ExpressionAttributeValues: { ':version': version },
      },
    };
    try {
      await this.tables.doc.send(new TransactWriteCommand({ TransactItems: [isStill, ...puts] }));
      return true;
    } catch (error) {
      if (error instanceof TransactionCanceledException) return false;
      throw error;
    }
  }
}

const settingsOf = ({ time_zone, office_hours }: FiguresTenant): string =>
  String(stringify({ format: FORMAT, time_zone, office_hours }));

/** A counted session that was changed since, or one that has gone, raised the version alone. */
function isWorthwhile({ version, members, reopened }: DaySoFar, mark: DayMarkRow): boolean {
  const more = mark.sessions - members.size - reopened.size;
  return more >= WORTH_SESSIONS || mark.version - version !== more;
}
