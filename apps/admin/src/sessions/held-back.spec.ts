import { describe, expect, it } from '@jest/globals';
import type { SessionSummaryDto } from '../api/generated/index.ts';
import { takeIn } from './held-back.ts';
import type { SessionPage } from './session-list.ts';

const page = (...sessions: [id: string, messages: number][]): SessionPage => ({
  items: sessions.map(
    ([session_id, message_count]) => ({ session_id, message_count }) as SessionSummaryDto,
  ),
  nextCursor: 'more',
});
const texts = ({ items }: SessionPage): string[] =>
  items.map(({ session_id, message_count }) => `${session_id} ${message_count}`);

describe('a list that is read again', () => {
  const shown = page(['b', 1], ['a', 1]);

  it.each([
    ['nothing was shown', undefined, false],
    ['the reader is at its top', shown, true],
  ])('is shown as it is when %s', (_when, before, isAtTop) => {
    const read = page(['c', 1], ['b', 2]);
    expect(takeIn(before, read, isAtTop)).toEqual({ page: read, waiting: 0 });
  });

  it('moves nothing further down: what is there is renewed, what is new waits', () => {
    const { page: kept, waiting } = takeIn(shown, page(['d', 1], ['c', 1], ['b', 2]), false);
    expect(texts(kept)).toEqual(['b 2', 'a 1']);
    expect(waiting).toBe(2);
  });

  it('has nothing waiting when nothing is new', () => {
    expect(takeIn(shown, page(['b', 1], ['a', 3]), false).waiting).toBe(0);
  });
});
