import { KEYS, type Tenant } from '@picasso/contracts';
import { nextCounts } from '@picasso/domain';
import type { Broker } from '@picasso/messaging';
import {
  ArchiveStore,
  type Erasure,
  type ErasureScope,
  ErasureStore,
  LeaseLostError,
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
import { errorText } from '../jobs/record-run.ts';
import type { TenantJob, Turn } from '../jobs/run-job.ts';
import { type Found, type Selector, findSessions, periodOf } from './find-sessions.ts';
import { StreamEraser } from './stream-eraser.ts';

export interface EraseOptions {
  tables: Tables;
  objects: Objects;
  broker: () => Promise<Broker>;
  nowMs: number;
  /** Which request; read anew under the lease, so that of many runs one carries it out. */
  erasureId: string;
  /** Runs before anything is touched. */
  exportFirst?: TenantJob | undefined;
}

/** What went, by store. */
type Receipt = Record<string, number>;

type Add = (store: string, removed: number) => Promise<void>;

/** One erasure while it is carried out. */
type Erasing = EraseOptions & { selector: Selector };

/** Longer than the DLQ keeps an event, and the EVENTS stream a copy of it. */
const TOMBSTONE_MS = 45 * 86_400_000;

/** Carries one request out; done already is done. A request that fails is kept and tried again. */
export function eraseJob(options: EraseOptions): TenantJob {
  const erasures = new ErasureStore(options.tables);
  return async (turn) => {
    const erasure = await erasures.get(options.erasureId);
    if (!erasure || erasure.state === 'done') return;
    try {
      await carryOut(erasure, options, turn);
    } catch (error) {
      if (!(error instanceof LeaseLostError)) {
        await erasures.fail(erasure.erasure_id, errorText(error)).catch(() => undefined);
      }
      throw error;
    }
  };
}

/**
 * Erases sessions from every store (pipeline rule 15).
 *
 * A tombstone comes first: it takes the session's clicks and its day's tally back in one
 * transaction, and makes whoever still holds its events throw them away. Tombstones carry the
 * erasure's id and are what a run that was stopped finds its sessions by; everything after them
 * deletes and can be repeated. The receipt is kept as the work goes on, under the lease: after a
 * crash it can fall short of what went by the step that was interrupted, and never says more.
 */
async function carryOut(erasure: Erasure, options: EraseOptions, turn: Turn): Promise<void> {
  const { tables, nowMs } = options;
  const { tenant, count, alive, checkpoint, save, logger } = turn;
  const { tenant_hash } = tenant;
  const { erasure_id } = erasure;
  const selector = selectorOf(erasure.scope);
  const erasing: Erasing = { ...options, selector };
  // By erasure: another one of this tenant may have come in between.
  const receipts = (checkpoint ?? {}) as Record<string, Receipt>;
  const going = receipts[erasure_id] !== undefined;
  const receipt = (receipts[erasure_id] ??= {});
  const add: Add = async (store, removed) => {
    if (removed === 0) return;
    receipt[store] = (receipt[store] ?? 0) + removed;
    await save(receipts);
  };
  const erasures = new ErasureStore(tables);

  if (!going) await options.exportFirst?.(turn);
  await save(receipts);
  await erasures.start(erasure_id);
  const streams = new StreamEraser(await options.broker(), tenant_hash);

  await buryAll(erasing, tenant, streams, alive);
  const buried = await buriedSessions(tables, tenant_hash, erasure_id);
  const ids = new Set(buried.map(({ session_id }) => session_id));
  // Not added up: tombstones of an earlier try are among them.
  receipt['sessions'] = ids.size;
  await save(receipts);

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

  await eraseArchive(erasing, tenant_hash, buried, add, alive);
  const sessions = new SessionStore(tables, 1_000);
  for (const session_id of ids) {
    alive();
    const rows = await sessions.removeEvents({ tenant_hash, session_id });
    reached('rows-erased');
    await add('session_events', rows);
  }

  await removeRows(tables, tables.names.analyticsDaily, KEYS.tenant(tenant_hash), 'SO_FAR#');
  if (selector.kind === 'all') await eraseFigures(tables, tenant_hash, add);
  else await dailyJob({ tables, nowMs })({ ...turn, checkpoint: null, save: async () => {} });
  await erasures.finish(erasure, receipt, Date.now());
  reached('receipt-kept');
  delete receipts[erasure_id];
  await save(receipts);
  for (const [store, found] of Object.entries(receipt)) count(`erased_${store}`, found);
  logger.info({ erasure: erasure_id, receipt }, 'erased');
}

function selectorOf(scope: ErasureScope): Selector {
  if ('session_id' in scope) return { kind: 'session', session_id: scope.session_id };
  if ('ga_client_id' in scope) return { kind: 'visitor', ga_client_id: scope.ga_client_id };
  return 'tenant' in scope ? { kind: 'all' } : { kind: 'range', ...scope };
}

/** Tombstones for everything that the selector means, in tables, archive and streams. */
async function buryAll(
  { tables, objects, nowMs, selector, erasureId: erasure }: Erasing,
  tenant: Tenant,
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
  { tables, objects, selector }: Erasing,
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
  let visits = 0;
  for (const prefix of ['DATE#', 'STATUS']) {
    visits += await removeRows(tables, names.siteTraffic, pk, prefix);
  }
  await add('site_traffic', visits);
}
