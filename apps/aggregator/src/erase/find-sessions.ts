import { dayBounds } from '@picasso/domain';
import type { SessionSummary, Tenant } from '@picasso/contracts';
import {
  ArchiveReader,
  ArchiveStore,
  type Objects,
  type SessionRow,
  SessionStore,
  type Tables,
  allSessions,
  archiveDay,
  readEvents,
} from '@picasso/storage';

export type Selector =
  | { kind: 'session'; session_id: string }
  | { kind: 'visitor'; ga_client_id: string }
  | { kind: 'range'; from: string; to: string }
  | { kind: 'all' };

/** A session that an erasure is about, wherever it lies. */
export interface Found {
  session_id: string;
  started_ms: number;
  /** undefined where only the archive, or a stream, knows it. */
  row: SessionRow | undefined;
}

/** [from, to) of a range of the tenant's days, epoch milliseconds. */
export const periodOf = (
  { from, to }: { from: string; to: string },
  { time_zone }: Tenant,
): readonly [number, number] => [dayBounds(from, time_zone)[0], dayBounds(to, time_zone)[1]];

/** Every session that a selector means, from tables and archive, each once. */
export async function* findSessions(
  tables: Tables,
  objects: Objects,
  tenant: Tenant,
  selector: Selector,
): AsyncGenerator<Found> {
  const { tenant_hash } = tenant;
  const seen = new Set<string>();
  const once = (found: Found): Found[] => {
    if (seen.has(found.session_id)) return [];
    seen.add(found.session_id);
    return [found];
  };

  if (selector.kind === 'session') {
    const { session_id } = selector;
    const row = await new SessionStore(tables, 1_000).row({ tenant_hash, session_id });
    const reader = new ArchiveReader(tables, objects);
    const archived = row ? undefined : await reader.archivedJourney(tenant_hash, session_id);
    const started_ms = row?.started_ms ?? Date.parse(archived?.summary.started_at ?? '');
    // Also what was never seen: its events may be on their way.
    if (!row?.erased) yield { session_id, started_ms: started_ms || 0, row };
    return;
  }

  const period = selector.kind === 'range' ? periodOf(selector, tenant) : undefined;
  const inPeriod = (ms: number): boolean => !period || (ms >= period[0] && ms < period[1]);
  for await (const page of allSessions(tables, tenant_hash)) {
    for (const { key, row } of page) {
      if (!inPeriod(row.started_ms)) continue;
      if (selector.kind === 'visitor') {
        const ids = row.summary
          ? [row.summary.ga_client_id]
          : (await readEvents(tables, key)).map((event) => event.ga_client_id);
        if (!ids.includes(selector.ga_client_id)) continue;
      }
      yield* once({ session_id: key.session_id, started_ms: row.started_ms, row });
    }
  }

  const means = (summary: SessionSummary): boolean =>
    inPeriod(Date.parse(summary.started_at)) &&
    (selector.kind !== 'visitor' || summary.ga_client_id === selector.ga_client_id);
  const { days } = await new ArchiveStore(tables, objects).contents(tenant_hash);
  const reader = new ArchiveReader(tables, objects);
  for (const day of days) {
    if (period && (day < archiveDay(period[0]) || day > archiveDay(period[1] - 1))) continue;
    for (const summary of (await reader.summariesOfUtcDay(tenant_hash, day)).filter(means)) {
      const { session_id, started_at } = summary;
      yield* once({ session_id, started_ms: Date.parse(started_at), row: undefined });
    }
  }
}
