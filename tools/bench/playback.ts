/** Visits of the library as the slices that are sent. */
import type { JsonObject } from '@picasso/contracts';
import type { StackTenant } from '../harness/stack.ts';
import type { Visit, VisitEvent } from '../load/visits.ts';

export interface SliceRules {
  /** A slice is sent when it holds this many events … */
  batchEvents: number;
  /** … or when this long has passed since the first of them, in the visit's own time. */
  flushMs: number;
}

export const SLICES_OF_TEN: SliceRules = { batchEvents: 10, flushMs: Infinity };
/** As the SDK flushes. */
export const BROWSER_BATCHES: SliceRules = { batchEvents: 10, flushMs: 5_000 };

export interface Slice {
  /** When it leaves, milliseconds since the visit began. */
  due_ms: number;
  events: VisitEvent[];
}

/** The page's events only; what is left at the visit's end leaves with its last event. */
export function slicesOf(visit: Visit, { batchEvents, flushMs }: SliceRules): Slice[] {
  const events = visit.filter(({ origin }) => origin === 'browser');
  const endMs = events.at(-1)?.offset_ms ?? 0;
  const slices: Slice[] = [];
  let firstMs = 0;
  for (const event of events) {
    const open = slices.at(-1);
    if (open && open.events.length < batchEvents && event.offset_ms - firstMs < flushMs) {
      open.events.push(event);
    } else {
      firstMs = event.offset_ms;
      slices.push({ due_ms: Math.min(firstMs + flushMs, endMs), events: [event] });
    }
    const last = slices.at(-1)!;
    if (last.events.length === batchEvents) last.due_ms = event.offset_ms;
  }
  return slices;
}

export interface Playing {
  tenant: StackTenant;
  session_id: string;
  slice: Slice;
  /** How many times faster than real time. */
  pace: number;
}

/** The request body for a slice that leaves now. */
export function bodyOf({ tenant, session_id, slice, pace }: Playing, nowMs: number): string {
  const events = slice.events.map(({ offset_ms, key, body }): JsonObject => ({
    schema_version: '1.0',
    event_id: `evt_${session_id}_${key}`,
    timestamp: new Date(nowMs - (slice.due_ms - offset_ms) / pace).toISOString(),
    session_id,
    tenant_hash: tenant.tenant_hash,
    ...body,
  }));
  return JSON.stringify({
    sent_at: new Date(nowMs).toISOString(),
    sdk: { name: 'bench', version: '1.0.0' },
    events,
  });
}
