import { createHash } from 'node:crypto';
import {
  CreateBucketCommand,
  DeleteObjectsCommand,
  GetBucketLifecycleConfigurationCommand,
  GetObjectCommand,
  HeadBucketCommand,
  type LifecycleRule,
  ListObjectsV2Command,
  PutBucketLifecycleConfigurationCommand,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';

export interface ObjectsSettings {
  /** An embedded engine or VPC endpoint, addressed by path; the region's own without it. */
  endpoint?: string | undefined;
  region: string;
  bucket: string;
  /** For engines that check them; AWS finds its own. */
  credentials?: { accessKeyId: string; secretAccessKey: string } | undefined;
}

export interface Objects {
  readonly client: S3Client;
  readonly bucket: string;
  close(): void;
}

/** Opens the client for the bucket; the first call connects. */
export function connectObjects(settings: ObjectsSettings): Objects {
  const { endpoint, region, bucket, credentials } = settings;
  const local = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new S3Client({
    region,
    maxAttempts: 4,
    ...(endpoint ? { endpoint, forcePathStyle: true } : {}),
    ...(credentials || endpoint ? { credentials: credentials ?? local } : {}),
    requestHandler: {
      connectionTimeout: 2_000,
      requestTimeout: 60_000,
      throwOnRequestTimeout: true,
      httpAgent: { keepAlive: true, maxSockets: 64 },
      httpsAgent: { keepAlive: true, maxSockets: 64 },
    },
  });
  return { client, bucket, close: () => client.destroy() };
}

/** Somebody else wrote the object since it was read (or before, when it was to be new). */
export class ObjectConflictError extends Error {
  override readonly name = 'ObjectConflictError';
}

/** What came back from the store is not what was put there. */
export class ObjectCorruptError extends Error {
  override readonly name = 'ObjectCorruptError';
}

export interface StoredObject {
  body: Buffer;
  etag: string;
  /** Hex SHA-256 that it was put with; undefined where another program put it. */
  sha256: string | undefined;
}

/** Glacier Instant Retrieval bills every object as at least this many bytes. */
export const GLACIER_MIN_BYTES = 128 * 1024;

const hex = (body: Uint8Array): string => createHash('sha256').update(body).digest('hex');

export interface ObjectWrite {
  key: string;
  body: Uint8Array;
  contentType: string;
  /** Read seldom: an archive class from the size on at which it is cheaper. */
  cold?: boolean;
  /** ETag of the object that this replaces; `null`: there must be none. Absent: whatever. */
  replaces?: string | null;
}

/**
 * Stores an object with its checksum, which the server verifies.
 *
 * @throws ObjectConflictError when it replaces another object than `replaces` says (on servers that
 *   honour conditional writes, as S3 does)
 */
export async function putObject(objects: Objects, write: ObjectWrite): Promise<void> {
  const { key, body, contentType, cold, replaces } = write;
  const sha256 = hex(body);
  try {
    await objects.client.send(
      new PutObjectCommand({
        Bucket: objects.bucket,
        Key: key,
        Body: body,
        ContentType: contentType,
        ChecksumSHA256: Buffer.from(sha256, 'hex').toString('base64'),
        Metadata: { sha256 },
        ...(cold && body.length >= GLACIER_MIN_BYTES ? { StorageClass: 'GLACIER_IR' } : {}),
        ...(replaces === null ? { IfNoneMatch: '*' } : {}),
        ...(typeof replaces === 'string' ? { IfMatch: replaces } : {}),
      }),
    );
  } catch (error) {
    if (isStatus(error, 412) || isStatus(error, 409)) {
      throw new ObjectConflictError(`${key} was written by somebody else`, { cause: error });
    }
    throw error;
  }
}

/**
 * @param range first and last byte, inclusive; the whole object without it
 * @throws ObjectCorruptError when a whole object does not match the checksum that it was put with
 */
export async function getObject(
  objects: Objects,
  key: string,
  range?: readonly [first: number, last: number],
): Promise<StoredObject | undefined> {
  try {
    const answer = await objects.client.send(
      new GetObjectCommand({
        Bucket: objects.bucket,
        Key: key,
        ...(range ? { Range: `bytes=${range[0]}-${range[1]}` } : {}),
      }),
    );
    const body = Buffer.from((await answer.Body?.transformToByteArray()) ?? []);
    const sha256 = answer.Metadata?.['sha256'];
    if (!range && sha256 !== undefined && hex(body) !== sha256) {
      throw new ObjectCorruptError(`${key} does not match its checksum`);
    }
    return { body, etag: answer.ETag ?? '', sha256 };
  } catch (error) {
    if (isStatus(error, 404)) return undefined;
    throw error;
  }
}

/** Keys that begin with `prefix`, in their order, page by page. */
export async function* listObjects(
  objects: Objects,
  prefix: string,
  startAfter?: string,
): AsyncGenerator<string[]> {
  let token: string | undefined;
  do {
    const page = await objects.client.send(
      new ListObjectsV2Command({
        Bucket: objects.bucket,
        Prefix: prefix,
        ...(startAfter && !token ? { StartAfter: startAfter } : {}),
        ...(token ? { ContinuationToken: token } : {}),
      }),
    );
    if (page.Contents?.length) yield page.Contents.flatMap(({ Key }) => Key ?? []);
    token = page.IsTruncated ? page.NextContinuationToken : undefined;
  } while (token);
}

/** Removes objects, a thousand a call. Absent ones are no error. */
export async function deleteObjects(objects: Objects, keys: readonly string[]): Promise<void> {
  for (let i = 0; i < keys.length; i += 1_000) {
    const { Errors } = await objects.client.send(
      new DeleteObjectsCommand({
        Bucket: objects.bucket,
        Delete: { Objects: keys.slice(i, i + 1_000).map((Key) => ({ Key })), Quiet: true },
      }),
    );
    const [failed] = Errors ?? [];
    if (failed) throw new Error(`${failed.Key} was not deleted: ${failed.Code}`);
  }
}

/** Days after which the bucket itself removes what the archive command should have removed. */
const BACKSTOP_DAYS = 367;

/**
 * Creates the bucket where it is missing and sets its lifecycle: a backstop behind the archive
 * command, which deletes by the date in the key. Inventory, configurations and whatever else lies
 * in the bucket are left alone.
 *
 * @returns whether there is a backstop: some servers have no lifecycles
 */
export async function provisionObjects(objects: Objects): Promise<{ lifecycle: boolean }> {
  const { client, bucket } = objects;
  try {
    await client.send(new HeadBucketCommand({ Bucket: bucket }));
  } catch (error) {
    if (!isStatus(error, 404)) throw error;
    await client.send(new CreateBucketCommand({ Bucket: bucket })).catch((failure: unknown) => {
      // Another process was faster.
      if (!isStatus(failure, 409)) throw failure;
    });
  }
  const rules: LifecycleRule[] = ['events/', 'sessions/'].map((Prefix) => ({
    ID: `expire-${Prefix.slice(0, -1)}`,
    Status: 'Enabled',
    Filter: { Prefix },
    Expiration: { Days: BACKSTOP_DAYS },
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
  }));
  const ours = new Set(rules.map(({ ID }) => ID));
  try {
    // A bucket has one configuration: rules of others stay in it.
    const others = (await lifecycleRules(objects)).filter(({ ID }) => !ours.has(ID));
    await client.send(
      new PutBucketLifecycleConfigurationCommand({
        Bucket: bucket,
        LifecycleConfiguration: { Rules: [...others, ...rules] },
      }),
    );
    return { lifecycle: true };
  } catch (error) {
    if (!isStatus(error, 501)) throw error;
    return { lifecycle: false };
  }
}

async function lifecycleRules({ client, bucket }: Objects): Promise<LifecycleRule[]> {
  try {
    const { Rules } = await client.send(
      new GetBucketLifecycleConfigurationCommand({ Bucket: bucket }),
    );
    return Rules ?? [];
  } catch (error) {
    if (!isStatus(error, 404)) throw error;
    return [];
  }
}

const isStatus = (error: unknown, status: number): boolean =>
  error instanceof S3ServiceException && error.$metadata.httpStatusCode === status;
