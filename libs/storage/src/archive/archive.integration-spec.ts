import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import {
  GetBucketLifecycleConfigurationCommand,
  PutBucketLifecycleConfigurationCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import { OBJECT_KEYS, type SessionSummary } from '@picasso/contracts';
import { summarise } from '@picasso/domain';
import {
  type Engine,
  VERSITYGW_CREDENTIALS,
  eventSlice,
  sessionOf,
  startVersitygw,
  storedEvents,
  useEngines,
} from '@picasso/testing';
import { provisionTables } from '../provision.ts';
import { type Tables, connectTables } from '../tables.ts';
import { ArchiveReader } from './archive-reader.ts';
import { ArchiveStore } from './archive-store.ts';
import {
  ObjectConflictError,
  ObjectCorruptError,
  type Objects,
  connectObjects,
  deleteObjects,
  getObject,
  listObjects,
  provisionObjects,
  putObject,
} from './objects.ts';
import { type ArchivedJourney, archiveDay, blockOf } from './packs.ts';

const TENANT = 'tn_archive';
const START = Date.UTC(2026, 0, 5, 13, 30);

function journey(sessionId: string, startMs = START, noise = ''): ArchivedJourney {
  const steps = ['WIDGET_OPENED', { type: 'MESSAGE_SENT', payload: { content: `ü${noise}` } }];
  const flat = sessionOf([...steps, 'WIDGET_CLOSED'], { sessionId, tenantHash: TENANT, startMs });
  const events = storedEvents(eventSlice(flat));
  const summary = summarise({
    tenant_hash: TENANT,
    session_id: sessionId,
    events,
    skew_ms: 0,
    own_hosts: [],
    timed_out: true,
    revision: 0,
  });
  return { summary, events };
}

const idsOf = (summaries: readonly SessionSummary[]): string[] =>
  summaries.map(({ session_id }) => session_id);

describe.each(['fauxqs', 'versitygw'] as const)('the archive on %s', (server) => {
  const strict = server === 'versitygw';
  const engines = useEngines({ tables: true, objects: !strict });
  let second: Engine | undefined;
  let tables: Tables;
  let objects: Objects;
  let store: ArchiveStore;
  let reader: ArchiveReader;

  beforeAll(async () => {
    if (strict) {
      second = await startVersitygw({ dir: join(engines().dir, 'versitygw') });
      if (!second) throw new Error('versitygw is neither here nor can it be built: is there Go?');
    }
    tables = connectTables({ endpoint: engines().tables.url, region: 'local', prefix: 'spec-' });
    await provisionTables(tables);
    objects = connectObjects({
      endpoint: second?.url ?? engines().objects.url,
      region: 'us-east-1',
      bucket: 'spec-journeys',
      credentials: strict ? VERSITYGW_CREDENTIALS : undefined,
    });
    await provisionObjects(objects);
    store = new ArchiveStore(tables, objects);
    reader = new ArchiveReader(tables, objects);
  }, 300_000);

  afterAll(async () => {
    objects?.close();
    tables?.close();
    await second?.stop();
  });

  const keys = async (prefix: string): Promise<string[]> => {
    const found: string[] = [];
    for await (const page of listObjects(objects, prefix)) found.push(...page);
    return found;
  };

  it('provisions twice, with a lifecycle behind its own deletion', async () => {
    // versitygw has none: there the archive command alone deletes.
    expect(await provisionObjects(objects)).toEqual({ lifecycle: !strict });
    if (strict) return;
    const other = { ID: 'of-somebody-else', Status: 'Enabled', Filter: { Prefix: 'x/' } } as const;
    await objects.client.send(
      new PutBucketLifecycleConfigurationCommand({
        Bucket: objects.bucket,
        LifecycleConfiguration: { Rules: [{ ...other, Expiration: { Days: 1 } }] },
      }),
    );
    await provisionObjects(objects);
    const { Rules } = await objects.client.send(
      new GetBucketLifecycleConfigurationCommand({ Bucket: objects.bucket }),
    );
    expect(Rules?.map(({ Filter, Expiration }) => [Filter?.Prefix, Expiration?.Days])).toEqual([
      ['x/', 1],
      ['events/', 367],
      ['sessions/', 367],
    ]);
  });

  it('opens a journey again, out of a pack of many', async () => {
    const journeys = Array.from({ length: 20 }, (_, i) => journey(`sess_${i}`, START + i * 1_000));
    const block = blockOf(START);
    expect(block).toBe('2026-01-05T12');
    const first = await store.changeBlock(TENANT, block, () => journeys);
    expect(first).toMatchObject({ sessions: 20, events: 60, changed: true });
    const found = await reader.archivedJourney(TENANT, 'sess_7');
    expect(found).toEqual({ summary: journeys[7]?.summary, steps: journeys[7]?.events });
    expect(await reader.archivedJourney(TENANT, 'sess_99')).toBeUndefined();
    expect(await reader.archivedJourney('tn_other', 'sess_7')).toBeUndefined();
  });

  it('ends with the same two objects when it is repeated or stopped in between', async () => {
    const block = '2026-01-06T00';
    const at = Date.parse('2026-01-06T01:00:00Z');
    const journeys = [journey('again_1', at), journey('again_2', at)];
    for (const step of ['pack-put', 'index-put', 'located'] as const) {
      const dying = new ArchiveStore(tables, objects, (reached) => {
        if (reached === step) throw new Error('killed');
      });
      await dying.changeBlock(TENANT, block, () => journeys).catch(() => undefined);
    }
    const { changed } = await store.changeBlock(TENANT, block, () => journeys.toReversed());
    expect(changed).toBe(false);
    expect(await keys(`events/${TENANT}/2026/01/06/`)).toEqual([
      expect.stringMatching(/\/00-[0-9a-f]{16}\.jsonl\.gz$/),
      expect.stringMatching(/\/00\.index\.json$/),
    ]);
    // A session taken out: a new pack, the old one gone, its other sessions still there.
    await store.changeBlock(TENANT, block, (present) =>
      present.filter(({ summary }) => summary.session_id !== 'again_1'),
    );
    expect(await keys(`events/${TENANT}/2026/01/06/`)).toHaveLength(2);
    expect(await reader.archivedJourney(TENANT, 'again_1')).toBeUndefined();
    expect(await reader.archivedJourney(TENANT, 'again_2')).toBeDefined();
    await store.changeBlock(TENANT, block, () => []);
    expect(await keys(`events/${TENANT}/2026/01/06/`)).toEqual([]);
  });

  it('keeps whole days of summaries and cuts them by a tenant’s own days', async () => {
    const at = (iso: string): ArchivedJourney => journey(`at_${iso}`, Date.parse(iso));
    const days = ['2026-02-01T23:30:00Z', '2026-02-02T00:30:00Z', '2026-02-02T23:30:00Z'].map(at);
    for (const day of ['2026-02-01', '2026-02-02']) {
      const summaries = days
        .map(({ summary }) => summary)
        .filter(({ started_at }) => archiveDay(Date.parse(started_at)) === day);
      expect(await store.changeDay(TENANT, day, () => summaries)).toMatchObject({ changed: true });
      expect(await store.changeDay(TENANT, day, () => summaries)).toMatchObject({ changed: false });
    }
    expect(idsOf(await reader.archivedSummaries(TENANT, '2026-02-02', 'UTC'))).toEqual([
      'at_2026-02-02T00:30:00Z',
      'at_2026-02-02T23:30:00Z',
    ]);
    expect(idsOf(await reader.archivedSummaries(TENANT, '2026-02-02', 'Europe/Berlin'))).toEqual([
      'at_2026-02-01T23:30:00Z',
      'at_2026-02-02T00:30:00Z',
    ]);
    expect(await reader.archivedSummaries(TENANT, '2026-02-03', 'UTC')).toEqual([]);
  });

  it('deletes by the date in the key, and nothing younger', async () => {
    await store.changeBlock('tn_old', '2025-01-01T18', () => [journey('old')]);
    await store.changeBlock('tn_old', '2025-01-02T00', () => [journey('young')]);
    await store.changeDay('tn_old', '2025-01-01', () => [journey('old').summary]);
    expect(await store.contents('tn_old')).toEqual({
      blocks: ['2025-01-01T18', '2025-01-02T00'],
      days: ['2025-01-01'],
    });
    expect(await store.deleteBefore('tn_old', '2025-01-02')).toBe(3);
    expect(await store.contents('tn_old')).toEqual({ blocks: ['2025-01-02T00'], days: [] });
  });

  it('says so when an object is not what its index or checksum says', async () => {
    const block = '2026-03-01T00';
    await store.changeBlock(TENANT, block, () => [journey('damaged', Date.parse('2026-03-01'))]);
    const [pack] = (await keys(`events/${TENANT}/2026/03/01/`)).filter((key) =>
      key.endsWith('.gz'),
    ) as [string];
    const { body } = (await getObject(objects, pack))!;
    const other = journey('other', Date.parse('2026-03-01'));
    await store.changeBlock('tn_other', block, () => [other]);
    await objects.client.send(
      new PutObjectCommand({
        Bucket: objects.bucket,
        Key: pack,
        Body: Buffer.alloc(body.length, 7),
        Metadata: { sha256: '0'.repeat(64) },
      }),
    );
    await expect(getObject(objects, pack)).rejects.toThrow(ObjectCorruptError);
    await expect(reader.archivedJourney(TENANT, 'damaged')).rejects.toThrow();
    await expect(store.changeBlock(TENANT, block, (present) => present)).rejects.toThrow(
      ObjectCorruptError,
    );
    await deleteObjects(objects, [pack, OBJECT_KEYS.eventsIndex(TENANT, block)]);
  });

  if (strict) {
    it('replaces only what it has read', async () => {
      const write = { key: 'events/x', contentType: 'text/plain' };
      await putObject(objects, { ...write, body: Buffer.from('1'), replaces: null });
      await expect(
        putObject(objects, { ...write, body: Buffer.from('2'), replaces: null }),
      ).rejects.toThrow(ObjectConflictError);
      const { etag } = (await getObject(objects, 'events/x'))!;
      await putObject(objects, { ...write, body: Buffer.from('3'), replaces: etag });
      await expect(
        putObject(objects, { ...write, body: Buffer.from('4'), replaces: etag }),
      ).rejects.toThrow(ObjectConflictError);
      expect((await getObject(objects, 'events/x'))?.body.toString()).toBe('3');
    });

    it('loses no session to a writer that is at the same block', async () => {
      const block = '2026-04-01T00';
      const at = Date.parse('2026-04-01');
      await Promise.all(
        ['a', 'b', 'c'].map((id) =>
          store.changeBlock(TENANT, block, (present) => [...present, journey(id, at)]),
        ),
      );
      for (const id of ['a', 'b', 'c']) {
        expect(await reader.archivedJourney(TENANT, id)).toBeDefined();
      }
    });

    it('has the server refuse what does not match its checksum', async () => {
      await expect(
        objects.client.send(
          new PutObjectCommand({
            Bucket: objects.bucket,
            Key: 'events/y',
            Body: Buffer.from('content'),
            ChecksumSHA256: Buffer.alloc(32).toString('base64'),
          }),
        ),
      ).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });
    });
  }

  it('asks for Glacier Instant Retrieval where an object is large enough, and only there', async () => {
    // Neither server keeps classes: S3 does, so what counts is what it is asked for.
    const asked: [bytes: number, storageClass: string | undefined][] = [];
    const name = 'spy';
    objects.client.middlewareStack.add(
      (next, { commandName }) =>
        (args) => {
          const { Body, StorageClass } = args.input as PutObjectCommandInput;
          if (commandName === 'PutObjectCommand') {
            asked.push([(Body as Buffer).length, StorageClass]);
          }
          return next(args);
        },
      { step: 'initialize', name },
    );
    const noise = (): string => randomBytes(12_000).toString('base64');
    const journeys = Array.from({ length: 16 }, (_, i) => journey(`large_${i}`, START, noise()));
    await store.changeBlock('tn_large', '2026-05-01T00', () => journeys);
    await store.changeBlock('tn_large', '2026-05-01T06', () => journeys.slice(0, 1));
    objects.client.middlewareStack.remove(name);
    const sized = asked.map(([bytes, storageClass]) => [bytes >= 131_072, storageClass]);
    // A pack and its index, twice.
    expect(sized).toEqual([
      [true, 'GLACIER_IR'],
      [false, undefined],
      [false, undefined],
      [false, undefined],
    ]);
  });
});
