import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect as dial, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { EngineStartError, startNats, startObjects, startTables, type Engine } from './index.ts';

const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

let dir: string;
let running: Engine[];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'engines-'));
  running = [];
});

afterEach(async () => {
  await Promise.all(running.map((engine) => engine.kill()));
  await rm(dir, { recursive: true, force: true });
});

async function track<T extends Engine>(starting: Promise<T>): Promise<T> {
  const engine = await starting;
  running.push(engine);
  return engine;
}

const accepts = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = dial(port, host);
    socket.once('connect', () => resolve((socket.destroy(), true)));
    socket.once('error', () => resolve(false));
  });

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('startNats', () => {
  const publish = async (url: string, text: string): Promise<number> => {
    const nc = await connect({ servers: url });
    const manager = await jetstreamManager(nc);
    await manager.streams.add({ name: 'S', subjects: ['s.>'] }).catch(() => undefined);
    const { seq } = await jetstream(nc).publish('s.a', text);
    await nc.close();
    return seq;
  };

  it('keeps what it acknowledged over a stop and over a kill', async () => {
    const first = await track(startNats({ dir }));
    expect(await publish(first.url, 'one')).toBe(1);
    await first.stop();
    expect(isAlive(first.pid)).toBe(false);

    const second = await track(startNats({ dir, port: first.port }));
    expect(second.url).toBe(first.url);
    expect(await publish(second.url, 'two')).toBe(2);
    await second.kill();
    expect(await second.exited).toEqual({ code: null, signal: 'SIGKILL' });

    const third = await track(startNats({ dir }));
    expect(await publish(third.url, 'three')).toBe(3);
  });

  it('writes sync_interval only when asked for, and says what is in force', async () => {
    const relaxed = await track(startNats({ dir: join(dir, 'relaxed') }));
    const strict = await track(startNats({ dir: join(dir, 'strict'), syncAlways: true }));
    expect(relaxed.syncAlways).toBe(false);
    expect(strict.syncAlways).toBe(true);
    const config = async (name: string): Promise<unknown> =>
      JSON.parse(await readFile(join(dir, name, 'nats-server.conf'), 'utf8'));
    expect(await config('relaxed')).not.toHaveProperty('jetstream.sync_interval');
    expect(await config('strict')).toHaveProperty('jetstream.sync_interval', 'always');
    expect(await publish(strict.url, 'one')).toBe(1);
  });

  it('names the reason when the port is taken, and leaves no process behind', async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    const { port } = holder.address() as { port: number };
    const start = startNats({ dir, port });
    await expect(start).rejects.toThrow(EngineStartError);
    await expect(start).rejects.toThrow(/address already in use/);
    await new Promise((resolve) => holder.close(resolve));
  });
});

describe('startTables', () => {
  const client = (engine: Engine): DynamoDBClient =>
    new DynamoDBClient({ endpoint: engine.url, region: 'local', credentials, maxAttempts: 1 });

  const create = new CreateTableCommand({
    TableName: 'things',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'PK', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'PK', KeyType: 'HASH' }],
  });
  const put = new PutItemCommand({ TableName: 'things', Item: { PK: { S: 'a' }, n: { N: '1' } } });
  const get = new GetItemCommand({
    TableName: 'things',
    Key: { PK: { S: 'a' } },
    ConsistentRead: true,
  });

  it('keeps what it wrote over a kill', async () => {
    const dbPath = join(dir, 'tables.db');
    const first = await track(startTables({ dbPath }));
    await client(first).send(create);
    await client(first).send(put);
    await first.kill();

    const second = await track(startTables({ dbPath, port: first.port }));
    expect((await client(second).send(get)).Item).toEqual({ PK: { S: 'a' }, n: { N: '1' } });
  });

  it('forgets everything without a file', async () => {
    const first = await track(startTables());
    await client(first).send(create);
    await first.stop();
    const second = await track(startTables());
    await expect(client(second).send(put)).rejects.toThrow(/not found/i);
  });
});

describe('startObjects', () => {
  const client = (engine: Engine): S3Client =>
    new S3Client({ endpoint: engine.url, region: 'local', credentials, forcePathStyle: true });

  it('keeps buckets and objects over a kill', async () => {
    const first = await track(startObjects({ dir }));
    await client(first).send(new CreateBucketCommand({ Bucket: 'bucket' }));
    await client(first).send(
      new PutObjectCommand({ Bucket: 'bucket', Key: 'x/y.txt', Body: 'hello' }),
    );
    await first.kill();

    const second = await track(startObjects({ dir }));
    const read = await client(second).send(
      new GetObjectCommand({ Bucket: 'bucket', Key: 'x/y.txt' }),
    );
    expect(await read.Body?.transformToString()).toBe('hello');
  });
});

describe('every engine', () => {
  // A socket on all interfaces answers on 127.0.0.2, too; one on 127.0.0.1 does not.
  const onLinux = process.platform === 'linux' ? it : it.skip;

  onLinux('listens on 127.0.0.1 only', async () => {
    const engines = [
      await track(startNats({ dir: join(dir, 'nats') })),
      await track(startTables()),
      await track(startObjects({ dir: join(dir, 'objects') })),
    ];
    for (const { port } of engines) {
      expect(await accepts('127.0.0.1', port)).toBe(true);
      expect(await accepts('127.0.0.2', port)).toBe(false);
    }
  });

  onLinux('ends when the program that started it is killed', async () => {
    const parent = `
      const { startTables } = await import(${JSON.stringify(new URL('index.ts', import.meta.url).href)});
      console.log((await startTables()).pid);
      setTimeout(() => process.kill(process.pid, 'SIGKILL'), 50);
    `;
    const failed = await promisify(execFile)(process.execPath, ['-e', parent]).catch(
      (error: { stdout: string; signal: string }) => error,
    );
    expect(failed).toMatchObject({ signal: 'SIGKILL' });
    const pid = Number(failed.stdout);
    expect(pid).toBeGreaterThan(0);
    for (let waited = 0; isAlive(pid) && waited < 5_000; waited += 50) await sleep(50);
    // A killed process without a parent may stay a zombie where nobody reaps it.
    const state = existsSync(`/proc/${pid}/stat`)
      ? (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.[0]
      : 'gone';
    expect(['gone', 'Z']).toContain(state);
  });

  it('says what it printed when it cannot start', async () => {
    await expect(startTables({ dbPath: '/dev/null/none.db' })).rejects.toThrow(/ENOTDIR|EEXIST/);
    await expect(startObjects({ dir: '/dev/null/none' })).rejects.toThrow(/ENOTDIR/);
  });
});
