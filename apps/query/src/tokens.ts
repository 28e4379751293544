/** Injection tokens of what has no class of its own. */
export const CONFIG = Symbol('CONFIG');
export const LOGGER = Symbol('LOGGER');
export const METRICS = Symbol('METRICS');
export const TABLES = Symbol('TABLES');
/** `SessionStore` */
export const SESSIONS = Symbol('SESSIONS');
/** `TenantDirectory` */
export const TENANTS = Symbol('TENANTS');
/** Verifies a token: `VerifyToken` */
export const VERIFY_TOKEN = Symbol('VERIFY_TOKEN');
/** Signs and opens page cursors: `CursorCodec` */
export const CURSORS = Symbol('CURSORS');
/** Figures over ranges: `FiguresReader` */
export const FIGURES = Symbol('FIGURES');
/** Sessions by filter: `SessionFinder` */
export const FINDER = Symbol('FINDER');
/** Site visits: `SiteTrafficStore` */
export const SITE_TRAFFIC = Symbol('SITE_TRAFFIC');
/** `ArchiveReader`, or null where there is no archive. */
export const ARCHIVE = Symbol('ARCHIVE');
/** How many days can be read, today included. */
export const KEPT_DAYS = Symbol('KEPT_DAYS');
/** What tenants have configured: `InventorySource` */
export const INVENTORY = Symbol('INVENTORY');
/** Live counters of items: `ItemClicksReader` */
export const COUNTERS = Symbol('COUNTERS');
/** `Objects`, or null where none are configured. */
export const OBJECTS = Symbol('OBJECTS');
