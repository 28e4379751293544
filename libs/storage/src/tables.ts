import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type TableNames, tableNames } from '@picasso/contracts';

export interface TablesSettings {
  /** An embedded engine or VPC endpoint; the region's own endpoint without it. */
  endpoint?: string | undefined;
  region: string;
  /** Prefix of every table's name. */
  prefix: string;
  /** Told of every write's consumed capacity: table name and write units. */
  onWriteUnits?: ((table: string, units: number) => void) | undefined;
}

export interface Tables {
  doc: DynamoDBDocumentClient;
  client: DynamoDBClient;
  names: TableNames;
  close(): void;
}

interface Consumed {
  TableName?: string;
  CapacityUnits?: number;
  WriteCapacityUnits?: number;
}

const WRITES = /^(Put|Update|Delete|BatchWrite|TransactWrite)/;

/**
 * Opens the client for all tables. It does not connect yet: the first call does.
 *
 * Timeouts are short because every call is safe to repeat: writes are idempotent by key or guarded
 * by a version.
 */
export function connectTables(settings: TablesSettings): Tables {
  const client = new DynamoDBClient({
    region: settings.region,
    ...(settings.endpoint
      ? {
          endpoint: settings.endpoint,
          credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
        }
      : {}),
    maxAttempts: 4,
    requestHandler: {
      connectionTimeout: 2_000,
      requestTimeout: 5_000,
      throwOnRequestTimeout: true,
      httpAgent: { keepAlive: true, maxSockets: 64 },
      httpsAgent: { keepAlive: true, maxSockets: 64 },
    },
  });
  const observe = settings.onWriteUnits;
  if (observe) {
    client.middlewareStack.add(
      (next, context) => async (args) => {
        const isWrite = WRITES.test(context.commandName ?? '');
        if (isWrite) Object.assign(args.input, { ReturnConsumedCapacity: 'TOTAL' });
        const result = await next(args);
        if (isWrite) {
          const consumed = (result.output as { ConsumedCapacity?: Consumed | Consumed[] })
            .ConsumedCapacity;
          for (const entry of consumed ? [consumed].flat() : []) {
            observe(entry.TableName ?? '', entry.WriteCapacityUnits ?? entry.CapacityUnits ?? 0);
          }
        }
        return result;
      },
      { step: 'initialize', name: 'consumedWriteUnits' },
    );
  }
  const doc = DynamoDBDocumentClient.from(client, {
    marshallOptions: { removeUndefinedValues: true },
  });
  return {
    doc,
    client,
    names: tableNames(settings.prefix),
    close: () => client.destroy(),
  };
}
