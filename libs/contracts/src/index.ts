export {
  EVENT_TYPES,
  LIMITS,
  SERVER_ONLY_TYPES,
  type EventOrigin,
  type EventSlice,
  type EventType,
  type JourneyEvent,
  type JsonObject,
  type StoredEvent,
  type TrafficClass,
} from './events.ts';
export {
  HEADERS,
  KEYS,
  SESSIONIZER_CONSUMER,
  STREAMS,
  SUBJECTS,
  TENANT_HASH,
  tableNames,
  type TableNames,
} from './names.ts';
export { REJECTIONS, type DeadLetter, type Rejection, type RejectionCode } from './rejections.ts';
export {
  OUTCOMES,
  type Bottleneck,
  type ClosedBy,
  type FormCounts,
  type Outcome,
  type SessionAttribution,
  type SessionSummary,
  type SummaryNotice,
} from './summary.ts';
export type { KeyGrant, Tenant, TenantKey } from './tenant.ts';
