export { UnprocessedError } from './batches.ts';
export { ItemClicksReader, type ItemClicks } from './item-clicks.ts';
export { type LedgerCounts, LedgerStore, MAX_LEDGER_TENANTS, NO_COUNTS } from './ledger-store.ts';
export { TABLES_VERSION, provisionTables, tablesReady } from './provision.ts';
export { type SessionKey, type SessionRow } from './session-rows.ts';
export {
  type SessionPage,
  type SessionQuery,
  SessionReader,
  type SessionReaderSettings,
  type SessionView,
} from './session-reader.ts';
export {
  MAX_DELTAS,
  type SessionCommit,
  SessionStore,
  VersionConflictError,
  readEvents,
} from './session-store.ts';
export { type Tables, type TablesSettings, connectTables } from './tables.ts';
export { TENANT_DEFAULTS, TenantExistsError, TenantStore, hashKey } from './tenants.ts';
