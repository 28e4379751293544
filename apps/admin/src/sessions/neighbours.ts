import type { SessionPage } from './session-list.ts';

export interface Neighbours {
  /** Ids of the sessions before and after on the page of the list; undefined at its ends. */
  newer: string | undefined;
  older: string | undefined;
}

/** The sessions on both sides, in the list that the address describes. */
export function neighboursIn({ items }: SessionPage, sessionId: string): Neighbours {
  const at = items.findIndex(({ session_id }) => session_id === sessionId);
  if (at === -1) return { newer: undefined, older: undefined };
  return { newer: items[at - 1]?.session_id, older: items[at + 1]?.session_id };
}
