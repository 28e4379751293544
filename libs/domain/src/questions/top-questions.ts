import type { Figures } from '@picasso/contracts';
import { compareText } from '../ordering/ordering.ts';
import { ratio } from '../rates/rates.ts';
import { questionId, questionParts } from './normalise-question.ts';

export interface RankedQuestion {
  /** Of the group of questions that are the same but for case, white space and punctuation. */
  id: string;
  count: number;
  /** Of all conversations with a question. */
  share: number | null;
  /** The last day on which it was asked: where its text can be read. */
  last_asked: string;
}

export interface QuestionRanking {
  /** Conversations with a question: the sum of all counts. */
  asked: number;
  questions: RankedQuestion[];
}

/**
 * All groups of questions, the most frequent first, then the most recent. Texts are kept apart from
 * counts: over a long range nearly every text is different, and a page of the list shows but a few.
 */
export function rankQuestions(
  days: Iterable<{ day: string; counts: Figures['question_counts'] }>,
): QuestionRanking {
  const groups = new Map<string, { id: string; count: number; last_asked: string }>();
  let asked = 0;
  for (const { day, counts } of days) {
    for (const id of Object.keys(counts)) {
      const count = counts[id] ?? 0;
      asked += count;
      const group = groups.get(id);
      if (group === undefined) groups.set(id, { id, count, last_asked: day });
      else {
        group.count += count;
        if (day > group.last_asked) group.last_asked = day;
      }
    }
  }
  const questions = [...groups.values()]
    .sort(
      (a, b) =>
        b.count - a.count || compareText(b.last_asked, a.last_asked) || compareText(a.id, b.id),
    )
    .map((group) => ({ ...group, share: ratio(group.count, asked) }));
  return { asked, questions };
}

export interface QuestionText {
  /** As it was written most often. */
  question: string;
  /** All ways of writing it, the most frequent first. */
  variants: { text: string; count: number }[];
}

/**
 * How the questions with these ids were written, as far as the figures at hand tell.
 *
 * @param figures of one day (that on which they were last asked) for a list, or of all days of the
 *   range for a complete list of variants
 */
export function questionTexts(
  figures: Figures['questions'],
  ids: ReadonlySet<string>,
): Map<string, QuestionText> {
  const byGroup = new Map<string, QuestionText['variants']>();
  for (const [key, count] of Object.entries(figures)) {
    const { normalised, written: text } = questionParts(key);
    const variants = byGroup.get(normalised);
    if (variants === undefined) byGroup.set(normalised, [{ text, count }]);
    else variants.push({ text, count });
  }
  const texts = new Map<string, QuestionText>();
  for (const [normalised, variants] of byGroup) {
    const id = questionId(normalised);
    if (!ids.has(id)) continue;
    variants.sort((a, b) => b.count - a.count || compareText(a.text, b.text));
    texts.set(id, { question: variants[0]?.text ?? '', variants });
  }
  return texts;
}
