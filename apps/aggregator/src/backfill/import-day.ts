import { LIMITS, type SessionSummary, type StoredEvent, type Tenant } from '@picasso/contracts';
import { sameContent } from '@picasso/domain';
import {
  type ArchiveStore,
  type SessionRow,
  SessionStore,
  type Tables,
  blockOf,
} from '@picasso/storage';
import { blockSettlesMs, daySettlesMs, mergeJourneys, mergeSummaries } from '../archive/archive.ts';
import { reached } from '../fault-points.ts';
import { commitSession } from './commit-session.ts';
import type { HistoricalSession } from './complete-session.ts';
import type { Refusal } from './read-history.ts';

export interface DayParts {
  tables: Tables;
  archive: ArchiveStore;
  tenant: Tenant;
  nowMs: number;
}

export interface DayResult {
  taken: number;
  /** Imported before, with the same content. */
  known: number;
  events: number;
  refused: Refusal[];
}

const DAY_MS = 86_400_000;
const PARALLEL = 8;

/**
 * Takes a UTC day's sessions in. Where they go is a question of age: events of settled blocks to
 * the archive, younger ones to the tables; summaries to the tables for 90 days, of settled days to
 * the archive as well. Every step can be repeated; the session's row comes after its events, so a
 * row always has a journey behind it.
 */
export async function importDay(
  day: string,
  sessions: readonly HistoricalSession[],
  { tables, archive, tenant, nowMs }: DayParts,
): Promise<DayResult> {
  const { tenant_hash } = tenant;
  const result: DayResult = { taken: 0, known: 0, events: 0, refused: [] };
  const store = new SessionStore(tables, 1_000);
  const inTables = Date.parse(day) + (LIMITS.summaryDays + 1) * DAY_MS > nowMs;
  const archivedBefore = new Map<string, SessionSummary>();
  if (daySettlesMs(day) <= nowMs) {
    await archive.changeDay(tenant_hash, day, (present) => {
      for (const summary of present) archivedBefore.set(summary.session_id, summary);
      return present;
    });
  }

  const accepted: { session: HistoricalSession; row: SessionRow | undefined }[] = [];
  const ids = sessions.map(({ summary }) => summary.session_id);
  const rows = await store.rows(tenant_hash, ids);
  for (const session of sessions) {
    const { session_id } = session.summary;
    const row = rows.get(session_id);
    const standing = standingOf(session, row, archivedBefore.get(session_id));
    if (standing === 'erased' || standing === 'exists') {
      const message =
        standing === 'erased' ? 'was erased on request' : 'is stored already with other events';
      result.refused.push({ session_id, code: standing, path: '', message });
      continue;
    }
    if (standing === 'known') result.known += 1;
    else result.taken += 1;
    result.events += standing === 'known' ? 0 : session.events.length;
    accepted.push({ session, row });
  }

  await keepEvents(accepted, { tables, archive, tenant, nowMs });
  if (inTables) {
    await inParallel(accepted, async ({ session, row }) => {
      if (row?.status === 'final') return;
      const key = { tenant_hash, session_id: session.summary.session_id };
      await commitSession(store, key, row, session.events, tenant);
    });
  }
  if (daySettlesMs(day) <= nowMs) {
    const summaries = accepted.map(({ session }) => session.summary);
    await archive.changeDay(tenant_hash, day, (present) =>
      mergeSummaries(
        summaries,
        // What is there already was written by the live path or by an earlier import: it stays.
        present,
      ),
    );
  }
  return result;
}

function standingOf(
  { summary, events }: HistoricalSession,
  row: SessionRow | undefined,
  archived: SessionSummary | undefined,
): 'new' | 'known' | 'exists' | 'erased' {
  if (row?.erased) return 'erased';
  const stored = row?.summary ?? archived;
  if (stored) return sameContent(stored, summary) ? 'known' : 'exists';
  // A row without a summary: an import that was stopped between two steps, or a live session.
  return row && row.rows !== events.length ? 'exists' : 'new';
}

async function keepEvents(
  accepted: readonly { session: HistoricalSession }[],
  { tables, archive, tenant, nowMs }: DayParts,
): Promise<void> {
  const store = new SessionStore(tables, 1_000);
  const blocks = new Map<string, HistoricalSession[]>();
  const young: HistoricalSession[] = [];
  for (const { session } of accepted) {
    const block = blockOf(startOf(session));
    if (blockSettlesMs(block) > nowMs) young.push(session);
    else blocks.set(block, [...(blocks.get(block) ?? []), session]);
  }
  await inParallel([...blocks], async ([block, journeys]) => {
    await archive.changeBlock(tenant.tenant_hash, block, (present) =>
      // What the live path has archived says more of where its events came from.
      mergeJourneys(journeys, present),
    );
  });
  await inParallel(young, async (session) => {
    const { tenant_hash, session_id } = session.summary;
    const events: readonly StoredEvent[] = session.events;
    await store.writeEvents({ tenant_hash, session_id }, events, startOf(session));
    reached('events-written');
  });
}

const startOf = ({ summary }: HistoricalSession): number => Date.parse(summary.started_at);

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
}
