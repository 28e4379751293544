import type { Params } from '@angular/router';

/**
 * Parameters of single pages, some of which mean something else on the list of sessions: a link
 * there, which merges its parameters into the address, takes them away.
 */
export const WITHOUT_PAGE_PARAMS: Params = Object.fromEntries(
  [
    ...['cursor', 'form', 'source', 'medium', 'topic', 'text', 'sort', 'order'],
    ...['type', 'state', 'gaps', 'step', 'direction', 'look'],
  ].map((name) => [name, null]),
);

/** The API's address of the sessions behind a figure, as parameters of the sessions page. */
export function sessionsParams(url: string | null | undefined): Params | null {
  if (!url) return null;
  const named = Object.fromEntries(new URL(url, 'http://api').searchParams);
  // The address names the days themselves.
  return { ...WITHOUT_PAGE_PARAMS, range: null, ...named };
}
