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
 * @param figures of one day: that on which they were last asked
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
    if (ids.has(id)) texts.set(id, textOf(variants));
  }
  return texts;
}

/** All ways in which one question was written; undefined where nobody asked it. */
export function questionVariants(
  days: Iterable<Figures['questions']>,
  id: string,
): QuestionText | undefined {
  const counts = new Map<string, number>();
  // An id is a hash: only until the question is found are others hashed, too.
  let wanted: string | undefined;
  for (const figures of days) {
    let last: string | undefined;
    for (const key of Object.keys(figures)) {
      const { normalised, written } = questionParts(key);
      if (wanted === undefined && normalised !== last && questionId(normalised) === id)
        wanted = normalised;
      last = normalised;
      if (normalised === wanted)
        counts.set(written, (counts.get(written) ?? 0) + (figures[key] ?? 0));
    }
  }
  if (wanted === undefined) return undefined;
  return textOf([...counts].map(([text, count]) => ({ text, count })));
}

function textOf(variants: QuestionText['variants']): QuestionText {
  variants.sort((a, b) => b.count - a.count || compareText(a.text, b.text));
  return { question: variants[0]?.text ?? '', variants };
}
