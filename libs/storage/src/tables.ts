import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { SpanKind, trace } from '@opentelemetry/api';
import { type TableNames, tableNames } from '@picasso/contracts';
import { withSpan } from '@picasso/telemetry';

export interface TablesSettings {
  /** An embedded engine; the region's own endpoint without it. */
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
          signer: { sign: unsigned },
        }
      : {}),
    maxAttempts: 4,
    requestHandler: {
      // Waiting for a free socket counts as connecting: there have to be more sockets than callers.
      connectionTimeout: 2_000,
      requestTimeout: 5_000,
      throwOnRequestTimeout: true,
      httpAgent: { keepAlive: true, maxSockets: 256 },
      httpsAgent: { keepAlive: true, maxSockets: 256 },
    },
  });
  // It copies and filters every input and output for a logger that is not there.
  client.middlewareStack.remove('loggerMiddleware');
  observeCalls(client, settings.onWriteUnits);
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

/**
 * Embedded engines want the form of a signature and check none; a real one takes a third of the
 * client's time.
 */
const unsigned = <R extends { headers: Record<string, string> }>(request: R): Promise<R> => {
  request.headers['x-amz-date'] = '20000101T000000Z';
  request.headers['authorization'] =
    'AWS4-HMAC-SHA256 Credential=local/20000101/local/dynamodb/aws4_request, SignedHeaders=host, Signature=0';
  return Promise.resolve(request);
};

/** A span per call inside of a recorded trace, and the write units that writes were charged. */
function observeCalls(client: DynamoDBClient, onWriteUnits: TablesSettings['onWriteUnits']): void {
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const counted = onWriteUnits !== undefined && WRITES.test(commandName);
        if (counted) Object.assign(args.input, { ReturnConsumedCapacity: 'TOTAL' });
        const result = trace.getActiveSpan()?.isRecording()
          ? await withSpan(commandName, callSpan(commandName), () => next(args))
          : await next(args);
        if (counted) {
          const { ConsumedCapacity: consumed } = result.output as {
            ConsumedCapacity?: Consumed | Consumed[];
          };
          for (const entry of consumed ? [consumed].flat() : []) {
            const units = entry.WriteCapacityUnits ?? entry.CapacityUnits ?? 0;
            onWriteUnits(entry.TableName ?? '', units);
          }
        }
        return result;
      },
    { step: 'initialize', name: 'observeCalls' },
  );
}

/** Neither keys nor items: they hold ids and text of visitors. */
const callSpan = (commandName: string) => ({
  kind: SpanKind.CLIENT,
  attributes: {
    'db.system.name': 'aws.dynamodb',
    'db.operation.name': commandName.replace(/(Item|Items)?Command$/, '$1'),
  },
});
