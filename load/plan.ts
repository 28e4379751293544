/**
 * What is sent in which order: visits that go on side by side, each cut into requests as the SDK
 * would cut it. Pure, so that every virtual user sees the same plan and the check at the end knows
 * which event belongs where.
 */

/** An event of a library visit; ids, session, tenant and time are put in when it is sent. */
export interface VisitEvent {
  /** Milliseconds since the visit began. */
  offset_ms: number;
  /** Whose key it is sent with: the page's or the chat backend's. */
  origin: 'browser' | 'server';
  /** Unique within the visit; the event id is made of it. */
  key: string;
  /** The rest of the event in the flat shape. */
  body: { event_type: string; [field: string]: unknown };
}

/** One visitor's events in their order. */
export type Visit = VisitEvent[];

export interface BatchRules {
  /** A page sends when it holds this many events … */
  batchEvents: number;
  /** … or this long after the first of them. */
  flushMs: number;
}

/** A request: some events of one visit, by their index. */
export interface Batch {
  /** When it leaves, milliseconds since the visit began. */
  due_ms: number;
  events: number[];
}

/** A request of the plan. */
export interface PlannedBatch {
  /** Number of the session, from 0. */
  session: number;
  /** Index of the library visit that the session plays. */
  visit: number;
  /** Index of the request within the visit. */
  batch: number;
}

export interface PlanSettings extends BatchRules {
  visits: readonly Visit[];
  eventsPerSecond: number;
  seconds: number;
  /** How many times faster than real time a visit is played. */
  pace: number;
}

/** The page closes: whatever it still holds leaves at once. */
const CLOSING = ['WIDGET_CLOSED', 'SESSION_ENDED'];

export const isClosing = ({ body }: VisitEvent): boolean => CLOSING.includes(body.event_type);

/** A visit's requests in order of leaving. The chat backend sends each of its events at once. */
export function cut(visit: Visit, { batchEvents, flushMs }: BatchRules): Batch[] {
  const batches: Batch[] = [];
  let open: Batch | undefined;
  visit.forEach((event, index) => {
    if (event.origin === 'server') {
      batches.push({ due_ms: event.offset_ms, events: [index] });
      return;
    }
    if (open === undefined || event.offset_ms > open.due_ms) {
      open = { due_ms: event.offset_ms + flushMs, events: [] };
      batches.push(open);
    }
    open.events.push(index);
    if (open.events.length >= batchEvents || isClosing(event)) {
      open.due_ms = event.offset_ms;
      open = undefined;
    }
  });
  return batches.sort((a, b) => a.due_ms - b.due_ms);
}

/**
 * As many visits side by side as give the rate at this pace, each place taken by the next visitor
 * when one is gone; their requests in order of leaving. Sent one after the other at an even rate
 * they take `seconds`, give or take the last request.
 */
export function plan(settings: PlanSettings): PlannedBatch[] {
  const { visits, eventsPerSecond, seconds, pace } = settings;
  const library = visits.map((visit) => cut(visit, settings));
  const lengths = library.map((batches) => batches.at(-1)?.due_ms ?? 0);
  const events = visits.reduce((sum, visit) => sum + visit.length, 0);
  const visitMs = lengths.reduce((sum, ms) => sum + ms, 0) / visits.length;
  const perVisitor = (events / visits.length / (visitMs / 1_000)) * pace;
  const places = Math.max(1, Math.round(eventsPerSecond / perVisitor));
  const wanted = Math.round(eventsPerSecond * seconds);
  // In the visits' own time; the first visitors come within the time of one visit.
  const endMs = seconds * 1_000 * pace + 2 * visitMs;

  const due: { at: number; planned: PlannedBatch }[] = [];
  let session = 0;
  for (let place = 0; place < places; place += 1) {
    for (let at = (visitMs * place) / places; at < endMs;) {
      const visit = session % visits.length;
      for (const [batch, { due_ms }] of library[visit]!.entries()) {
        due.push({ at: at + due_ms, planned: { session, visit, batch } });
      }
      at += lengths[visit]! + 1;
      session += 1;
    }
  }
  due.sort((a, b) => a.at - b.at);

  let planned = 0;
  const end = due.findIndex(({ planned: { visit, batch } }) => {
    planned += library[visit]![batch]!.events.length;
    return planned >= wanted;
  });
  return due.slice(0, end === -1 ? due.length : end + 1).map((entry) => entry.planned);
}
