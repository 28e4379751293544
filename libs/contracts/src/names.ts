/** Every name that two programs must agree on: streams, subjects, headers, tables, keys. */

export const STREAMS = { events: 'EVENTS', dlq: 'DLQ', summaries: 'SUMMARIES' } as const;

export const SUBJECTS = {
  allEvents: 'journey.events.*',
  allDeadLetters: 'journey.dlq.>',
  allSummaries: 'journey.summaries.*',
  events: (tenantHash: string): string => `journey.events.${tenantHash}`,
  deadLetters: (reason: string, tenantHash: string): string =>
    `journey.dlq.${reason}.${tenantHash}`,
  summaries: (tenantHash: string): string => `journey.summaries.${tenantHash}`,
} as const;

/** The sessionizer's durable pull consumer on EVENTS, shared by all replicas. */
export const SESSIONIZER_CONSUMER = 'sessionizer';

/** Message headers on EVENTS: enough to account for a message without reading its body. */
export const HEADERS = {
  /** Number of events in the slice. */
  events: 'Journey-Events',
  session: 'Journey-Session',
} as const;

/** A tenant hash is one NATS subject token and part of table keys. */
export const TENANT_HASH = /^[A-Za-z0-9_-]{1,64}$/;

export interface TableNames {
  sessionEvents: string;
  sessionSummaries: string;
  itemClicks: string;
  analyticsDaily: string;
  tenants: string;
  /** Leases, checkpoints, failures, receipts and audit records of the aggregator's commands. */
  jobs: string;
  /** Visits of a tenant's site as its web analytics count them. */
  siteTraffic: string;
}

export const tableNames = (prefix: string): TableNames => ({
  sessionEvents: `${prefix}session-events`,
  sessionSummaries: `${prefix}session-summaries`,
  itemClicks: `${prefix}item-clicks`,
  analyticsDaily: `${prefix}analytics-daily`,
  tenants: `${prefix}tenants`,
  jobs: `${prefix}jobs`,
  siteTraffic: `${prefix}site-traffic`,
});

const pad = (n: number, width: number): string => String(n).padStart(width, '0');

export const KEYS = {
  /** session-events. The tenant is in the key so that nobody writes into another tenant's session. */
  session: (tenantHash: string, sessionId: string): string => `SESSION#${tenantHash}#${sessionId}`,
  /** Zero-padded: step 10 follows step 9; the id keeps two events of one millisecond apart. */
  step: (step: number, timestampMs: number, eventId: string): string =>
    `STEP#${pad(step, 6)}#${pad(Math.max(0, timestampMs), 13)}#${eventId}`,
  tenant: (tenantHash: string): string => `TENANT#${tenantHash}`,
  summary: (sessionId: string): string => `SESSION#${sessionId}`,
  item: (itemKey: string): string => `ITEM#${itemKey}`,
  date: (isoDate: string): string => `DATE#${isoDate}`,
  /** analytics-daily: counts summary writes that touched the day; dirty until aggregated since. */
  dirtyDay: (isoDate: string): string => `DIRTY#${isoDate}`,
  /**
   * analytics-daily: a part of a day's aggregate that its head names. By section before day, so
   * that a range of days reads only the sections that it needs.
   */
  daySection: (section: string, isoDate: string, hash = '', part = 0): string =>
    `SECTION#${section}#${isoDate}${hash && `#${hash}#${pad(part, 3)}`}`,
  /** analytics-daily: a part of what has ended of a day that goes on. */
  daySoFar: (isoDate: string, part?: number): string =>
    `SO_FAR#${isoDate}#${part === undefined ? '' : pad(part, 3)}`,
  /** analytics-daily: what a tenant had configured from that day on. */
  inventory: (isoDate: string): string => `INVENTORY#${isoDate}`,
  /** site-traffic: a day's visits from one source and medium. */
  siteTraffic: (isoDate: string, source = '', medium = ''): string =>
    `DATE#${isoDate}#${encodeURIComponent(source)}#${encodeURIComponent(medium)}`,
  /** session-events: where the session's events lie in the archive. */
  archived: 'ARCHIVE',
} as const;

const folder = (isoDate: string): string => isoDate.slice(0, 10).replaceAll('-', '/');

/** Keys of objects in S3. Days are UTC days of the sessions' starts: a time zone may change. */
export const OBJECT_KEYS = {
  /** Everything archived of a tenant's events begins with this. */
  events: (tenantHash: string): string => `events/${tenantHash}/`,
  /** @param block start of a block of hours, `yyyy-mm-ddThh` */
  eventsIndex: (tenantHash: string, block: string): string =>
    `events/${tenantHash}/${folder(block)}/${block.slice(11)}.index.json`,
  eventsPack: (tenantHash: string, block: string, hash: string): string =>
    `events/${tenantHash}/${folder(block)}/${block.slice(11)}-${hash}.jsonl.gz`,
  sessions: (tenantHash: string): string => `sessions/${tenantHash}/`,
  sessionsDay: (tenantHash: string, isoDate: string): string =>
    `sessions/${tenantHash}/${folder(isoDate)}/sessions.jsonl.gz`,
  tenantConfig: (tenantId: string): string => `tenants/${tenantId}/${tenantId}-config.json`,
  tenantMapping: (tenantHash: string): string => `mappings/${tenantHash}.json`,
} as const;
