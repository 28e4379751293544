import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { KEYS, OBJECT_KEYS, type SessionSummary, type StoredEvent } from '@picasso/contracts';
import { dayBounds, orderEvents } from '@picasso/domain';
import { LRUCache } from 'lru-cache';
import type { Tables } from '../tables.ts';
import { type Objects, ObjectCorruptError, getObject, listObjects } from './objects.ts';
import { type PackIndex, archiveDay, dayInKey, unpackJourney, unpackSummaries } from './packs.ts';

export interface ArchivedSession {
  summary: SessionSummary;
  /** In the session's order, each event once. */
  steps: StoredEvent[];
}

/** How long it is remembered which days a tenant's archive has: it grows by one a day. */
const DAYS_TTL_MS = 10_000;

/** Reads the archive: journeys for a year, days of summaries. */
export class ArchiveReader {
  private readonly days = new LRUCache<string, Promise<ReadonlySet<string>>>({
    max: 1_000,
    ttl: DAYS_TTL_MS,
  });

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
    const kept = await this.daysOf(tenantHash);
    const days = [...new Set([archiveDay(fromMs), archiveDay(toMs - 1)])].filter((utc) =>
      kept.has(utc),
    );
    const found = await Promise.all(days.map((utc) => this.summariesOfUtcDay(tenantHash, utc)));
    return found.flat().filter(({ started_at }) => {
      const startedMs = Date.parse(started_at);
      return startedMs >= fromMs && startedMs < toMs;
    });
  }

  /** UTC days of which the archive has summaries: a range of many empty days is one call. */
  private daysOf(tenantHash: string): Promise<ReadonlySet<string>> {
    const known = this.days.get(tenantHash);
    if (known) return known;
    const reading = this.listDays(tenantHash);
    this.days.set(tenantHash, reading);
    reading.catch(() => this.days.delete(tenantHash));
    return reading;
  }

  private async listDays(tenantHash: string): Promise<ReadonlySet<string>> {
    const found = new Set<string>();
    const prefix = OBJECT_KEYS.sessions(tenantHash);
    for await (const keys of listObjects(this.objects, prefix)) {
      for (const key of keys) found.add(dayInKey(key, prefix));
    }
    return found;
  }

  /** A day's file as it lies in the archive. */
  async summariesOfUtcDay(tenantHash: string, day: string): Promise<SessionSummary[]> {
    const stored = await getObject(this.objects, OBJECT_KEYS.sessionsDay(tenantHash, day));
    return stored ? unpackSummaries(stored.body) : [];
  }
}
