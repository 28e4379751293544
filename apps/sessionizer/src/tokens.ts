/** Injection tokens for what the process brings along. */
export const METRICS = Symbol('METRICS');
export const STRATEGY = Symbol('STRATEGY');
export const TABLES = Symbol('TABLES');
