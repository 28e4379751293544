import type { SessionPage } from './session-list.ts';

/** A list as it stands on the screen, and how many newer sessions wait above it. */
export interface ShownPage {
  page: SessionPage;
  waiting: number;
}

/**
 * Takes in a list that was read again. At its top it is shown as it is; further down nothing moves
 * under the reader's eyes: sessions that are there are renewed, new ones wait to be asked for.
 */
export function takeIn(
  shown: SessionPage | undefined,
  read: SessionPage,
  isAtTop: boolean,
): ShownPage {
  if (shown === undefined || isAtTop) return { page: read, waiting: 0 };
  const fresh = new Map(read.items.map((item) => [item.session_id, item]));
  const known = new Set(shown.items.map(({ session_id }) => session_id));
  const waiting = read.items.filter(({ session_id }) => !known.has(session_id)).length;
  const items = shown.items.map((item) => fresh.get(item.session_id) ?? item);
  return { page: { ...shown, items }, waiting };
}
