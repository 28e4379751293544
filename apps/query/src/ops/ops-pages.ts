import type { CursorCodec, CursorScope } from '../sessions/cursor.ts';
import { PAGE_LIMIT } from '../figures/figures.dto.ts';

interface Query {
  tenant?: string;
  cursor?: string;
  limit?: number;
}

/** A page of a list that is in the order of time and belongs to no range of days. */
export async function pageOf<Row>(
  cursors: CursorCodec,
  list: string,
  { cursor, limit = PAGE_LIMIT.fallback, tenant, ...filters }: Query & Record<string, unknown>,
  read: (limit: number, after?: string) => Promise<{ items: Row[]; after: string | undefined }>,
): Promise<{ items: Row[]; next_cursor: string | null }> {
  const scope: CursorScope = {
    list,
    tenantHash: tenant ?? '',
    filters: filters as CursorScope['filters'],
  };
  const position = cursor === undefined ? undefined : cursors.open(scope, cursor);
  const { items, after } = await read(limit, position?.after);
  const next = after === undefined ? null : cursors.seal(scope, { window: [0, 0], after });
  return { items, next_cursor: next };
}
