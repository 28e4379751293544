import { compareText } from '../ordering/ordering.ts';
import { ratio } from '../rates/rates.ts';
import type { Figures } from '@picasso/contracts';

export interface QuestionGroup {
  /** As it was written most often. */
  question: string;
  count: number;
  /** Of all conversations with a question. */
  share: number | null;
  /** All ways of writing it, the most frequent first. */
  variants: { text: string; count: number }[];
}

export interface TopQuestions {
  /** Conversations with a question: the sum of all counts. */
  asked: number;
  /** All groups, the most frequent first. */
  questions: QuestionGroup[];
}

/** First questions by how often they were asked; ties in the order of their normalised text. */
export function topQuestions(figures: Figures['questions']): TopQuestions {
  const groups = Object.entries(figures).map(([normalised, written]) => ({
    normalised,
    written,
    count: Object.values(written).reduce((sum, count) => sum + count, 0),
  }));
  const asked = groups.reduce((sum, { count }) => sum + count, 0);
  groups.sort((a, b) => b.count - a.count || compareText(a.normalised, b.normalised));
  return {
    asked,
    questions: groups.map(({ written, count }) => {
      const variants = Object.entries(written)
        .map(([text, times]) => ({ text, count: times }))
        .sort((a, b) => b.count - a.count || compareText(a.text, b.text));
      return { question: variants[0]?.text ?? '', count, share: ratio(count, asked), variants };
    }),
  };
}
