/** Reads all summaries of a tenant's day through the public API, page by page. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SessionSummary } from '@picasso/contracts';

export interface ReadTarget {
  queryUrl: string;
  tenantHash: string;
  token: string;
  /** yyyy-mm-dd, in the tenant's time zone. */
  date: string;
}

interface Page {
  items: SessionSummary[];
  next_cursor: string | null;
}

const PAGE_LIMIT = 100;

const readPage = async (
  { queryUrl, tenantHash, token, date }: ReadTarget,
  cursor: string | null,
): Promise<Page> => {
  const url = new URL(`/analytics/sessions/${tenantHash}`, queryUrl);
  url.searchParams.set('from', date);
  url.searchParams.set('to', date);
  url.searchParams.set('limit', String(PAGE_LIMIT));
  if (cursor !== null) url.searchParams.set('cursor', cursor);
  for (;;) {
    const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
    if (response.ok) return (await response.json()) as Page;
    const body = await response.text();
    if (response.status !== 429 && response.status !== 503)
      throw new Error(`${url.pathname}: ${response.status} ${body}`);
    await sleep(1_000 * Number(response.headers.get('retry-after') ?? 1));
  }
};

export const readSummaries = async (target: ReadTarget): Promise<SessionSummary[]> => {
  const summaries: SessionSummary[] = [];
  let cursor: string | null = null;
  do {
    const page: Page = await readPage(target, cursor);
    summaries.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return summaries;
};
