import type { SessionSummary, StoredEvent } from '@picasso/contracts';
import type { CurrentSession } from '../daily/session-scan.ts';
import type { SessionKey } from '../session-rows.ts';
import { readEvents } from '../session-store.ts';
import type { Tables } from '../tables.ts';
import { runningSummary } from './live-day.ts';

/** Sessions whose events are read at once. */
const PARALLEL_READS = 16;

/** Open sessions of one reading of a day: the events of each are read once. */
export class OpenSessions {
  private readonly events = new Map<string, StoredEvent[]>();

  constructor(
    private readonly tables: Tables,
    private readonly ownHosts: () => Promise<readonly string[]>,
  ) {}

  /** Reads the events of sessions that are open as far as the index knows: their rows can come later. */
  async expect(keys: readonly SessionKey[]): Promise<void> {
    const rest = keys.filter(({ session_id }) => !this.events.has(session_id));
    const worker = async (): Promise<void> => {
      for (let key = rest.pop(); key; key = rest.pop())
        this.events.set(key.session_id, await readEvents(this.tables, key));
    };
    await Promise.all(Array.from({ length: PARALLEL_READS }, worker));
  }

  /** Their summaries, as far as they have come. */
  async summaries(open: readonly CurrentSession[]): Promise<SessionSummary[]> {
    if (open.length === 0) return [];
    const keys = open.map(({ key }) => key);
    const [ownHosts] = await Promise.all([this.ownHosts(), this.expect(keys)]);
    return open.flatMap((session) => {
      const events = this.events.get(session.key.session_id) ?? [];
      return runningSummary(session, events, ownHosts) ?? [];
    });
  }
}
