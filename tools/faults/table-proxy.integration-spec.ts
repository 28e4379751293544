import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  BatchWriteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { startTables, type Engine } from '@picasso/engines';
import { connectTables, provisionTables } from '@picasso/storage';
import { createRandom } from '../harness/random.ts';
import { conflicts, lostAnswers, outage, partialBatches, throttling } from './table-faults.ts';
import { startTableProxy, type TableProxy } from './table-proxy.ts';

const TableName = 'picasso-item-clicks';
const random = createRandom(7);
const clicks = { TableName, Key: { pk: 'TENANT#t', sk: 'ITEM#cta#a' } };
const add = () =>
  new UpdateCommand({
    ...clicks,
    UpdateExpression: 'ADD n :one',
    ExpressionAttributeValues: { ':one': 1 },
  });

let engine: Engine;
let proxy: TableProxy;

/** A client that goes through the proxy and does not retry by itself. */
const client = (maxAttempts = 1): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(
    new DynamoDBClient({
      endpoint: proxy.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      maxAttempts,
    }),
  );

const count = async (): Promise<unknown> =>
  (await client().send(new GetCommand({ ...clicks, ConsistentRead: true }))).Item?.['n'];

beforeAll(async () => {
  engine = await startTables();
  proxy = await startTableProxy(engine.url);
  await provisionTables(
    connectTables({ endpoint: engine.url, region: 'us-east-1', prefix: 'picasso-' }),
  );
});
afterAll(async () => {
  await proxy.close();
  await engine.stop();
});
beforeEach(async () => {
  proxy.misbehave(undefined);
  await client().send(new PutCommand({ TableName, Item: { ...clicks.Key, n: 0 } }));
});

describe('the table proxy', () => {
  it('passes everything on when it behaves', async () => {
    await client().send(add());
    expect(await count()).toBe(1);
  });

  it('lets nothing through in an outage', async () => {
    proxy.misbehave(outage());
    await expect(client().send(add())).rejects.toThrow();
    proxy.misbehave(undefined);
    expect(await count()).toBe(0);
  });

  it('loses answers of calls that were done: a retried ADD counts twice', async () => {
    let lost = 0;
    const fault = lostAnswers(random, 1);
    proxy.misbehave((call) => ((lost += 1) === 1 ? fault(call) : { kind: 'pass' }));
    await client(3).send(add());
    proxy.misbehave(undefined);
    expect(await count()).toBe(2);
  });

  it('throttles with the error that the SDK knows', async () => {
    proxy.misbehave(throttling(random, 1));
    await expect(client().send(add())).rejects.toMatchObject({
      name: 'ProvisionedThroughputExceededException',
    });
  });

  it('conflicts as DynamoDB does: alone and in a transaction', async () => {
    proxy.misbehave(conflicts(random, 1));
    await expect(client().send(add())).rejects.toMatchObject({
      name: 'TransactionConflictException',
    });
    const Item = { pk: 'a', sk: 'b' };
    await expect(
      client().send(new TransactWriteCommand({ TransactItems: [{ Put: { TableName, Item } }] })),
    ).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      CancellationReasons: [{ Code: 'TransactionConflict' }],
    });
  });

  it('stores a part of a batch and hands back the rest', async () => {
    proxy.misbehave(partialBatches(random, 1));
    const row = (sk: string) => ({ PutRequest: { Item: { pk: 'batch', sk } } });
    const { UnprocessedItems } = await client().send(
      new BatchWriteCommand({ RequestItems: { [TableName]: [row('1'), row('2'), row('3')] } }),
    );
    expect(UnprocessedItems).toEqual({ [TableName]: [row('3')] });
    proxy.misbehave(undefined);
    const stored = await Promise.all(
      ['1', '2', '3'].map(
        async (sk) =>
          (await client().send(new GetCommand({ TableName, Key: { pk: 'batch', sk } }))).Item,
      ),
    );
    expect(stored).toEqual([{ pk: 'batch', sk: '1' }, { pk: 'batch', sk: '2' }, undefined]);
  });
});
