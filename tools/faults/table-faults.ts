/** DynamoDB's bad days, as its documentation describes them. */
import type { JsonObject } from '@picasso/contracts';
import type { Random } from '../harness/random.ts';
import type { TableCall, TableError, TableFault, Treatment } from './table-proxy.ts';

const PASS: Treatment = { kind: 'pass' };
const WRITES = new Set([
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'BatchWriteItem',
  'TransactWriteItems',
]);

const awsError = (status: number, name: string, more: JsonObject = {}): TableError => ({
  status,
  body: {
    __type: `com.amazonaws.dynamodb.v20120810#${name}`,
    message: `injected: ${name}`,
    ...more,
  },
});

/** Nothing gets through. */
export const outage = (): TableFault => () => ({ kind: 'cut' });

/** A share of all calls exceeds what the table is provisioned for. */
export const throttling =
  (random: Random, share: number): TableFault =>
  () =>
    random.chance(share)
      ? { kind: 'refuse', error: awsError(400, 'ProvisionedThroughputExceededException') }
      : PASS;

/** Another transaction holds one of the items: alone it is an error, in a transaction a cancellation. */
const conflictError = ({ operation, input }: TableCall, random: Random): TableError => {
  if (operation !== 'TransactWriteItems') return awsError(400, 'TransactionConflictException');
  const actions = (input['TransactItems'] as unknown[]).length;
  const culprit = random.int(0, actions - 1);
  return awsError(400, 'TransactionCanceledException', {
    CancellationReasons: Array.from({ length: actions }, (_, i) =>
      i === culprit ? { Code: 'TransactionConflict', Message: 'injected' } : { Code: 'None' },
    ),
  });
};

/** BatchWriteItem never conflicts: it is no transaction. */
export const conflicts =
  (random: Random, share: number): TableFault =>
  (call) =>
    WRITES.has(call.operation) && call.operation !== 'BatchWriteItem' && random.chance(share)
      ? { kind: 'refuse', error: conflictError(call, random) }
      : PASS;

/** A share of the writes is done and never answered, or answered with a server error. */
export const lostAnswers =
  (random: Random, share: number): TableFault =>
  ({ operation }) => {
    if (!WRITES.has(operation) || !random.chance(share)) return PASS;
    return random.chance(0.5)
      ? { kind: 'apply-then-cut' }
      : { kind: 'apply-then-refuse', error: awsError(500, 'InternalServerError') };
  };

/** A share of the batch writes stores only the first part of its rows and hands the rest back. */
export const partialBatches =
  (random: Random, share: number): TableFault =>
  ({ operation, input }) => {
    if (operation !== 'BatchWriteItem' || !random.chance(share)) return PASS;
    const kept: Record<string, unknown[]> = {};
    const rest: Record<string, unknown[]> = {};
    for (const [table, rows] of Object.entries(
      input['RequestItems'] as Record<string, unknown[]>,
    )) {
      // DynamoDB takes at least something, or throttles the whole call.
      const taken = Math.ceil(rows.length / 2);
      kept[table] = rows.slice(0, taken);
      if (taken < rows.length) rest[table] = rows.slice(taken);
    }
    if (Object.keys(rest).length === 0) return PASS;
    return { kind: 'partly', input: { ...input, RequestItems: kept }, unprocessed: rest };
  };

/** The first of several faults that strikes. */
export const anyOf =
  (...faults: TableFault[]): TableFault =>
  (call) => {
    for (const fault of faults) {
      const treatment = fault(call);
      if (treatment.kind !== 'pass') return treatment;
    }
    return PASS;
  };
