import type { Figures, SessionSummary, Tenant } from '@picasso/contracts';
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

/** Sessions whose events are read at once. */
const PARALLEL_READS = 16;

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

/** Summaries of open sessions, as far as they have come. */
export async function runningSummaries(
  tables: Tables,
  open: readonly CurrentSession[],
  ownHosts: readonly string[],
): Promise<SessionSummary[]> {
  const found: SessionSummary[] = [];
  const rest = [...open];
  const worker = async (): Promise<void> => {
    for (let session = rest.pop(); session; session = rest.pop()) {
      const summary = await currentSummary(tables, session, ownHosts);
      if (summary) found.push(summary);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_READS }, worker));
  return found;
}

/** A session's summary: the stored one once it is final, else the running one of its events. */
export async function currentSummary(
  tables: Tables,
  { key, row }: CurrentSession,
  own_hosts: readonly string[],
): Promise<SessionSummary | undefined> {
  if (row.status === 'final' && row.summary) return row.summary;
  const events = await readEvents(tables, key);
  if (events.length === 0) return undefined;
  const { skew_ms, revision } = row;
  return summarise({
    ...{ ...key, events, own_hosts, revision },
    skew_ms: skew_ms ?? 0,
    timed_out: false,
  });
}
