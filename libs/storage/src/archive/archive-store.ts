import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { KEYS, OBJECT_KEYS, type SessionSummary } from '@picasso/contracts';
import { putAll } from '../batches.ts';
import type { Tables } from '../tables.ts';
import {
  type ObjectWrite,
  type Objects,
  type StoredObject,
  ObjectConflictError,
  ObjectCorruptError,
  deleteObjects,
  getObject,
  listObjects,
  putObject,
} from './objects.ts';
import {
  type ArchivedJourney,
  type PackIndex,
  blockStartMs,
  dayInKey,
  packJourneys,
  packSummaries,
  stableJson,
  unpackJourneys,
  unpackSummaries,
} from './packs.ts';

export interface ArchiveChange {
  /** What the object holds now. */
  sessions: number;
  events: number;
  bytes: number;
  /** false: it held exactly that before. */
  changed: boolean;
}

const ATTEMPTS = 4;
/** A journey opens for so many days; then its objects and its locator go. */
export const ARCHIVE_DAYS = 365;
const DAY_MS = 86_400_000;

/** Called between writes: where tests have a process killed. */
export type ArchiveStep = 'pack-put' | 'index-put' | 'located' | 'summaries-put';

/**
 * Writes the archive.
 *
 * Concurrency: objects with fixed keys (index of a block, summaries of a day) are replaced by
 * compare-and-set on their ETag, packs are named by their content, and an index is published only
 * after its pack was read back and counted. A reader therefore sees the old pack or the new one,
 * and of two writers one decides anew on what the other wrote. Where a server ignores conditional
 * writes, the command's lease keeps writers apart.
 */
export class ArchiveStore {
  constructor(
    private readonly tables: Tables,
    private readonly objects: Objects,
    private readonly reached: (step: ArchiveStep) => void = () => undefined,
  ) {}

  /**
   * Replaces what a block of hours holds by what `change` makes of it. Safe to repeat.
   *
   * @param block see `blockOf`
   * @throws ObjectCorruptError when what was stored does not read back, or a present pack does not
   */
  async changeBlock(
    tenantHash: string,
    block: string,
    change: (present: readonly ArchivedJourney[]) => readonly ArchivedJourney[],
  ): Promise<ArchiveChange> {
    return this.untilSettled(async () => {
      const indexKey = OBJECT_KEYS.eventsIndex(tenantHash, block);
      // Before the index: whoever put a pack since then loses to ours, and puts it again.
      const packs = await this.packsOf(tenantHash, block);
      const stored = await getObject(this.objects, indexKey);
      const index = stored && (JSON.parse(stored.body.toString()) as PackIndex);
      const journeys = change(index ? await this.journeys(index) : []);
      if (journeys.length === 0) {
        await deleteObjects(this.objects, [...(index ? [indexKey] : []), ...packs]);
        return { sessions: 0, events: 0, bytes: 0, changed: index !== undefined };
      }
      const pack = packJourneys(journeys);
      const changed = index?.sha256 !== pack.index.sha256;
      const packKey = OBJECT_KEYS.eventsPack(tenantHash, block, pack.hash);
      if (changed) {
        await this.putPack(packKey, pack.body, { ...pack.index, pack: packKey });
        this.reached('pack-put');
        await putObject(this.objects, {
          key: indexKey,
          body: Buffer.from(stableJson({ ...pack.index, pack: packKey })),
          contentType: 'application/json',
          replaces: stored?.etag ?? null,
        });
        this.reached('index-put');
      }
      await this.locate(tenantHash, block, pack.index.sessions);
      this.reached('located');
      // Replaced, or left by a run that was killed before it could publish or remove them.
      await deleteObjects(
        this.objects,
        packs.filter((key) => key !== packKey),
      );
      const { events, bytes, sessions } = pack.index;
      return { sessions: sessions.length, events, bytes, changed };
    });
  }

  /** Replaces what a UTC day's file of summaries holds. Safe to repeat. */
  async changeDay(
    tenantHash: string,
    day: string,
    change: (present: readonly SessionSummary[]) => readonly SessionSummary[],
  ): Promise<ArchiveChange> {
    return this.untilSettled(async () => {
      const key = OBJECT_KEYS.sessionsDay(tenantHash, day);
      const stored = await getObject(this.objects, key);
      const summaries = change(stored ? unpackSummaries(stored.body) : []);
      const body = packSummaries(summaries);
      const events = summaries.reduce((sum, summary) => sum + summary.event_count, 0);
      const state = { sessions: summaries.length, events, bytes: body.length };
      if (summaries.length === 0) {
        if (stored) await deleteObjects(this.objects, [key]);
        return { ...state, changed: stored !== undefined };
      }
      if (stored?.body.equals(body)) return { ...state, changed: false };
      const write = { key, body, contentType: 'application/gzip', cold: true } as const;
      await putObject(this.objects, { ...write, replaces: stored?.etag ?? null });
      const written = await this.readBack(write);
      if (unpackSummaries(written.body).length !== summaries.length) {
        throw new ObjectCorruptError(`${key} does not hold ${summaries.length} summaries`);
      }
      this.reached('summaries-put');
      return { ...state, changed: true };
    });
  }

  /** Removes a tenant's objects whose key names a day before `day`; answers how many. */
  async deleteBefore(tenantHash: string, day: string): Promise<number> {
    let deleted = 0;
    for (const prefix of [OBJECT_KEYS.events(tenantHash), OBJECT_KEYS.sessions(tenantHash)]) {
      for await (const keys of listObjects(this.objects, prefix)) {
        const old = keys.filter((key) => dayInKey(key, prefix) < day);
        await deleteObjects(this.objects, old);
        deleted += old.length;
        if (old.length < keys.length) break;
      }
    }
    return deleted;
  }

  /** Days and blocks that a tenant's archive has, in order. */
  async contents(tenantHash: string): Promise<{ blocks: string[]; days: string[] }> {
    const blocks: string[] = [];
    const events = OBJECT_KEYS.events(tenantHash);
    for await (const keys of listObjects(this.objects, events)) {
      for (const key of keys) {
        const hour = /\/(\d\d)\.index\.json$/.exec(key)?.[1];
        if (hour) blocks.push(`${dayInKey(key, events)}T${hour}`);
      }
    }
    const days: string[] = [];
    const sessions = OBJECT_KEYS.sessions(tenantHash);
    for await (const keys of listObjects(this.objects, sessions)) {
      days.push(...keys.map((key) => dayInKey(key, sessions)));
    }
    return { blocks, days };
  }

  /** Says of every session of a block where it lies. */
  async locate(
    tenantHash: string,
    block: string,
    sessions: readonly { session_id: string }[],
  ): Promise<void> {
    const expires = blockStartMs(block) + (ARCHIVE_DAYS + 1) * DAY_MS;
    await putAll(
      this.tables,
      this.tables.names.sessionEvents,
      sessions.map(({ session_id }) => ({
        pk: KEYS.session(tenantHash, session_id),
        sk: KEYS.archived,
        block,
        expires_at: Math.floor(expires / 1000),
      })),
    );
  }

  /** Whether the archive says that it has the session's events. */
  async isLocated(tenantHash: string, sessionId: string): Promise<boolean> {
    const { Item } = await this.tables.doc.send(
      new GetCommand({
        TableName: this.tables.names.sessionEvents,
        Key: { pk: KEYS.session(tenantHash, sessionId), sk: KEYS.archived },
        ConsistentRead: true,
      }),
    );
    return Item !== undefined;
  }

  private async packsOf(tenantHash: string, block: string): Promise<string[]> {
    const found: string[] = [];
    const prefix = OBJECT_KEYS.eventsPack(tenantHash, block, '').replace(/\..*$/, '');
    for await (const keys of listObjects(this.objects, prefix)) found.push(...keys);
    return found;
  }

  private async putPack(key: string, body: Buffer, index: PackIndex): Promise<void> {
    const write = { key, body, contentType: 'application/gzip', cold: true };
    try {
      await putObject(this.objects, { ...write, replaces: null });
    } catch (error) {
      // The key is the content's hash: whoever wrote it wrote the same. It is read back below.
      if (!(error instanceof ObjectConflictError)) throw error;
    }
    const { body: stored } = await this.readBack(write);
    const events = unpackJourneys(stored, index).reduce((sum, j) => sum + j.events.length, 0);
    if (events !== index.events) {
      throw new ObjectCorruptError(`${key} holds ${events} events instead of ${index.events}`);
    }
  }

  private async readBack({ key, body }: Pick<ObjectWrite, 'key' | 'body'>): Promise<StoredObject> {
    const stored = await getObject(this.objects, key);
    if (!stored?.body.equals(body)) {
      throw new ObjectCorruptError(`${key} is not what was written`);
    }
    return stored;
  }

  private async journeys(index: PackIndex): Promise<ArchivedJourney[]> {
    const pack = await getObject(this.objects, index.pack);
    if (!pack) throw new ObjectCorruptError(`${index.pack} is missing though its index names it`);
    return unpackJourneys(pack.body, index);
  }

  private async untilSettled<T>(write: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await write();
      } catch (error) {
        if (!(error instanceof ObjectConflictError) || attempt === ATTEMPTS) throw error;
      }
    }
  }
}
