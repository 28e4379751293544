export { UnprocessedError } from './batches.ts';
export { ItemClicksReader, type ItemClicks } from './item-clicks.ts';
export { TABLES_VERSION, provisionTables, tablesReady } from './provision.ts';
export {
  type CountedClicks,
  type SessionKey,
  type SessionRow,
} from './session-rows.ts';
export {
  type SessionPage,
  type SessionQuery,
  SessionReader,
  type SessionReaderSettings,
  type SessionView,
} from './session-reader.ts';
export {
  type DayMark,
  type ItemDelta,
  MAX_DELTAS,
  type SessionCommit,
  SessionStore,
  VersionConflictError,
  readEvents,
} from './session-store.ts';
export { type Tables, type TablesSettings, connectTables } from './tables.ts';
export { TENANT_DEFAULTS, TenantExistsError, TenantStore, hashKey } from './tenants.ts';
