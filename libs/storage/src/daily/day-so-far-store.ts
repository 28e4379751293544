import { gunzipSync } from 'node:zlib';
import { type Figures, KEYS } from '@picasso/contracts';
import { putAll } from '../batches.ts';
import type { FiguresTenant } from '../figures/live-day.ts';
import { type DaySoFar, readRunningDay } from '../figures/running-day.ts';
import type { Tables } from '../tables.ts';
import { type DayMarkRow } from './day-marks.ts';
import { gzip, partsOf } from './day-sections.ts';
import { collect } from './session-scan.ts';

/** Fewer than these are read as fast as what is kept of them. */
const WORTH_SESSIONS = 50;
const DAY_SECONDS = 86_400;

interface Body {
  time_zone: string;
  office_hours: FiguresTenant['office_hours'] | null;
  version: number;
  members: string[];
  figures: Figures;
}

/**
 * What has ended of the days that go on, in rows of analytics-daily. Nothing depends on it: whoever
 * finds none, or one that is not right any more, reads the sessions instead.
 */
export class DaySoFarStore {
  constructor(private readonly tables: Tables) {}

  /** undefined where none is stored for these settings, or another one is being written. */
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
    // A longer one before can have left rows behind.
    const parts = rows.slice(0, Number(first?.['parts']));
    const isWhole = parts.every(({ version }) => version === first?.['version']);
    if (!first || !isWhole || parts.length < Number(first['parts'])) return undefined;
    const bytes = Buffer.concat(parts.map(({ body }) => body as Uint8Array));
    const { version, members, figures, ...settings } = JSON.parse(
      gunzipSync(bytes).toString(),
    ) as Body;
    if (JSON.stringify(settings) !== JSON.stringify(settingsOf(tenant))) return undefined;
    return { version, members: new Set(members), figures };
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
    await this.put(tenant, day, soFar);
    return true;
  }

  private async put(tenant: FiguresTenant, day: string, soFar: DaySoFar): Promise<void> {
    const { version, members, figures } = soFar;
    const body: Body = { ...settingsOf(tenant), version, members: [...members].sort(), figures };
    const bodies = partsOf(gzip(JSON.stringify(body)));
    const rows = bodies.map((part, number) => ({
      pk: KEYS.tenant(tenant.tenant_hash),
      sk: KEYS.daySoFar(day, number),
      ...{ version, parts: bodies.length, body: part },
      // Days begin and end up to 14 hours before or after those of UTC.
      expires_at: Date.parse(day) / 1_000 + 2 * DAY_SECONDS,
    }));
    await putAll(this.tables, this.tables.names.analyticsDaily, rows);
  }
}

const settingsOf = ({ time_zone, office_hours = undefined }: FiguresTenant) => ({
  time_zone,
  office_hours: office_hours ?? null,
});

/** A counted session that was changed since, or one that has gone, raised the version alone. */
function isWorthwhile({ version, members }: DaySoFar, mark: DayMarkRow): boolean {
  const more = mark.sessions - members.size;
  return more >= WORTH_SESSIONS || mark.version - version !== more;
}
