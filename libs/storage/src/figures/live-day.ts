import type { Figures, SessionSummary, StoredEvent, Tenant } from '@picasso/contracts';
import { aggregateDay, dayBounds, summarise } from '@picasso/domain';
import { type CurrentSession, currentSessionsStarted } from '../daily/session-scan.ts';
import { readEvents } from '../session-store.ts';
import type { Tables } from '../tables.ts';

/** What the figures of a tenant's day depend on besides its sessions. */
export type FiguresTenant = Pick<Tenant, 'tenant_hash' | 'time_zone' | 'office_hours'>;

export interface LiveDay {
  figures: Figures;
  /** Summaries that the day's mark tallies, too: what index lag hides is missing here. */
  tallied: number;
}

/** An ended day's figures from its sessions as they are now. */
export async function computeDay(
  tables: Tables,
  tenant: FiguresTenant,
  day: string,
): Promise<LiveDay> {
  const { tenant_hash, time_zone, office_hours } = tenant;
  const [fromMs, toMs] = dayBounds(day, time_zone);
  const scanned = await currentSessionsStarted(tables, tenant_hash, fromMs, toMs);
  const summaries = scanned.flatMap(({ row }) => row.summary ?? []);
  const tallied = scanned.filter(({ row }) => row.final_day === day).length;
  const input = { tenant_hash, day, summaries, time_zone, office_hours };
  return { figures: aggregateDay(input).figures, tallied };
}

/** A session's summary: the stored one once it is final, else the running one of its events. */
export async function currentSummary(
  tables: Tables,
  { key, row }: CurrentSession,
  own_hosts: readonly string[],
): Promise<SessionSummary | undefined> {
  if (row.status === 'final' && row.summary) return row.summary;
  return runningSummary({ key, row }, await readEvents(tables, key), own_hosts);
}

/** An open session's summary, as far as its events have come; undefined without any. */
export function runningSummary(
  { key, row }: CurrentSession,
  events: readonly StoredEvent[],
  own_hosts: readonly string[],
): SessionSummary | undefined {
  if (events.length === 0) return undefined;
  const { skew_ms, revision } = row;
  return summarise({
    ...{ ...key, events, own_hosts, revision },
    skew_ms: skew_ms ?? 0,
    timed_out: false,
  });
}
