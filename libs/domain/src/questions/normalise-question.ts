import { digest } from '../session-summary/bounds.ts';

/**
 * What questions are grouped by: they are the same when they differ in case, white space and
 * punctuation only. Apostrophes go ("what's", "whats"), other punctuation parts words.
 *
 * A question of signs alone ("?", an emoji) is its own group: nothing of it would be left.
 */
export function normaliseQuestion(question: string): string {
  const text = question.normalize('NFKC').toLowerCase();
  const words = text.replace(/['’‘ʼ`´]/gu, '').replace(/[\p{P}\p{S}\p{Z}\p{C}]+/gu, ' ');
  return words.trim() || text.replace(/\s+/gu, ' ').trim();
}

/** A group's short name: 64 bits of its digest. */
export function questionId(normalised: string): string {
  return digest(normalised).slice('sha256:'.length, 'sha256:'.length + 16);
}

/** Parts a group from the question as written; normalised questions have no line feeds. */
const SEPARATOR = '\n';

/** The key that a question is counted under: keys of one group are neighbours. */
export function questionKey(question: string): string {
  return `${normaliseQuestion(question)}${SEPARATOR}${question}`;
}

export function questionParts(key: string): { normalised: string; written: string } {
  const at = key.indexOf(SEPARATOR);
  return { normalised: key.slice(0, at), written: key.slice(at + 1) };
}
