import { OUTCOMES, type Outcome, type Totals } from '@picasso/contracts';
import {
  QUANTILE_RELATIVE_ERROR,
  quantileOf,
  sketchCount,
} from '../daily-aggregate/quantile-sketch.ts';
import { compare, ratio, type Comparison } from '../rates/rates.ts';

export interface ConversationCards {
  conversations: Comparison;
  messages: Comparison;
  /** Sum of all response times ÷ their number. */
  average_response_ms: Comparison;
  /** Share of conversations whose session began outside office hours. */
  after_hours_share: Comparison;
}

/** @param before null where there is no period to compare with */
export function conversationCards(current: Totals, before: Totals | null): ConversationCards {
  const card = (figure: (totals: Totals) => number | null): Comparison =>
    compare(figure(current), before && figure(before));
  return {
    conversations: card((totals) => totals.conversations),
    messages: card((totals) => totals.messages),
    average_response_ms: card((t) => ratio(t.response_time_ms_sum, t.response_count)),
    after_hours_share: card((totals) => ratio(totals.after_hours, totals.conversations)),
  };
}

/** Sessions by their number of messages, ascending. */
export function depthDistribution({ depth, sessions }: Totals): {
  messages: number;
  sessions: number;
  share: number | null;
}[] {
  return Object.entries(depth)
    .map(([messages, count]) => ({
      messages: Number(messages),
      sessions: count,
      share: ratio(count, sessions),
    }))
    .sort((a, b) => a.messages - b.messages);
}

/** Sessions by outcome, in the order in which outcomes are decided. */
export function outcomeShares({ outcomes, sessions }: Totals): {
  outcome: Outcome;
  sessions: number;
  share: number | null;
}[] {
  return OUTCOMES.map((outcome) => {
    const count = outcomes[outcome] ?? 0;
    return { outcome, sessions: count, share: ratio(count, sessions) };
  });
}

export interface DurationPercentiles {
  sessions: number;
  average_ms: number | null;
  /** How far each percentile may be off, as a fraction of the true one. */
  relative_error: number;
  percentiles: { quantile: number; ms: number | null }[];
}

export function durationPercentiles(
  totals: Totals,
  quantiles: readonly number[] = [0.5, 0.75, 0.9, 0.95, 0.99],
): DurationPercentiles {
  const sessions = sketchCount(totals.durations);
  return {
    sessions,
    average_ms: ratio(totals.duration_ms_sum, sessions),
    relative_error: QUANTILE_RELATIVE_ERROR,
    percentiles: quantiles.map((quantile) => ({
      quantile,
      ms: quantileOf(totals.durations, quantile),
    })),
  };
}

const WEEKDAYS = [
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
  'Sunday',
] as const;
const BLOCKS = 8;

export interface HeatMap {
  /** Monday to Sunday × eight blocks of three hours: conversations that began then. */
  cells: number[][];
  /** The busiest block, the earliest of equals; null where nothing happened. */
  peak: { name: string; weekday: number; from_hour: number; conversations: number } | null;
}

export function heatMap({ heat }: Totals): HeatMap {
  let peak: HeatMap['peak'] = null;
  const cells = WEEKDAYS.map((name, day) =>
    Array.from({ length: BLOCKS }, (_, block) => {
      const conversations = heat[`${day + 1}-${block}`] ?? 0;
      if (conversations > (peak?.conversations ?? 0)) {
        const from_hour = block * 3;
        const hours = `${clock(from_hour)}–${clock(from_hour + 3)}`;
        peak = { name: `${name} ${hours}`, weekday: day + 1, from_hour, conversations };
      }
      return conversations;
    }),
  );
  return { cells, peak };
}

const clock = (hour: number): string => `${String(hour).padStart(2, '0')}:00`;
