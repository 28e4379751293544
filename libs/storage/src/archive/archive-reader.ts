import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { KEYS, OBJECT_KEYS, type SessionSummary, type StoredEvent } from '@picasso/contracts';
import { dayBounds, orderEvents } from '@picasso/domain';
import type { Tables } from '../tables.ts';
import { type Objects, ObjectCorruptError, getObject } from './objects.ts';
import { type PackIndex, archiveDay, unpackJourney, unpackSummaries } from './packs.ts';

export interface ArchivedSession {
  summary: SessionSummary;
  /** In the session's order, each event once. */
  steps: StoredEvent[];
}

/** Reads the archive: journeys for a year, days of summaries. */
export class ArchiveReader {
  constructor(
    private readonly tables: Tables,
    private readonly objects: Objects,
  ) {}

  /**
   * One session with its steps; undefined when the archive does not have it.
   *
   * @throws ObjectCorruptError when the archive does not hold what its index says
   */
  async archivedJourney(
    tenantHash: string,
    sessionId: string,
  ): Promise<ArchivedSession | undefined> {
    const { Item } = await this.tables.doc.send(
      new GetCommand({
        TableName: this.tables.names.sessionEvents,
        Key: { pk: KEYS.session(tenantHash, sessionId), sk: KEYS.archived },
      }),
    );
    if (!Item) return undefined;
    const indexKey = OBJECT_KEYS.eventsIndex(tenantHash, Item['block'] as string);
    // A pack may be replaced between reading its index and itself: then there is a newer index.
    for (const last of [false, true]) {
      const stored = await getObject(this.objects, indexKey);
      const index = stored && (JSON.parse(stored.body.toString()) as PackIndex);
      const entry = index?.sessions.find(({ session_id }) => session_id === sessionId);
      if (!index || !entry) return undefined;
      const { offset, length } = entry;
      const member = await getObject(this.objects, index.pack, [offset, offset + length - 1]);
      if (!member && !last) continue;
      const { summary, events } = member
        ? unpackJourney(member.body)
        : { summary: undefined, events: [] };
      if (summary?.session_id !== sessionId || events.length !== entry.events) {
        throw new ObjectCorruptError(`${index.pack} does not hold session ${sessionId}`);
      }
      return { summary, steps: orderEvents(events) };
    }
    return undefined;
  }

  /**
   * Summaries of the sessions and visits that started on a local day, by start; empty where the
   * archive has none.
   *
   * @param day `yyyy-mm-dd` in `timeZone`
   */
  async archivedSummaries(
    tenantHash: string,
    day: string,
    timeZone: string,
  ): Promise<SessionSummary[]> {
    const [fromMs, toMs] = dayBounds(day, timeZone);
    const days = [...new Set([archiveDay(fromMs), archiveDay(toMs - 1)])];
    const found = await Promise.all(days.map((utc) => this.summariesOfUtcDay(tenantHash, utc)));
    return found.flat().filter(({ started_at }) => {
      const startedMs = Date.parse(started_at);
      return startedMs >= fromMs && startedMs < toMs;
    });
  }

  /** A day's file as it lies in the archive. */
  async summariesOfUtcDay(tenantHash: string, day: string): Promise<SessionSummary[]> {
    const stored = await getObject(this.objects, OBJECT_KEYS.sessionsDay(tenantHash, day));
    return stored ? unpackSummaries(stored.body) : [];
  }
}
