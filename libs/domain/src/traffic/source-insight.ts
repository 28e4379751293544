import type { Figures } from '@picasso/contracts';
import { compareText } from '../ordering/ordering.ts';
import { differenceInterval, type Interval } from '../rates/intervals.ts';
import { countsOf, stepTotal } from './funnel.ts';

/** Conversations below which a rate says nothing worth a sentence. */
const INSIGHT_SAMPLE = 50;
const ORGANIC = 'organic';

export interface SourceRate {
  conversations: number;
  /** Conversations that led over a click to a completed form: the last step of the funnel. */
  completed: number;
  rate: number;
}

export interface SourceInsight {
  source: string;
  medium: string;
  best: SourceRate;
  /** All media `organic` together. */
  organic: SourceRate;
  /** The best rate minus the organic one, with its 95 % confidence interval. */
  difference: number;
  interval: Interval;
  /** Whether the interval leaves out 0: else the difference may be chance. */
  significant: boolean;
  sentence: string;
}

/**
 * The source whose conversations complete forms most often, against organic search; null unless
 * both have at least 50 conversations. Only those who went through the funnel count here, so that
 * rates are proportions.
 */
export function sourceInsight(sources: Figures['sources']): SourceInsight | null {
  const candidates = Object.entries(sources)
    .flatMap(([source, byMedium]) =>
      Object.keys(byMedium).map((medium) => ({
        source,
        medium,
        best: rateOf(sources, { source, medium }),
      })),
    )
    .filter(({ medium, best }) => medium !== ORGANIC && best.conversations >= INSIGHT_SAMPLE)
    .sort(
      (a, b) =>
        b.best.rate - a.best.rate ||
        b.best.conversations - a.best.conversations ||
        compareText(a.source, b.source) ||
        compareText(a.medium, b.medium),
    );
  const top = candidates[0];
  const organic = rateOf(sources, { medium: ORGANIC });
  if (top === undefined || organic.conversations < INSIGHT_SAMPLE) return null;
  const { source, medium, best } = top;
  const difference = best.rate - organic.rate;
  const interval = differenceInterval(
    { part: best.completed, whole: best.conversations },
    { part: organic.completed, whole: organic.conversations },
  );
  const significant = interval[0] > 0 || interval[1] < 0;
  return {
    ...{ source, medium, best, organic, difference, interval, significant },
    sentence: [
      `${percent(best.rate)} of the conversations from ${source} / ${medium} clicked and then completed a form,`,
      `against ${percent(organic.rate)} from organic search:`,
      `a difference of ${points(difference)} points`,
      `(95% confidence interval ${points(interval[0])} to ${points(interval[1])})${
        significant ? '.' : ', which may be chance.'
      }`,
    ].join(' '),
  };
}

function rateOf(
  sources: Figures['sources'],
  filter: { source?: string; medium: string },
): SourceRate {
  const counts = countsOf(sources, filter);
  const conversations = stepTotal(counts, 'conversation');
  const completed = counts.funnel.completed.nested;
  return { conversations, completed, rate: conversations === 0 ? 0 : completed / conversations };
}

const percent = (rate: number): string => `${(100 * rate).toFixed(1)}%`;
const points = (difference: number): string =>
  `${difference < 0 ? '−' : '+'}${Math.abs(100 * difference).toFixed(1)}`;
