import {
  FUNNEL_STEPS,
  type Figures,
  type FiguresSection,
  type OtherTraffic,
  type SourceCounts,
  type Totals,
} from '@picasso/contracts';
import { sumTrees, type CountTree } from './count-tree.ts';
import type { Partly } from './session-figures.ts';

const NO_TOTALS: Totals = {
  visits: 0,
  sessions: 0,
  open_sessions: 0,
  opened: 0,
  conversations: 0,
  after_hours: 0,
  messages: 0,
  user_messages: 0,
  bot_messages: 0,
  events: 0,
  missing: 0,
  numbered_sessions: 0,
  duration_ms_sum: 0,
  response_time_ms_sum: 0,
  response_count: 0,
  outcomes: {},
  depth: {},
  durations: { zero: 0, bins: {} },
  heat: {},
};

const NO_TRAFFIC: OtherTraffic = {
  visits: 0,
  sessions: 0,
  conversations: 0,
  messages: 0,
  events: 0,
};

/** A day on which nothing happened: adding it changes nothing. */
export const NO_FIGURES: Figures = {
  totals: NO_TOTALS,
  hours: {},
  other_traffic: { bot: NO_TRAFFIC, own: NO_TRAFFIC },
  sources: {},
  topics: {},
  question_counts: {},
  questions: {},
  items: {},
  forms: {},
  names: {},
  paths: { count: [0, 0], start: {}, steps: {} },
};

export const FIGURES_SECTIONS = Object.keys(NO_FIGURES).sort() as FiguresSection[];

/** Adds figures of sessions or days, which need not have all of them. */
export function sumFigures(parts: Iterable<Partly<Figures>>): Figures {
  function* withNone(): Generator<CountTree> {
    yield NO_FIGURES as unknown as CountTree;
    yield* parts as Iterable<CountTree>;
  }
  return sumTrees(withNone()) as unknown as Figures;
}

/**
 * The figures of all the days together. Associative and commutative, with `NO_FIGURES` as its
 * identity; equal results have equal bytes as JSON.
 */
export function mergeDays(...days: readonly Figures[]): Figures {
  return sumFigures(days);
}

/** The same for one section, for a reader who needs no others. */
export function mergeSection<S extends FiguresSection>(
  section: S,
  days: readonly Figures[S][],
): Figures[S] {
  const trees = [NO_FIGURES[section], ...days] as unknown as CountTree[];
  return sumTrees(trees) as unknown as Figures[S];
}

/** A source's counts before anything happened. */
export const NO_SOURCE: SourceCounts = {
  visits: 0,
  sessions: 0,
  funnel: Object.fromEntries(
    FUNNEL_STEPS.map((step) => [step, { nested: 0, later: 0 }]),
  ) as SourceCounts['funnel'],
};
