import { describe, expect, it } from '@jest/globals';
import { aggregateDay } from '../daily-aggregate/aggregate-day.ts';
import { mergeDays } from '../daily-aggregate/figures.ts';
import { summaryWith } from '../summary.fixture.ts';
import { normaliseQuestion, questionId, questionKey, questionParts } from './normalise-question.ts';
import { questionTexts, questionVariants, rankQuestions } from './top-questions.ts';

describe('questions are the same', () => {
  it.each([
    ['in any case', 'When ARE you open', 'when are you open'],
    ['with any white space', '  when\tare \n you   open ', 'when are you open'],
    ['with any punctuation', '¿When -- are you (open)?!', 'when are you open'],
    ['with any apostrophe', 'What’s up', "what's up", 'whats up'],
    ['in any width or composition', 'ｃａｆe\u0301', 'CAFÉ'],
  ])('%s', (_, first, ...others) => {
    for (const other of others) expect(normaliseQuestion(other)).toBe(normaliseQuestion(first));
  });

  it('but not in other words, even where punctuation parts them', () => {
    expect(normaliseQuestion('re-open')).toBe('re open');
    expect(normaliseQuestion('re-open')).not.toBe(normaliseQuestion('reopen'));
  });

  it.each(['?', '👍', '…'])('and signs alone (%s) stay what they are', (signs) => {
    expect(normaliseQuestion(` ${signs} `)).toBe(signs.normalize('NFKC'));
  });

  it('and keys give back what was written, line feeds and all', () => {
    const written = 'Why\nso?';
    expect(questionParts(questionKey(written))).toEqual({ normalised: 'why so', written });
  });
});

const day = (date: string, ...questions: (string | null)[]) =>
  aggregateDay({
    tenant_hash: 'tn',
    day: date,
    time_zone: 'UTC',
    summaries: questions.map((first_question) =>
      summaryWith({ first_question, started_at: `${date}T12:00:00Z` }),
    ),
  });

const days = [
  day('2026-11-20', 'Open today?', 'open today', 'Fees', null),
  day('2026-11-21', 'Open today?', '__proto__', 'Where?'),
];
const idOf = (question: string) => questionId(normaliseQuestion(question));
const perDay = days.map(({ day: date, figures }) => ({
  day: date,
  counts: figures.question_counts,
}));

describe('the ranking', () => {
  it('is by count, then by the last day, with shares of all questions', () => {
    const { asked, questions } = rankQuestions(perDay);
    expect(asked).toBe(6);
    expect(questions[0]).toEqual({
      id: idOf('open today'),
      count: 3,
      share: 0.5,
      last_asked: '2026-11-21',
    });
    expect(questions.slice(1).map(({ id, last_asked }) => [id, last_asked])).toEqual([
      ...[idOf('__proto__'), idOf('where')].sort().map((id) => [id, '2026-11-21']),
      [idOf('fees'), '2026-11-20'],
    ]);
  });

  it('is the same in whatever order days come', () => {
    expect(rankQuestions(perDay.toReversed())).toEqual(rankQuestions(perDay));
  });

  it('adds up to all that was asked', () => {
    const { asked, questions } = rankQuestions(perDay);
    expect(questions.reduce((sum, { count }) => sum + count, 0)).toBe(asked);
  });

  it('of nothing is empty', () => {
    expect(rankQuestions([])).toEqual({ asked: 0, questions: [] });
  });
});

describe('texts', () => {
  const all = mergeDays(...days.map(({ figures }) => figures)).questions;

  it('list all ways of writing, the commonest first', () => {
    const id = idOf('open today');
    expect(questionTexts(all, new Set([id])).get(id)).toEqual({
      question: 'Open today?',
      variants: [
        { text: 'Open today?', count: 2 },
        { text: 'open today', count: 1 },
      ],
    });
  });

  it('of one question are those of all days together', () => {
    const perDay = days.map(({ figures }) => figures.questions);
    for (const { id } of rankQuestions(
      days.map(({ day, figures }) => ({ day, counts: figures.question_counts })),
    ).questions) {
      expect(questionVariants(perDay, id)).toEqual(questionTexts(all, new Set([id])).get(id));
      expect(questionVariants(perDay.toReversed(), id)).toEqual(questionVariants(perDay, id));
    }
    expect(questionVariants(perDay, idOf('nobody asked this'))).toBeUndefined();
  });

  it('of every ranked question are found on the day on which it was last asked', () => {
    for (const { id, last_asked } of rankQuestions(perDay).questions) {
      const last = days.find(({ day: date }) => date === last_asked);
      expect(questionTexts(last?.figures.questions ?? {}, new Set([id])).has(id)).toBe(true);
    }
  });
});
