import type { SessionSummary, StoredEvent } from '@picasso/contracts';
import type { CurrentSession, ListedSession } from '../daily/session-scan.ts';
import { sessionKeyOf, sessionRowKey } from '../session-rows.ts';
import { readEvents } from '../session-store.ts';
import type { Tables } from '../tables.ts';
import { runningSummary } from './live-day.ts';

type RowKey = Pick<ListedSession, 'pk' | 'sk'>;

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
  async expect(keys: readonly RowKey[]): Promise<void> {
    const rest = keys.filter(({ sk }) => !this.events.has(sk));
    const worker = async (): Promise<void> => {
      for (let key = rest.pop(); key; key = rest.pop()) {
        const { pk, sk } = key;
        this.events.set(sk, await readEvents(this.tables, sessionKeyOf({ pk, sk })));
      }
    };
    await Promise.all(Array.from({ length: PARALLEL_READS }, worker));
  }

  /** Their summaries, as far as they have come. */
  async summaries(open: readonly CurrentSession[]): Promise<SessionSummary[]> {
    if (open.length === 0) return [];
    const keys = open.map(({ key }) => sessionRowKey(key) as unknown as RowKey);
    const [ownHosts] = await Promise.all([this.ownHosts(), this.expect(keys)]);
    return open.flatMap((session, i) => {
      const events = this.events.get(keys[i]?.sk ?? '') ?? [];
      return runningSummary(session, events, ownHosts) ?? [];
    });
  }
}
