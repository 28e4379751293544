import type { Params } from '@angular/router';

/** The API's address of the sessions behind a figure, as parameters of the sessions page. */
export function sessionsParams(url: string | null | undefined): Params | null {
  if (!url) return null;
  return Object.fromEntries(new URL(url, 'http://api').searchParams);
}
