/**
 * What a tenant's day amounts to, as the daily tables keep it and every dashboard is computed from.
 *
 * Every leaf of `Figures` is an integer that counts or sums, so days merge by adding leaf to leaf:
 * exact, in any order, in any grouping. Averages, rates and ranks are worked out from sums at the
 * very end. All records are sparse (what did not happen has no key) and their keys are sorted.
 */
import type { Outcome } from './summary.ts';

/** Office hours in the tenant's time zone. */
export interface OfficeHours {
  /** ISO weekdays, Monday is 1. */
  days: number[];
  /** `hh:mm`, inclusive. */
  from: string;
  /** `hh:mm`, exclusive; `24:00` is the end of the day. */
  to: string;
}

export const DEFAULT_OFFICE_HOURS: Readonly<OfficeHours> = {
  days: [1, 2, 3, 4, 5],
  from: '09:00',
  to: '17:00',
};

/** The steps of the attribution funnel that a session can take; site visits come before them. */
export const FUNNEL_STEPS = ['opened', 'conversation', 'clicked', 'completed'] as const;
export type FunnelStep = (typeof FUNNEL_STEPS)[number];

/** The steps of one form's funnel. */
export const FORM_STEPS = ['viewed', 'started', 'completed'] as const;
export type FormStep = (typeof FORM_STEPS)[number];

/** Sessions that took a step: all of them are in exactly one of the two. */
export interface StepCount {
  /** Took every step before it as well. */
  nested: number;
  /** Entered the funnel here or further back, past a step that they did not take. */
  later: number;
}

/** A quantile sketch (DDSketch): how many values lie in each logarithmic bin. */
export interface QuantileSketch {
  /** Values of 0. */
  zero: number;
  /** Bin index → values. */
  bins: Record<string, number>;
}

/** Sums over the day's sessions; `visits` alone counts page-view sessions. */
export interface Totals {
  visits: number;
  sessions: number;
  /** Of `sessions`, those not closed yet. */
  open_sessions: number;
  opened: number;
  /** Sessions with a MESSAGE_SENT. */
  conversations: number;
  /** Conversations whose session began outside office hours. */
  after_hours: number;
  messages: number;
  user_messages: number;
  bot_messages: number;
  events: number;
  /** Events sent that never arrived, of the sessions that number their events. */
  missing: number;
  numbered_sessions: number;
  duration_ms_sum: number;
  response_time_ms_sum: number;
  response_count: number;
  outcomes: Partial<Record<Outcome, number>>;
  /** Messages → sessions with so many. */
  depth: Record<string, number>;
  /** Durations in ms. */
  durations: QuantileSketch;
  /** `{ISO weekday}-{hour / 3, rounded down}` → conversations that began then. */
  heat: Record<string, number>;
}

/** One local hour, by the start of its sessions. */
export interface HourCounts {
  visits: number;
  sessions: number;
  opened: number;
  conversations: number;
  messages: number;
  /** Sessions with the outcome form_completed. */
  completed: number;
}

/** Traffic that no other figure counts. */
export interface OtherTraffic {
  visits: number;
  sessions: number;
  conversations: number;
  messages: number;
  events: number;
}

export interface SourceCounts {
  visits: number;
  sessions: number;
  funnel: Record<FunnelStep, StepCount>;
}

export interface TopicCounts {
  sessions: number;
  conversations: number;
  /** Sessions with the outcome form_completed. */
  completed: number;
}

export interface ItemCounts {
  clicks: number;
  shown: number;
  /** Sessions with a click on it. */
  sessions: number;
}

export interface FormDayCounts {
  views: number;
  starts: number;
  completions: number;
  abandons: number;
  /** Starts and abandons of closed sessions: in an open one an attempt may still end either way. */
  closed_starts: number;
  closed_abandons: number;
  /** Of completed attempts. */
  duration_ms_sum: number;
  /** Sessions, step by step. */
  funnel: Record<FormStep, StepCount>;
  /** Field id (empty: none) → abandons charged to it. */
  bottlenecks: Record<string, number>;
}

/** What events called an item, a form or a field: text → sessions that called it so. */
export interface NameCounts {
  label: Record<string, number>;
  category: Record<string, number>;
  kind: Record<string, number>;
}

/** `[sessions, sessions with the outcome form_completed]` */
export type PathCount = [sessions: number, completed: number];

/** Codes of steps, separated by spaces, nearest first. */
export type StepSequence = string;

export interface StepPaths {
  count: PathCount;
  /** What followed the session's first such step. */
  next: Record<StepSequence, PathCount>;
  /** What came before it. */
  before: Record<StepSequence, PathCount>;
}

export interface PathFigures {
  count: PathCount;
  /** How sessions began. */
  start: Record<StepSequence, PathCount>;
  /** By code of the step. */
  steps: Record<string, StepPaths>;
}

/** All figures of a day, or of any number of days: sections that can be kept and read one by one. */
export interface Figures {
  totals: Totals;
  /** Local hour with its offset, `2026-11-22T14+01:00`. */
  hours: Record<string, HourCounts>;
  other_traffic: { bot: OtherTraffic; own: OtherTraffic };
  /** Source → medium. */
  sources: Record<string, Record<string, SourceCounts>>;
  topics: Record<string, TopicCounts>;
  /** Id of a normalised first question → conversations: what ranks them, without their text. */
  question_counts: Record<string, number>;
  /** Normalised first question, a line feed, the question as written → conversations. */
  questions: Record<string, number>;
  /** By item key. */
  items: Record<string, ItemCounts>;
  /** By form id. */
  forms: Record<string, FormDayCounts>;
  /** By the keys of a summary's `labels`. */
  names: Record<string, NameCounts>;
  paths: PathFigures;
}

export type FiguresSection = keyof Figures;

export interface DailyAggregate {
  v: 1;
  tenant_hash: string;
  /** `yyyy-mm-dd` in `time_zone`. */
  day: string;
  time_zone: string;
  figures: Figures;
}
