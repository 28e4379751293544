import { hash } from 'node:crypto';
import { KEYS, type Tenant } from '@picasso/contracts';
import { nextCounts } from '@picasso/domain';
import type { Broker } from '@picasso/messaging';
import {
  ArchiveStore,
  JobStore,
  MAX_DELTAS,
  type Objects,
  SessionStore,
  type Tables,
  VersionConflictError,
  archiveDay,
  blockOf,
  buriedSessions,
  removeRows,
} from '@picasso/storage';
import { dailyJob } from '../daily/daily.ts';
import { reached } from '../fault-points.ts';
import type { TenantJob, Turn } from '../jobs/run-job.ts';
import { type Found, type Selector, findSessions, periodOf } from './find-sessions.ts';
import { StreamEraser } from './stream-eraser.ts';

export interface EraseOptions {
  tables: Tables;
  objects: Objects;
  broker: () => Promise<Broker>;
  nowMs: number;
  selector: Selector;
  /** Runs before anything is touched. */
  exportFirst?: TenantJob | undefined;
}

/** What went, by store. */
export type Receipt = Record<string, number>;

type Add = (store: string, removed: number) => Promise<void>;

/** Longer than the DLQ keeps an event, and the EVENTS stream a copy of it. */
const TOMBSTONE_MS = 45 * 86_400_000;

/**
 * Erases sessions from every store (pipeline rule 15).
 *
 * A tombstone comes first: it takes the session's clicks and its day's tally back in one
 * transaction, and makes whoever still holds its events throw them away. Tombstones carry the
 * erasure's id and are what a run that was stopped finds its sessions by; everything after them
 * deletes and can be repeated. The receipt is kept as the work goes on: after a crash it can fall
 * short of what went by the step that was interrupted, and never says more.
 */
export function eraseJob(options: EraseOptions): TenantJob {
  const { tables, nowMs, selector } = options;

  return async (turn) => {
    const { tenant, count, alive, checkpoint, save, logger } = turn;
    const { tenant_hash } = tenant;
    const target = JSON.stringify(selector);
    const going = checkpoint?.['target'] === target;
    const state = going
      ? (checkpoint as unknown as {
          target: string;
          id: string;
          started_ms: number;
          receipt: Receipt;
        })
      : {
          target,
          id: hash('sha256', `${tenant_hash} ${target} ${nowMs}`).slice(0, 16),
          started_ms: nowMs,
          receipt: {},
        };
    const add: Add = async (store, removed) => {
      if (removed === 0) return;
      state.receipt[store] = (state.receipt[store] ?? 0) + removed;
      await save({ ...state });
    };
    const jobs = new JobStore(tables);
    const audit = (status: 'started' | 'done'): Promise<void> =>
      jobs.saveRecord(tenant_hash, `ERASURE#${state.id}`, {
        id: state.id,
        status,
        // The visitor's or session's own id must not outlive the erasure.
        selector: { kind: selector.kind, sha256: hash('sha256', target) },
        started_ms: state.started_ms,
        finished_ms: status === 'done' ? nowMs : null,
        receipt: state.receipt,
      });

    if (!going) await options.exportFirst?.(turn);
    await save({ ...state });
    await audit('started');
    const streams = new StreamEraser(await options.broker(), tenant_hash);

    await buryAll(options, tenant, state.id, streams, alive);
    const buried = await buriedSessions(tables, tenant_hash, state.id);
    const ids = new Set(buried.map(({ session_id }) => session_id));
    // Not added up: tombstones of an earlier try are among them.
    state.receipt['sessions'] = ids.size;
    await save({ ...state });

    const messages = await streams.find({
      sessions: ids,
      visitor: selector.kind === 'visitor' ? selector.ga_client_id : undefined,
      period: selector.kind === 'range' ? periodOf(selector, tenant) : undefined,
    });
    await streams.remove(messages);
    reached('streams-erased');
    for (const [stream, seqs] of messages) await add(stream, seqs.length);
    if (selector.kind === 'all') {
      for (const [stream, purged] of await streams.purge()) await add(stream, purged);
    }

    await eraseArchive(options, tenant_hash, buried, add, alive);
    const sessions = new SessionStore(tables, 1_000);
    for (const session_id of ids) {
      alive();
      const rows = await sessions.removeEvents({ tenant_hash, session_id });
      reached('rows-erased');
      await add('session_events', rows);
    }

    if (selector.kind === 'all') await eraseFigures(tables, tenant_hash, add);
    else await dailyJob({ tables, nowMs })({ ...turn, checkpoint: null, save: async () => {} });
    await audit('done');
    await save({});
    for (const [store, found] of Object.entries(state.receipt)) count(`erased_${store}`, found);
    logger.info({ erasure: state.id, receipt: state.receipt }, 'erased');
  };
}

/** Tombstones for everything that the selector means, in tables, archive and streams. */
async function buryAll(
  { tables, objects, nowMs, selector }: EraseOptions,
  tenant: Tenant,
  erasure: string,
  streams: StreamEraser,
  alive: Turn['alive'],
): Promise<void> {
  const store = new SessionStore(tables, 1_000);
  const bury = async (found: Found): Promise<void> => {
    alive();
    await buryOne(store, tenant.tenant_hash, found, { erasure, until_ms: nowMs + TOMBSTONE_MS });
    reached('buried');
  };
  for await (const found of findSessions(tables, objects, tenant, selector)) await bury(found);
  if (selector.kind !== 'visitor') return;
  for (const session_id of await streams.sessionsOf(selector.ga_client_id)) {
    const row = await store.row({ tenant_hash: tenant.tenant_hash, session_id });
    if (!row?.erased) await bury({ session_id, started_ms: row?.started_ms ?? 0, row });
  }
}

/** Takes back what the session has counted and leaves a tombstone in its row's place. */
async function buryOne(
  store: SessionStore,
  tenant_hash: string,
  { session_id, started_ms, row }: Found,
  erased: { erasure: string; until_ms: number },
): Promise<void> {
  const key = { tenant_hash, session_id };
  for (let current = row; ;) {
    const expected = current?.version ?? 0;
    const nothing = { day: current?.counted?.day ?? '', clicks: {} };
    const step = nextCounts(current?.counted ?? null, nothing, MAX_DELTAS);
    const next = {
      ...(current ?? NO_ROW),
      started_ms: current?.started_ms ?? started_ms,
      version: expected + 1,
      counted: step.counted,
      ...(step.complete ? { erased } : {}),
    };
    const day = step.complete ? current?.final_day : undefined;
    const marks = day ? [{ day, sessions: -1 } as const] : [];
    try {
      await store.commit({ key, expected, row: next, deltas: step.deltas, marks });
      if (step.complete) return;
      current = next;
    } catch (error) {
      // The sessionizer was faster: take back what it has counted now.
      if (!(error instanceof VersionConflictError)) throw error;
      current = await store.row(key);
      if (current?.erased) return;
    }
  }
}

const NO_ROW = {
  status: 'final',
  kind: 'session',
  last_seen_ms: 0,
  rows: 0,
  skew_ms: null,
  revision: 0,
  summary: null,
  final_day: null,
} as const;

async function eraseArchive(
  { tables, objects, selector }: EraseOptions,
  tenantHash: string,
  buried: readonly { session_id: string; started_ms: number }[],
  add: Add,
  alive: Turn['alive'],
): Promise<void> {
  const archive = new ArchiveStore(tables, objects, reached);
  const ids = new Set(buried.map(({ session_id }) => session_id));
  const { blocks, days } = await archive.contents(tenantHash);
  const every = selector.kind === 'all';
  const blocksMeant = new Set(buried.map(({ started_ms }) => blockOf(started_ms)));
  const daysMeant = new Set(buried.map(({ started_ms }) => archiveDay(started_ms)));
  for (const block of blocks.filter((block) => every || blocksMeant.has(block))) {
    alive();
    let removed = 0;
    await archive.changeBlock(tenantHash, block, (present) => {
      const kept = every ? [] : present.filter(({ summary }) => !ids.has(summary.session_id));
      removed = present.length - kept.length;
      return kept;
    });
    await add('archived_journeys', removed);
  }
  for (const day of days.filter((day) => every || daysMeant.has(day))) {
    alive();
    let removed = 0;
    await archive.changeDay(tenantHash, day, (present) => {
      const kept = every ? [] : present.filter(({ session_id }) => !ids.has(session_id));
      removed = present.length - kept.length;
      return kept;
    });
    await add('archived_summaries', removed);
  }
}

/** What is left of a whole tenant once its sessions are gone. Its settings and keys stay. */
async function eraseFigures(tables: Tables, tenantHash: string, add: Add): Promise<void> {
  const { names } = tables;
  const pk = KEYS.tenant(tenantHash);
  await add('item_clicks', await removeRows(tables, names.itemClicks, pk, 'ITEM#'));
  let daily = 0;
  for (const prefix of ['DATE#', 'SECTION#', 'DIRTY#', 'INVENTORY#']) {
    daily += await removeRows(tables, names.analyticsDaily, pk, prefix);
  }
  await add('analytics_daily', daily);
}
