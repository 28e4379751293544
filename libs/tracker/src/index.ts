export type { TrackedEvent, Tracker, TrackerOptions } from './tracker.ts';
export { createTracker } from './tracker.ts';
export type { Host, HostOptions } from './host.ts';
export { createHost } from './host.ts';
export type { CommonOptions, TrackerReport } from './half.ts';
export type { EventPayloads, FreePayload, TrackedType } from './payloads.ts';
