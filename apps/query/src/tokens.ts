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
