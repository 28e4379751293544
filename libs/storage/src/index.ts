export { type ArchivedSession, ArchiveReader } from './archive/archive-reader.ts';
export {
  ARCHIVE_DAYS,
  type ArchiveChange,
  type ArchiveStep,
  ArchiveStore,
} from './archive/archive-store.ts';
export {
  ObjectConflictError,
  ObjectCorruptError,
  type Objects,
  type ObjectsSettings,
  connectObjects,
  deleteObjects,
  getObject,
  listObjects,
  provisionObjects,
  putObject,
} from './archive/objects.ts';
export {
  type ArchivedJourney,
  archiveDay,
  blockEndMs,
  blockOf,
  blockStartMs,
  stableJson,
} from './archive/packs.ts';
export { UnprocessedError, putAll } from './batches.ts';
export {
  DailyReader,
  type DailyStep,
  DailyStore,
  type DayWritten,
  type StoredDay,
} from './daily/daily-store.ts';
export { type DayMarkRow, DayMarks, isDirty } from './daily/day-marks.ts';
export { type CounterChange, type CounterRow, ItemCounters } from './daily/item-counters.ts';
export {
  type ScannedSession,
  allSessions,
  buriedSessions,
  removeRows,
  sessionsStarted,
} from './daily/session-scan.ts';
export { keepEvents } from './event-expiry.ts';
export { DaySoFarStore } from './figures/day-so-far-store.ts';
export {
  type DayFigures,
  FiguresReader,
  type FiguresSettings,
  type RangeFigures,
  RangeNotKeptError,
} from './figures/figures-reader.ts';
export { type FiguresTenant } from './figures/live-day.ts';
export { type FindQuery, type FoundPage, SessionFinder } from './figures/session-finder.ts';
export { type SiteTraffic, type SiteTrafficRow, SiteTrafficStore } from './figures/site-traffic.ts';
export {
  type CurrentInventory,
  type InventorySnapshot,
  InventoryStore,
} from './inventory/inventory-store.ts';
export { ItemClicksReader, type ItemClicks } from './item-clicks.ts';
export {
  ERASURE_STATES,
  type Erasure,
  type ErasureRequest,
  type ErasureScope,
  type ErasureState,
  ErasureStore,
  withoutIds,
} from './jobs/erasure-store.ts';
export {
  type JobFailure,
  JobStore,
  type Lease,
  LeaseLostError,
  type TenantRecord,
} from './jobs/job-store.ts';
export { RUN_STATES, type Run, RunLog, type RunProgress, type RunState } from './jobs/run-log.ts';
export { type LedgerCounts, LedgerStore, MAX_LEDGER_TENANTS, NO_COUNTS } from './ledger-store.ts';
export { TABLES_VERSION, provisionTables, tablesReady } from './provision.ts';
export { type SessionKey, type SessionRow, type Tombstone, sessionItem } from './session-rows.ts';
export { SessionReader, type SessionReaderSettings, type SessionView } from './session-reader.ts';
export {
  MAX_DELTAS,
  type SessionCommit,
  SessionStore,
  VersionConflictError,
  readEvents,
} from './session-store.ts';
export { type Tables, type TablesSettings, connectTables } from './tables.ts';
export {
  TENANT_DEFAULTS,
  TenantChangedError,
  TenantExistsError,
  TenantStore,
  hashKey,
} from './tenants.ts';
