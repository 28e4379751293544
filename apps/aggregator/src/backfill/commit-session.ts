import type { StoredEvent, Tenant } from '@picasso/contracts';
import { ownHosts, transition } from '@picasso/domain';
import { MAX_DELTAS, type SessionKey, type SessionRow, type SessionStore } from '@picasso/storage';
import { reached } from '../fault-points.ts';
import { untilUncontended } from './contention.ts';

/**
 * Writes a complete session's row, its counters and its day's mark, as the sessionizer does when
 * the idle time has passed.
 *
 * @param row as it was read; a session that waits in steps (see `MAX_DELTAS`) goes on from there
 * @param events every stored event row of the session
 * @throws VersionConflictError when somebody else wrote the session meanwhile
 */
export async function commitSession(
  store: SessionStore,
  key: SessionKey,
  row: SessionRow | undefined,
  events: readonly StoredEvent[],
  tenant: Tenant,
): Promise<SessionRow> {
  for (let state = row; ;) {
    const next = transition({
      ...key,
      state,
      events,
      batch_skew_ms: null,
      last_seen_ms: Math.max(...events.map((event) => event.received_ms)),
      timed_out: true,
      own_hosts: ownHosts(tenant),
      time_zone: tenant.time_zone,
      max_deltas: MAX_DELTAS,
    });
    const expected = state?.version ?? 0;
    state = { ...next.state, version: expected + 1 };
    const { deltas, marks } = next;
    const committed: SessionRow = state;
    await untilUncontended(() => store.commit({ key, expected, row: committed, deltas, marks }));
    reached('session-committed');
    if (next.complete) return state;
  }
}
