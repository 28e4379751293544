import { expect, it } from '@jest/globals';
import type { SessionListDto, SessionSummaryDto } from '../api/generated/index.ts';
import { filtersFromParams } from './session-filters.ts';
import { fillPage } from './session-list.ts';

/** An API that answers with what it has, however little is wanted. */
function api(...pages: number[]) {
  const asked: (string | undefined)[] = [];
  const limits: (number | undefined)[] = [];
  const read = (query: { cursor?: string; limit?: number }): Promise<SessionListDto> => {
    const at = Number(query.cursor ?? 0);
    asked.push(query.cursor);
    limits.push(query.limit);
    const items = Array.from(
      { length: pages[at] ?? 0 },
      (_, i) => ({ session_id: `s${at}-${i}` }) as SessionSummaryDto,
    );
    return Promise.resolve({
      items,
      next_cursor: at + 1 < pages.length ? String(at + 1) : null,
    });
  };
  return { asked, limits, read };
}

const NONE = filtersFromParams({});

it('fills a page from short answers', async () => {
  const { asked, limits, read } = api(9, 0, 16, 3);
  const { items, nextCursor } = await fillPage(read, NONE);
  expect([items.length, nextCursor]).toEqual([25, '3']);
  expect([asked, limits]).toEqual([
    [undefined, '1', '2'],
    [25, 16, 16],
  ]);
});

it('goes on from the cursor in the address, and ends with the list', async () => {
  const { asked, read } = api(25, 4);
  const { items, nextCursor } = await fillPage(read, { ...NONE, cursor: '1' });
  expect([asked, items.length, nextCursor]).toEqual([['1'], 4, null]);
});

it('gives up filling where next to nothing matches', async () => {
  const { asked, read } = api(...Array.from({ length: 50 }, () => 0));
  const { items, nextCursor } = await fillPage(read, NONE);
  expect([asked.length, items.length, nextCursor]).toEqual([8, 0, '8']);
});
