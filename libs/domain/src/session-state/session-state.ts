import type { SessionSummary, StoredEvent } from '@picasso/contracts';
import { sameContent, sessionSkew, summarise } from '../session-summary/session-summary.ts';
import { localDay } from './local-day.ts';

/** Clicks of a session that the item counters hold, and the local day they were counted on. */
export interface CountedClicks {
  day: string;
  clicks: Record<string, number>;
}

/**
 * What is kept per session beside its events. While the session is open it says how far its events
 * were taken in; once final it holds the summary.
 */
export interface SessionState {
  status: 'open' | 'final';
  kind: SessionSummary['kind'];
  /** Client time plus skew. */
  started_ms: number;
  /** `timestamp_server` of the latest arrival: what the idle rule counts from. */
  last_seen_ms: number;
  /** Event rows that this state has taken in. */
  rows: number;
  /** null until a batch with `sent_at` came; then never changed. */
  skew_ms: number | null;
  revision: number;
  counted: CountedClicks | null;
  /** The last final summary; kept while a session is open again, to see whether it changed. */
  summary: SessionSummary | null;
  /** Local day that the last final summary was written for. */
  final_day: string | null;
}

/** A change of one item's clicks on one local day. */
export interface ItemDelta {
  /** `{type}#{id}` */
  item: string;
  /** `yyyy-mm-dd` in the tenant's time zone. */
  day: string;
  /** May be negative: a session's day can move while it is young. */
  clicks: number;
}

/** What a summary's write does to a day it belongs or belonged to. */
export interface DayMark {
  day: string;
  /** Change of the number of summarised sessions on that day. */
  sessions: -1 | 0 | 1;
}

export interface TransitionInput {
  tenant_hash: string;
  session_id: string;
  state: SessionState | undefined;
  /** Every stored event row of the session. */
  events: readonly StoredEvent[];
  /** Skew of the batch at hand; null without `sent_at`. */
  batch_skew_ms: number | null;
  /** Latest `timestamp_server` among new arrivals. */
  last_seen_ms: number;
  /** The idle rule closes the session now. */
  timed_out: boolean;
  own_hosts: readonly string[];
  time_zone: string;
  /** Item counters that one transaction can change. */
  max_deltas: number;
}

export interface Transition {
  state: SessionState;
  /** The running or final summary that belongs to `state`. */
  summary: SessionSummary;
  deltas: ItemDelta[];
  marks: DayMark[];
  /** false: more counters change than fit into one transaction; store this one and go on. */
  complete: boolean;
}

/**
 * The state that follows from a session's stored events, and what has to be counted with it.
 *
 * Counters and marks are differences between what `state` says was counted and what the events
 * say now: stored together with the new state in one transaction they take effect exactly once,
 * however often the same events are worked through (pipeline rule 4).
 */
export function transition(input: TransitionInput): Transition {
  const { state, events } = input;
  const skew =
    state?.skew_ms ?? (input.batch_skew_ms === null ? null : sessionSkew(input.batch_skew_ms));
  const summary = summarise({
    tenant_hash: input.tenant_hash,
    session_id: input.session_id,
    events,
    skew_ms: skew ?? 0,
    own_hosts: input.own_hosts,
    timed_out: input.timed_out,
    revision: state?.revision ?? 0,
  });
  const startedMs = Date.parse(summary.started_at);
  const day = localDay(startedMs, input.time_zone);
  const target: CountedClicks = {
    day,
    // Figures leave out bots and own traffic, and page-view sessions are no sessions.
    clicks: summary.traffic === 'visitor' && summary.kind === 'session' ? summary.clicks : {},
  };
  const counting = nextCounts(state?.counted ?? null, target, input.max_deltas);
  const open: SessionState = {
    status: 'open',
    kind: summary.kind,
    started_ms: startedMs,
    last_seen_ms: Math.max(state?.last_seen_ms ?? 0, input.last_seen_ms),
    rows: events.length,
    skew_ms: skew,
    revision: state?.revision ?? 0,
    counted: counting.counted,
    summary: state?.summary ?? null,
    final_day: state?.final_day ?? null,
  };
  if (summary.closed_by === null || !counting.complete) {
    return {
      state: open,
      summary,
      deltas: counting.deltas,
      marks: [],
      complete: counting.complete,
    };
  }
  const before = state?.summary ?? null;
  const changed = before === null || !sameContent(before, summary);
  const revision = before !== null && changed ? open.revision + 1 : open.revision;
  const final = changed ? { ...summary, revision } : before;
  return {
    state: { ...open, status: 'final', revision, summary: final, final_day: day },
    summary: final,
    deltas: counting.deltas,
    marks: changed ? dayMarks(open.final_day, day) : [],
    complete: true,
  };
}

function dayMarks(former: string | null, day: string): DayMark[] {
  if (former === day) return [{ day, sessions: 0 }];
  const entered: DayMark = { day, sessions: 1 };
  return former === null ? [entered] : [{ day: former, sessions: -1 }, entered];
}

export interface CountingStep {
  counted: CountedClicks | null;
  deltas: ItemDelta[];
  /** false: `counted` is not at its target yet. */
  complete: boolean;
}

/** The next counted state on the way to `target` with at most `limit` items changed. */
export function nextCounts(
  counted: CountedClicks | null,
  target: CountedClicks,
  limit: number,
): CountingStep {
  const moved = counted !== null && counted.day !== target.day;
  const old = counted?.clicks ?? {};
  const items = new Set([...Object.keys(old), ...Object.keys(target.clicks)]);
  const deltas: ItemDelta[] = [];
  const changedItems = new Set<string>();
  const add = (item: string, day: string, clicks: number) => {
    if (clicks === 0) return;
    deltas.push({ item, day, clicks });
    changedItems.add(item);
  };
  for (const item of [...items].sort()) {
    const from = valueOf(old, item);
    const to = valueOf(target.clicks, item);
    if (moved) {
      add(item, counted.day, -from);
      add(item, target.day, to);
    } else {
      add(item, target.day, to - from);
    }
  }
  if (changedItems.size <= limit) {
    const empty = Object.keys(target.clicks).length === 0;
    return { counted: empty ? null : target, deltas, complete: true };
  }
  // Too many for one transaction: take items one by one, on a moved day all the old ones first.
  const part = moved ? deltas.filter((delta) => delta.day === counted.day) : deltas;
  // What goes before what comes: the row has room for the old or the new items, not for both.
  const taken = part.sort((a, b) => Math.sign(a.clicks) - Math.sign(b.clicks)).slice(0, limit);
  const clicks = new Map(Object.entries(old));
  for (const delta of taken) {
    const left = (clicks.get(delta.item) ?? 0) + delta.clicks;
    if (left === 0) clicks.delete(delta.item);
    else clicks.set(delta.item, left);
  }
  const day = moved ? counted.day : target.day;
  return {
    counted: clicks.size === 0 ? null : { day, clicks: Object.fromEntries(clicks) },
    deltas: taken,
    complete: false,
  };
}

const valueOf = (counts: Record<string, number>, item: string): number =>
  Object.hasOwn(counts, item) ? (counts[item] as number) : 0;
