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
